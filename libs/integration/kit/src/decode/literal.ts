/** The bytes of a text that a walk compares with, four at a time; the last four may overlap those before them. */
export class Literal {
  readonly length: number;
  readonly words: Int32Array;

  /** @param text at least four letters of ASCII */
  constructor(text: string) {
    const bytes = new TextEncoder().encode(text);
    const view = new DataView(bytes.buffer);
    const { length } = bytes;
    this.length = length;
    this.words = Int32Array.from({ length: Math.ceil(length / 4) }, (_, index) =>
      view.getInt32(Math.min(index * 4, length - 4), true),
    );
  }
}

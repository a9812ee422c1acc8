import { bytesOf } from "./json-chars.js";

/** Bytes that a walker compares with four at a time; the last four may overlap those before them. */
export class Literal {
  readonly length: number;
  readonly words: Int32Array;

  /** @param text at least four bytes of UTF-8 */
  constructor(text: string) {
    const bytes = bytesOf(text);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    this.length = bytes.length;
    this.words = new Int32Array(Math.ceil(bytes.length / 4));
    const last = this.words.length - 1;
    for (let index = 0; index < last; index++) this.words[index] = view.getInt32(index * 4, true);
    this.words[last] = view.getInt32(bytes.length - 4, true);
  }
}

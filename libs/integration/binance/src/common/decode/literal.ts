import { bytesOf } from "./json-chars.js";

/** Bytes that a walker compares with four at a time; the last four may overlap those before them. */
export class Literal {
  readonly length: number;
  readonly words: Int32Array;

  /** @param text at least four bytes of UTF-8 */
  constructor(text: string) {
    const bytes = bytesOf(text);
    this.length = bytes.length;
    this.words = new Int32Array(Math.ceil(bytes.length / 4));
    for (let index = 0; index < this.words.length - 1; index++) this.words[index] = wordAt(bytes, index * 4);
    this.words[this.words.length - 1] = wordAt(bytes, bytes.length - 4);
  }
}

/** Four bytes as one number. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

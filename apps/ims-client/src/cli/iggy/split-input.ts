import { fail } from "../../errors/client-errors.js";

/** Payload of one message that `ims iggy produce` sends at most; the protocol would take 64,000,000 bytes. */
export const MESSAGE_BYTES_MAX = 8_000_000;
const LENGTH_BYTES = 4;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Lines without their ends; empty lines are left out, since a message has at least one byte.
 * @throws ImsError (rejected) `client.invalid-argument` for a line of more than 8,000,000 bytes
 */
export async function* splitLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const open = new Pieces();
  let lineNumber = 1;
  const add = (piece: Uint8Array) => {
    open.add(piece);
    if (open.length <= MESSAGE_BYTES_MAX) return;
    throw fail(
      "client.invalid-argument",
      `Line ${lineNumber} of the input is longer than ${MESSAGE_BYTES_MAX} bytes`,
    );
  };
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      add(chunk.subarray(from, end));
      const line = withoutReturn(open.take(open.length));
      if (line.length > 0) yield line;
      from = end + 1;
      lineNumber++;
    }
    add(chunk.subarray(from));
  }
  const rest = withoutReturn(open.take(open.length));
  if (rest.length > 0) yield rest;
}

/**
 * Frames of a length, four bytes little-endian, and so many bytes.
 * @throws ImsError (rejected) `client.invalid-argument` for a length of 0 or above 8,000,000, and for a last frame that is
 * not whole
 */
export async function* splitFrames(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const open = new Pieces();
  let position = 0;
  let isLength = true;
  let needed = LENGTH_BYTES;
  for await (const chunk of input) {
    open.add(chunk);
    while (open.length >= needed) {
      const bytes = open.take(needed);
      if (!isLength) yield bytes;
      needed = isLength ? frameLength(bytes, position) : LENGTH_BYTES;
      position += bytes.length;
      isLength = !isLength;
    }
  }
  if (open.length > 0 || !isLength) {
    throw fail(
      "client.invalid-argument",
      `The input ends within the frame at byte ${position}: ${needed - open.length} bytes are missing`,
    );
  }
}

function frameLength(bytes: Uint8Array, position: number): number {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (length >= 1 && length <= MESSAGE_BYTES_MAX) return length;
  throw fail(
    "client.invalid-argument",
    `The frame at byte ${position} says it has ${length} bytes; allowed are 1 to ${MESSAGE_BYTES_MAX}`,
  );
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line[line.length - 1] === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}

/** Bytes that came in pieces and wait for the rest of their message. */
class Pieces {
  private pieces: Uint8Array[] = [];
  length = 0;

  add(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.pieces.push(piece);
    this.length += piece.length;
  }

  /** Removes the first bytes; copies them only when they lie in several pieces. */
  take(count: number): Uint8Array {
    const all = this.pieces.length === 1 ? this.pieces[0]! : Buffer.concat(this.pieces);
    this.pieces = count < all.length ? [all.subarray(count)] : [];
    this.length = all.length - count;
    return all.subarray(0, count);
  }
}

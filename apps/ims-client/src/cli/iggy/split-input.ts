import { fail } from "../../errors/client-errors.js";

/** What one message may hold (wire.md section 5). */
const PAYLOAD_BYTES_MAX = 64_000_000;
const LENGTH_BYTES = 4;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Lines without their ends; empty lines are left out, since a message has at least one byte.
 * @throws ImsError (rejected) `client.invalid-argument` for a line of more than 64,000,000 bytes
 */
export async function* splitLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const open = new Pieces();
  let lineNumber = 1;
  const what = () => `line ${lineNumber}`;
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      open.add(chunk.subarray(from, end), what);
      const line = withoutReturn(open.take());
      if (line.length > 0) yield line;
      from = end + 1;
      lineNumber++;
    }
    open.add(chunk.subarray(from), what);
  }
  const rest = withoutReturn(open.take());
  if (rest.length > 0) yield rest;
}

/**
 * Frames of a length, four bytes little-endian, and so many bytes.
 * @throws ImsError (rejected) `client.invalid-argument` for a length of 0 or above 64,000,000, and for a last frame that
 * is not whole
 */
export async function* splitFrames(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array = new Uint8Array(0);
  let position = 0;
  const pieces = new Pieces();
  let needed = LENGTH_BYTES;
  let isLength = true;
  for await (const chunk of input) {
    pieces.add(chunk, () => `the frame at byte ${position}`);
    while (pieces.length >= needed) {
      held = pieces.takeBytes(needed);
      position += needed;
      if (isLength) {
        needed = new DataView(held.buffer, held.byteOffset).getUint32(0, true);
        if (needed === 0 || needed > PAYLOAD_BYTES_MAX) {
          throw fail(
            "client.invalid-argument",
            `The frame at byte ${position - LENGTH_BYTES} says it has ${needed} bytes; messages have 1 to ${PAYLOAD_BYTES_MAX}`,
          );
        }
      } else {
        yield held;
        needed = LENGTH_BYTES;
      }
      isLength = !isLength;
    }
  }
  if (pieces.length > 0 || !isLength) {
    throw fail(
      "client.invalid-argument",
      `The input ends within the frame at byte ${position}: ${needed - pieces.length} bytes are missing`,
    );
  }
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line[line.length - 1] === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}

/** Bytes that came in pieces. */
class Pieces {
  private pieces: Uint8Array[] = [];
  length = 0;

  add(piece: Uint8Array, what: () => string): void {
    if (piece.length === 0) return;
    this.pieces.push(piece);
    this.length += piece.length;
    // A frame's own length is checked before; one chunk of input may come on top.
    if (this.length > 2 * PAYLOAD_BYTES_MAX) {
      throw fail(
        "client.invalid-argument",
        `${what()} is longer than the ${PAYLOAD_BYTES_MAX} bytes of a message`,
      );
    }
  }

  take(): Uint8Array {
    return this.takeBytes(this.length);
  }

  takeBytes(count: number): Uint8Array {
    const all = this.pieces.length === 1 ? this.pieces[0]! : Buffer.concat(this.pieces);
    this.pieces = count < all.length ? [all.subarray(count)] : [];
    this.length = all.length - count;
    return all.subarray(0, count);
  }
}

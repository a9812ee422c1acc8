import { throwCount } from "./failures.js";
import { EMPTY_BYTES } from "./octets.js";
import { decodeText } from "./text-reader.js";
import { throwOutsideSource, throwTooLong, writeOwnText } from "./text-writer.js";

/** What the values of a message hold for its groups and data: made once, used for message after message. */

/** Entries of one group: the first `count` of `entries` are those of the message, the others wait to be used again. */
export class GroupValues<Entry> {
  /** Entries of the message; set by decoding, and by {@link resize} before encoding. */
  count = 0;
  /** At least `count` entries; never fewer than there ever were. */
  readonly entries: Entry[] = [];
  private readonly create: () => Entry;

  constructor(create: () => Entry) {
    this.create = create;
  }

  /**
   * Sets `count`, and makes the entries that are missing; those that exist keep the values of an earlier message.
   * Gives the entries, of which the first `count` are to be filled.
   */
  resize(count: number): readonly Entry[] {
    while (this.entries.length < count) this.entries.push(this.create());
    this.count = count;
    return this.entries;
  }
}

/** Variable-length data: `length` octets of `bytes` from `start`. Decoding points into the frame and copies nothing. */
export class DataValue {
  bytes: Uint8Array = EMPTY_BYTES;
  start = 0;
  length = 0;
  /** Octets of a text that was set, in a buffer that is used again. */
  private own: Uint8Array = EMPTY_BYTES;
  private readonly encoding: string | undefined;

  /** @param encoding undefined for octets that are no text */
  constructor(encoding?: string) {
    this.encoding = encoding;
  }

  /** Takes source[start, start + length), which must stay as it is until the message is written. */
  set(source: Uint8Array, start = 0, length: number = source.length - start): void {
    this.bytes = source;
    this.start = start;
    this.length = length;
  }

  /** The octets in place: a window, valid as long as the buffer is. */
  get octets(): Uint8Array {
    return this.bytes.subarray(this.start, this.start + this.length);
  }

  /** A new string of the octets; of data that are no text, as if they were UTF-8. */
  get text(): string {
    return decodeText(this.bytes, this.start, this.length, this.encoding ?? "UTF-8");
  }

  /** Copies the octets of a text. Throws `sbe.text-not-encodable` for a character that the encoding lacks. */
  set text(text: string) {
    const written = writeOwnText(this.own, text, this.encoding ?? "UTF-8");
    this.own = written.bytes;
    this.set(written.bytes, 0, written.length);
  }
}

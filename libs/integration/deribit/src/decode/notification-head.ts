import { standsAt } from "./json-object-walker.js";

const HEAD = Buffer.from('{"jsonrpc":"2.0","method":"subscription","params":{"channel":"');
const MIDDLE = Buffer.from(',"data":');
const TAIL = Buffer.from("}}");
const QUOTE = 34;
/** Longest names have 32 octets; beside them stand kind and interval. */
const CHANNEL_BYTES_MAX = 64;
/** Channels whose texts are kept; more than a connection has. */
const KEPT_MAX = 2048;

/** Finds channel and data of a notification in the usual order of its keys, without making texts anew. */
export class NotificationHead {
  readonly #kept = new Map<number, { readonly bytes: Uint8Array; readonly channel: string }>();
  /** Where the data begin. */
  dataStart = 0;

  /** The channel; undefined for a frame of another shape. */
  read(frame: Uint8Array): string | undefined {
    if (!standsAt(HEAD, frame, 0)) return undefined;
    const start = HEAD.length;
    let end = start;
    let hash = 0;
    for (let char = frame[end]; char !== QUOTE; char = frame[++end]) {
      if (char === undefined || end - start > CHANNEL_BYTES_MAX) return undefined;
      hash = (Math.imul(hash, 31) + char) & 0x3fff_ffff;
    }
    if (!standsAt(MIDDLE, frame, end + 1)) return undefined;
    this.dataStart = end + 1 + MIDDLE.length;
    const kept = this.#kept.get(hash);
    if (kept?.bytes.length === end - start && standsAt(kept.bytes, frame, start)) return kept.channel;
    const bytes = Uint8Array.prototype.slice.call(frame, start, end);
    const channel = Buffer.from(bytes).toString("latin1");
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear();
    this.#kept.set(hash, { bytes, channel });
    return channel;
  }

  /** Whether a frame ends where its data do. */
  endsAt(frame: Uint8Array, dataEnd: number): boolean {
    return frame.length === dataEnd + TAIL.length && standsAt(TAIL, frame, dataEnd);
  }
}

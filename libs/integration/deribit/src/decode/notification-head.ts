import { Char, type FrameBytes, Literal, NOWHERE, PLAIN } from "@ims/integration-kit";
import { isAt } from "./object-walker.js";

const HEAD = new Literal('{"jsonrpc":"2.0","method":"subscription","params":{"channel":"');
const MIDDLE = new Literal('","data":');
/** Longest names have 32 octets; beside them stand kind and interval. */
const CHANNEL_BYTES_MAX = 64;
/** Channels whose texts are kept; more than a connection has. */
const KEPT_MAX = 2048;

/** Finds channel and data of a notification in the usual order of its keys, without making texts anew. */
export class NotificationHead {
  readonly #kept = new Map<number, { readonly bytes: Uint8Array; readonly channel: string }>();
  /** Where the data begin. */
  dataStart = NOWHERE;

  /** The channel; undefined for a frame of another shape. */
  read(frame: FrameBytes): string | undefined {
    const { bytes } = frame;
    const start = frame.text(0, HEAD);
    if (start === NOWHERE) return undefined;
    let end = start;
    let hash = 0;
    for (let char = bytes[end]!; PLAIN[char] === 1; char = bytes[++end]!)
      hash = (Math.imul(hash, 31) + char) & 0x3fff_ffff;
    this.dataStart = frame.text(end, MIDDLE);
    if (this.dataStart === NOWHERE || end - start > CHANNEL_BYTES_MAX) return undefined;
    const kept = this.#kept.get(hash);
    if (kept !== undefined && isAt(kept.bytes, bytes, start, end)) return kept.channel;
    const name = bytes.slice(start, end);
    const channel = Buffer.from(name).toString("latin1");
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear();
    this.#kept.set(hash, { bytes: name, channel });
    return channel;
  }

  /** Whether a frame ends where its data do. */
  endsAt({ bytes, end }: FrameBytes, dataEnd: number): boolean {
    return (
      dataEnd + 2 === end && bytes[dataEnd] === Char.CloseBrace && bytes[dataEnd + 1] === Char.CloseBrace
    );
  }
}

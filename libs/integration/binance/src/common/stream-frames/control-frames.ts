import { asObject, type ControlReply } from "@ims/integration-kit";
import { readControlReply } from "../decode/control-reply.js";
import type { RecordPublisher } from "../decode/record-publisher.js";

export interface ControlFramesOptions {
  readonly publisher: RecordPublisher;
  readonly onReply: (reply: ControlReply) => void;
  /** The venue announced that it is about to close the connection. */
  readonly onServerShutdown: () => void;
}

const OPEN_BRACE = 0x7b;
const SCHEMA_ID_HIGH_AT = 5;

/**
 * Whether a frame is JSON text: a binary one may begin with the same octet, but has a zero where its schema id has its
 * high octet, which JSON never has.
 */
export function isText(frame: Uint8Array): boolean {
  return frame[0] === OPEN_BRACE && frame[SCHEMA_ID_HIGH_AT] !== 0;
}

/**
 * Reads the text frames of a connection with binary streams: replies to control messages and `serverShutdown`. The venue
 * does not say whether it wraps them as `{"stream":…,"data":…}`, so both forms are read.
 */
export class ControlFrames {
  readonly #text = new TextDecoder();

  constructor(private readonly options: ControlFramesOptions) {}

  /** Throws for no frame: what cannot be used is rejected. */
  decode(frame: Uint8Array): void {
    const { onReply, onServerShutdown, publisher } = this.options;
    let value: unknown;
    try {
      value = JSON.parse(this.#text.decode(frame));
    } catch {
      publisher.reject("not-json", `a text frame of ${frame.length} bytes is not JSON`);
      return;
    }
    const outer = asObject(value);
    const record = outer && Object.hasOwn(outer, "stream") ? asObject(outer.data) : outer;
    const reply = record && readControlReply(record);
    if (reply) onReply(reply);
    else if (record?.e === "serverShutdown") onServerShutdown();
    else publisher.reject("unexpected", "a text frame is neither a reply nor serverShutdown");
  }
}

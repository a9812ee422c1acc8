import type { Clock } from "@ims/common";
import type { ServerAddress } from "../client/client-options.js";
import type { ReceiveMemory } from "./receive-memory.js";

/**
 * The part of `net.Socket` that the client uses: an open, ordered, reliable stream of bytes. Whoever makes another one,
 * over a simulated network for example, keeps to the order of a socket: `data` any number of times, at most one
 * `error`, then exactly one `close`, after which nothing comes. `destroy` also ends in `close`.
 */
export interface ByteStream {
  /** Takes the bytes, which stay unchanged until they are out. False: more than the buffer's size waits, see `drain`. */
  write(bytes: Uint8Array): boolean;
  /** Holds back what is written until `uncork`, so that small writes go out together. A stream may lack both. */
  cork?(): unknown;
  uncork?(): unknown;
  /** Closes the writing side after what was written. */
  end(): unknown;
  /** Closes at once; what was not sent is lost. */
  destroy(): unknown;
  setNoDelay(noDelay: boolean): unknown;
  /** Where its chunks lie, if replies can be released: see {@link ReceiveMemory}. */
  readonly memory?: ReceiveMemory;
  /** IP address of the other side, where there is such a thing. */
  readonly remoteAddress?: string | undefined;
  /** A chunk belongs to the listener: it must not be written into afterwards. */
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  on(event: "drain" | "close", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  off(event: "drain" | "close", listener: () => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}

/**
 * Opens a stream to one address. Rejects with `iggy-client.not-connected` when the address cannot be reached or does
 * not answer within the time, and with the signal's reason when that aborts; leaves nothing open then.
 */
export type Dialer = (
  address: ServerAddress,
  timeoutMillis: number,
  clock: Clock,
  signal: AbortSignal,
) => Promise<ByteStream>;

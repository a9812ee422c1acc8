import type { TimerHandle } from "@ims/common";
import type { Peer } from "../binance/socket/peer.js";

/** A client that does not read is cut off when so much waits for it. */
const UNSENT_BYTES_MAX = 32 * 1024 * 1024;
const NOTHING = () => {};

/** One client's connection: what it has asked for, and what the venue keeps of it. */
export class VenueLine {
  readonly channels = new Set<string>();
  /** When the login ends, milliseconds since 1970; 0 without one. */
  loggedInUntilMillis = 0;
  /** What the login can be renewed with. */
  refreshToken = "";
  /** Credits of `public/subscribe` that are left, and when they were counted. */
  credits = { left: 30_000, atMillis: 0 };
  heartbeat: TimerHandle | undefined;
  /** A `test_request` that was not answered yet. */
  awaitsTest = false;
  #isGone = false;

  constructor(
    private readonly peer: Peer,
    onText: (line: VenueLine, text: string) => void,
    private readonly onGone: (line: VenueLine) => void,
  ) {
    peer.listen({
      message: (text) => onText(this, text),
      ping: NOTHING,
      pong: NOTHING,
      closed: () => this.#leave(),
    });
  }

  /** From the venue to the client. */
  push(text: string): void {
    if (this.#isGone || !this.peer.isOpen) return;
    if (this.peer.unsentBytes > UNSENT_BYTES_MAX) this.terminate();
    else this.peer.send(text, NOTHING);
  }

  /** Without a close frame. */
  terminate(): void {
    this.#leave();
    this.peer.terminate();
  }

  #leave(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.heartbeat?.cancel();
    this.onGone(this);
  }
}

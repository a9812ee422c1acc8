import type { Clock, TimerHandle } from "@ims/common";
import type { VenueSocketEvents } from "../binance/in-process/in-process-socket.js";

/** The client's end of a connection to a simulated Deribit. */
export interface DeribitSocket {
  readonly isOpen: boolean;
  readonly isPaused: boolean;
  send(text: string): void;
  ping(): void;
  pause(): void;
  resume(): void;
  terminate(): void;
}

const NO_CLOSE_FRAME = 1006;

/** One connection within the process. What a client sends arrives through a timer, what the venue sends at once. */
export class VenueLine implements DeribitSocket {
  readonly channels = new Set<string>();
  isLoggedIn = false;
  /** Credits of `public/subscribe` that are left, and when they were counted. */
  credits = { left: 30_000, atMillis: 0 };
  heartbeat: TimerHandle | undefined;
  /** A `test_request` that was not answered yet. */
  awaitsTest = false;
  #state: "opening" | "open" | "closed" = "opening";
  #isPaused = false;
  #held: string[] = [];
  readonly #opening: TimerHandle;

  constructor(
    private readonly clock: Clock,
    private readonly latencyMillis: number,
    private readonly events: VenueSocketEvents,
    private readonly onText: (line: VenueLine, text: string) => void,
    private readonly onGone: (line: VenueLine) => void,
  ) {
    this.#opening = clock.setTimer(latencyMillis, () => {
      this.#state = "open";
      events.onOpen();
    });
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  send(text: string): void {
    this.#later(() => this.onText(this, text));
  }

  ping(): void {
    this.#later(() => this.events.onSign());
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    while (this.#held.length > 0 && !this.#isPaused) this.push(this.#held.shift()!);
  }

  terminate(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#opening.cancel();
    this.heartbeat?.cancel();
    this.#held = [];
    this.onGone(this);
    this.clock.setTimer(0, () => this.events.onClosed(NO_CLOSE_FRAME));
  }

  /** From the venue to the client. */
  push(text: string): void {
    if (this.#state !== "open") return;
    if (this.#isPaused) this.#held.push(text);
    else this.events.onMessage(Buffer.from(text));
  }

  #later(act: () => void): void {
    this.clock.setTimer(this.latencyMillis, () => {
      if (this.#state === "open") act();
    });
  }
}

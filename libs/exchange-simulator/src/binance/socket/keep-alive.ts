import type { Clock, TimerHandle } from "@ims/common";

export interface KeepAliveTimes {
  readonly pingIntervalMillis: number;
  readonly pongTimeoutMillis: number;
  readonly lifeMillis: number;
}

export interface KeepAliveActions {
  ping(payload: string): void;
  /** The pong did not come in time. */
  pongMissing(): void;
  /** The connection reached its greatest age. */
  lifeOver(): void;
}

/**
 * Pings at the market's interval. The oldest open ping decides: its pong must echo the payload within the deadline;
 * unsolicited pongs do not count. Spot "WebSocket Streams", "General information"; futures stream pages, "Connect".
 */
export class KeepAlive {
  readonly #open = new Set<string>();
  readonly #life: TimerHandle;
  #ping: TimerHandle;
  #deadline: TimerHandle | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly times: KeepAliveTimes,
    private readonly actions: KeepAliveActions,
  ) {
    this.#life = clock.setTimer(times.lifeMillis, () => actions.lifeOver());
    this.#ping = this.#nextPing();
  }

  /** A pong came; it answers the ping it echoes and all before that. */
  pong(payload: string): void {
    if (!this.#open.has(payload)) return;
    for (const open of this.#open) {
      this.#open.delete(open);
      if (open === payload) break;
    }
    this.#deadline?.cancel();
    this.#deadline = undefined;
    if (this.#open.size > 0) this.#setDeadline();
  }

  stop(): void {
    this.#life.cancel();
    this.#ping.cancel();
    this.#deadline?.cancel();
  }

  #nextPing(): TimerHandle {
    return this.clock.setTimer(this.times.pingIntervalMillis, () => {
      const payload = `${Math.floor(this.clock.nowMicros() / 1000)}`;
      this.#open.add(payload);
      if (!this.#deadline) this.#setDeadline();
      this.#ping = this.#nextPing();
      this.actions.ping(payload);
    });
  }

  #setDeadline(): void {
    this.#deadline = this.clock.setTimer(this.times.pongTimeoutMillis, () => this.actions.pongMissing());
  }
}

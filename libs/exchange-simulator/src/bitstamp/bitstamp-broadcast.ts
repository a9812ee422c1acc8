import type { Clock } from "@ims/common";
import type { BitstampConnection } from "./bitstamp-connection.js";
import type { FaultBoard } from "./bitstamp-faults.js";

/** The text of a number in a frame. */
const QUOTED_NUMBER = /"[0-9][0-9.E-]*"/g;

/** Takes frames to every connection that subscribed their channel, past the faults that wait for them. */
export class BitstampBroadcast {
  readonly connections = new Set<BitstampConnection>();
  /** Frames that wait to be overtaken, by channel. */
  readonly #held = new Map<string, string>();

  constructor(
    private readonly clock: Clock,
    private readonly faults: FaultBoard,
  ) {}

  /** Whether what is published on a channel now gets lost. */
  isLost(channel: string): boolean {
    return this.faults.isLost(channel, this.clock.monotonicMillis());
  }

  /** @param print called when somebody hears the channel */
  publish(channel: string, print: () => string): void {
    const listeners = [...this.connections].filter((connection) => connection.hears(channel));
    if (listeners.length === 0 || this.isLost(channel)) return;
    const send = (text: string) => {
      for (const connection of listeners) connection.send(text);
    };
    const text = print();
    const overtaken = this.#held.get(channel);
    if (overtaken !== undefined) {
      this.#held.delete(channel);
      send(text);
      send(overtaken);
      return;
    }
    switch (this.faults.frames.take(channel)) {
      case "drop":
        return;
      case "swap":
        this.#held.set(channel, text);
        return;
      case "malform":
        send(text.slice(0, text.length >> 1));
        return;
      case "garble":
        send(text.replace(QUOTED_NUMBER, '"?"'));
        return;
      case "duplicate":
        send(text);
        send(text);
        return;
      default:
        send(text);
    }
  }
}

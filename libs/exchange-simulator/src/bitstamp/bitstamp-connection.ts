import type { Peer } from "../binance/socket/peer.js";
import { controlFrame } from "./bitstamp-frames.js";

const HEARTBEAT = controlFrame("bts:heartbeat", "", { status: "success" });
const NOTHING = () => {};

/** One client: its channels, and the venue's answers to what it asks for (bitstamp.md section 3). */
export class BitstampConnection {
  readonly #channels = new Set<string>();
  readonly #muted = new Set<string>();
  heartbeatCount = 0;

  constructor(
    private readonly peer: Peer,
    private readonly gone: (connection: BitstampConnection) => void,
    /** The first frames of a new subscription, if it has some. */
    private readonly joined: (channel: string, connection: BitstampConnection) => void,
  ) {
    peer.listen({
      message: (text) => this.#message(text),
      ping: NOTHING,
      pong: NOTHING,
      closed: () => this.gone(this),
    });
  }

  hears(channel: string): boolean {
    return this.#channels.has(channel) && !this.#muted.has(channel);
  }

  send(text: string): void {
    if (this.peer.isOpen) this.peer.send(text, NOTHING);
  }

  /** What is subscribed now goes silent. */
  mute(prefix: string): void {
    for (const channel of this.#channels) if (channel.startsWith(prefix)) this.#muted.add(channel);
  }

  cut(): void {
    this.peer.terminate();
  }

  close(): void {
    this.peer.close(1001, "maintenance");
  }

  #message(text: string): void {
    const request = readRequest(text);
    if (request === undefined) {
      this.send(controlFrame("bts:error", "", { code: null, message: "Incorrect JSON format." }));
      return;
    }
    const { channel, event } = request;
    if (event === "bts:heartbeat") {
      this.heartbeatCount++;
      this.send(HEARTBEAT);
    } else if (channel === undefined) {
      this.send(controlFrame("bts:error", "", { code: null, message: "Bad subscription string." }));
    } else if (channel.startsWith("private-")) {
      this.send(controlFrame("bts:error", "", { code: 4009, message: "Connection is unauthorized." }));
    } else if (event === "bts:subscribe") {
      // Also for pairs that do not exist.
      this.#channels.add(channel);
      this.#muted.delete(channel);
      this.send(controlFrame("bts:subscription_succeeded", channel, {}));
      this.joined(channel, this);
    } else {
      this.#channels.delete(channel);
      this.send(controlFrame("bts:unsubscription_succeeded", channel, {}));
    }
  }
}

const EVENTS = new Set(["bts:subscribe", "bts:unsubscribe", "bts:heartbeat"]);

function readRequest(
  text: string,
): { readonly event: string; readonly channel: string | undefined } | undefined {
  try {
    const { data, event } = JSON.parse(text) as { data?: { channel?: unknown } | null; event?: unknown };
    if (typeof event !== "string" || !EVENTS.has(event)) return undefined;
    const channel = data?.channel;
    return { event, channel: typeof channel === "string" && channel !== "" ? channel : undefined };
  } catch {
    return undefined;
  }
}

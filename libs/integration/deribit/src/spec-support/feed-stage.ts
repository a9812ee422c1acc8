import { DataType, ExchangeId, type Instrument, SimulatedClock } from "@ims/common";
import type { ControlReply, FeedIndex, FrameReader, HttpTransport, OpenFeed } from "@ims/integration-kit";
import type { FeedRequest, IntegrationContext } from "@ims/traits";
import type { DeribitFeed } from "../feeds/deribit-feed.js";
import { openFeed } from "../feeds/open-feed.js";
import { readFrames } from "../frame-reader.js";
import { termsOfName } from "../instruments.js";
import { DeribitRequests } from "../rpc/deribit-requests.js";
import type { Credentials } from "../settings/credentials.js";
import { KeepingSink } from "./keeping-sink.js";

const NO_HTTP: HttpTransport = async () => {
  throw new Error("nothing is asked over HTTP here");
};

/** Feeds behind the reader of one connection, over a sink that holds them to its contract. */
export class FeedStage {
  readonly clock = new SimulatedClock();
  readonly sink = new KeepingSink();
  readonly replies: ControlReply[] = [];
  readonly sent: string[] = [];
  readonly errors: string[] = [];
  readonly warnings: string[] = [];
  /** How soon the list was to be read again, each time. */
  readonly listRenewals: number[] = [];
  /** Channels that were asked for again. */
  readonly restarted: string[] = [];
  readonly feeds: FeedIndex<DeribitFeed> = { find: (stream) => this.#entries.get(stream) };
  readonly #entries = new Map<string, { feed: OpenFeed; handler: DeribitFeed }>();
  readonly #context: IntegrationContext;
  readonly #requests: DeribitRequests;

  readonly #reader: FrameReader;

  constructor(transport: HttpTransport = NO_HTTP, credentials?: Credentials) {
    const ignore = () => {};
    const warn = (fields: object, message: string) =>
      void this.warnings.push(`${message} ${JSON.stringify(fields)}`);
    const error = (_fields: object, message: string) => void this.errors.push(message);
    const logger = { debug: ignore, info: ignore, warn, error };
    this.#context = { clock: this.clock, logger, random: () => 0.5, sink: this.sink };
    this.#requests = new DeribitRequests(this.#context, "http://venue.invalid/api/v2", transport);
    this.#reader = readFrames({
      events: {
        onReply: (reply) => this.replies.push(reply),
        onEndAnnounced() {},
        send: (text) => this.sent.push(text) > 0,
      },
      feeds: this.feeds,
      instruments: { renewWithin: (millis) => this.listRenewals.push(millis) },
      sink: this.sink,
      logger,
      credentials,
    });
  }

  /** Opens a feed of a channel. */
  open(
    channel: string,
    symbol: string,
    request: FeedRequest,
    instrument: Partial<Instrument> = {},
  ): DeribitFeed {
    const listed = { ...instrumentOf(symbol), ...instrument };
    const feed: OpenFeed = {
      stream: channel,
      group: "",
      liveness: { kind: "driven" },
      request,
      instrument: listed,
      instrumentId: this.sink.register(listed),
      seen() {},
      restart: () => void this.restarted.push(channel),
    };
    const handler = openFeed({ feed, context: this.#context }, termsOfName(symbol), this.#requests);
    this.#entries.set(channel, { feed, handler });
    return handler;
  }

  /** What one connection receives. */
  receive(frame: string | Uint8Array): void {
    this.#reader.decode(typeof frame === "string" ? Buffer.from(frame) : frame, this.clock.nowMicros());
  }

  /** A notification; `data` is JSON as text, so that its numbers are as written. */
  notify(channel: string, data: string): void {
    this.receive(
      `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"${channel}","data":${data}}}`,
    );
  }

  async close(): Promise<void> {
    for (const { handler } of this.#entries.values()) await handler.close?.();
  }
}

export const TRADES: FeedRequest = { dataType: DataType.Trade };
export const BOOK: FeedRequest = { dataType: DataType.Book };

function instrumentOf(symbol: string): Instrument {
  return {
    exchange: ExchangeId.Deribit,
    symbol,
    base: "BTC",
    quote: "USD",
    settle: "BTC",
    kind: termsOfName(symbol).option ? "option" : "future",
    status: "trading",
    priceScale: 1,
    quantityScale: 0,
    priceIncrement: "0.5",
    quantityIncrement: "10",
    expiryMicros: 1_798_185_600_000_000,
  };
}

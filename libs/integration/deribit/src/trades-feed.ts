import { Aggressor, GapReason, RecordFlags } from "@ims/common";
import {
  asObject,
  createTradeFields,
  type FeedHandler,
  type HttpJsonClient,
  type JsonObject,
  type OpenFeed,
  readDecimal,
  readText,
  readWhole,
  requireTime,
  TradeRecovery,
  venueError,
} from "@ims/integration-kit";
import type { IntegrationContext, TradeFields } from "@ims/traits";

const PAGE = 500;

/** The trades of one instrument: their ids follow one another, so what is missing is known and read over REST. */
export class TradesFeed implements FeedHandler {
  readonly #trade = createTradeFields();
  readonly #missed = createTradeFields();
  readonly #recovery: TradeRecovery;

  constructor(
    private readonly feed: OpenFeed,
    http: HttpJsonClient,
    context: IntegrationContext,
  ) {
    const { symbol } = feed.instrument;
    this.#recovery = new TradeRecovery({
      ...context,
      symbol,
      instrumentId: feed.instrumentId,
      gapSink: context.sink,
      isShared: () => false,
      read: async ({ from, offer }, signal) => {
        const path = `/trades?symbol=${encodeURIComponent(symbol)}&from=${from}&limit=${PAGE}`;
        const rows = await http.get(path, signal);
        if (!Array.isArray(rows)) throw venueError("venue.bad-reply", "/trades answered no list");
        let newest = 0;
        for (const row of rows as unknown[]) {
          this.#fill(this.#missed, asObject(row) ?? {}, context.clock.nowMicros());
          this.#missed.flags = RecordFlags.BackFilled;
          newest = Math.max(newest, this.#missed.tradeId);
          offer(this.#missed);
        }
        return newest;
      },
    });
  }

  /** One trade of a frame. Throws `Unusable`. */
  read(row: JsonObject, receiveMicros: number): void {
    this.#fill(this.#trade, row, receiveMicros);
    this.feed.seen(receiveMicros);
    this.#recovery.sequencer.offer(this.#trade);
  }

  interrupted(): void {
    this.#recovery.interrupted(GapReason.ConnectionLost);
  }

  check(nowMillis: number): void {
    this.#recovery.check(nowMillis);
  }

  close(): Promise<void> {
    return this.#recovery.close();
  }

  #fill(trade: TradeFields, row: JsonObject, receiveMicros: number): void {
    trade.instrumentId = this.feed.instrumentId;
    trade.tradeId = readWhole(row, "id");
    trade.firstTradeId = trade.tradeId;
    trade.lastTradeId = trade.tradeId;
    trade.eventMicros = requireTime(row, "time");
    trade.sendMicros = 0;
    trade.receiveMicros = receiveMicros;
    trade.flags = 0;
    readDecimal(row, "price", trade.price);
    readDecimal(row, "amount", trade.quantity);
    trade.aggressor = readText(row, "side") === "buy" ? Aggressor.Buyer : Aggressor.Seller;
  }
}

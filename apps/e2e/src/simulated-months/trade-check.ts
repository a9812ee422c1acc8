import { Aggressor, type MantissaCell, RecordFlags, TradeKind } from "@ims/common";
import type { InProcessVenue, TradeTruth } from "@ims/exchange-simulator";
import { IdRuns } from "./id-runs.js";
import type { RunReport } from "./report.js";
import type { GapRecord, TradeRecord } from "./sink-types.js";

interface Pending {
  readonly id: number;
  readonly firstId: number;
  readonly lastId: number;
  readonly price: number;
  readonly quantity: number;
  readonly buyerIsMaker: boolean;
  readonly kind: TradeKind;
}

/** Of the venue's truth. */
export interface Scales {
  readonly priceScale: number;
  readonly quantityScale: number;
}

const KINDS: Readonly<Record<string, TradeKind>> = {
  MARKET: TradeKind.Regular,
  INSURANCE_FUND: TradeKind.InsuranceFund,
  ADL: TradeKind.AutoDeleveraging,
};
/** Ids of the truth that are looked at together. */
const SPAN = 5000;

/**
 * The trades of one subscription against the venue's truth: each id once and in order, each as the venue made it, and
 * what is absent in a Gap. Ids that the venue spent on prints without price are neither.
 */
export class TradeCheck {
  readonly #ids = new IdRuns();
  readonly #gaps = new IdRuns();
  #pending: Pending[] = [];
  #firstId = 0;
  #orderId = 0;
  /** Largest id that was seen, in a record or in a Gap. */
  lastId = 0;
  tradeCount = 0;
  backFilledCount = 0;
  gapIdCount = 0;

  constructor(
    private readonly symbol: string,
    private readonly venue: InProcessVenue,
    private readonly isAggregate: boolean,
    private readonly scales: Scales,
    private readonly report: RunReport,
  ) {}

  offer(trade: TradeRecord): void {
    const { flags, tradeId } = trade;
    this.tradeCount++;
    if ((flags & RecordFlags.BackFilled) !== 0) this.backFilledCount++;
    if (this.#firstId === 0) this.#firstId = tradeId;
    if (!this.#ids.add(tradeId)) this.#wrong(`trade ${tradeId} came twice`);
    if (this.#gaps.has(tradeId)) this.#wrong(`trade ${tradeId} came although a Gap covers it`);
    if ((flags & RecordFlags.Late) === 0) {
      if (tradeId < this.#orderId)
        this.#wrong(`trade ${tradeId} came behind ${this.#orderId}, not marked late`);
      this.#orderId = Math.max(this.#orderId, tradeId);
    }
    this.lastId = Math.max(this.lastId, tradeId);
    const { priceScale, quantityScale } = this.scales;
    this.#pending.push({
      id: tradeId,
      firstId: trade.firstTradeId,
      lastId: trade.lastTradeId,
      price: unitsOf(trade.price, priceScale),
      quantity: unitsOf(trade.quantity, quantityScale),
      buyerIsMaker: trade.aggressor === Aggressor.Seller,
      kind: trade.kind,
    });
  }

  gap({ fromId, missingCount, toId }: GapRecord): void {
    if (toId === 0) {
      this.#wrong("a Gap without ids: the venue never began its ids anew");
      return;
    }
    this.gapIdCount += missingCount;
    this.lastId = Math.max(this.lastId, toId);
    if (!this.#gaps.addRun(fromId, toId)) this.#wrong(`Gap ${fromId}..${toId} overlaps another`);
    if (
      this.#ids.missing(fromId, toId).reduce((sum, [from, to]) => sum + to - from + 1, 0) !==
      toId - fromId + 1
    ) {
      this.#wrong(`Gap ${fromId}..${toId} covers trades that came`);
    }
  }

  /** Compares what came since the last call with the truth. The symbol must be listed. */
  verify(): void {
    const pending = this.#pending.sort((one, other) => one.id - other.id);
    this.#pending = [];
    for (let from = 0; from < pending.length; ) {
      let to = from;
      while (to < pending.length && pending[to]!.lastId - pending[from]!.firstId < SPAN) to++;
      this.#compare(pending.slice(from, to));
      from = to;
    }
  }

  /** Every id up to this one must have come, or lie in a Gap. The symbol must be listed. */
  finish(lastId: number): void {
    this.verify();
    if (this.#firstId === 0) return;
    for (const [from, to] of this.#ids.missing(this.#firstId, lastId)) {
      for (const [first, last] of this.#gaps.missing(from, to)) {
        const lost = this.#existing(first, last);
        if (lost.length > 0) {
          this.#wrong(`${lost.length} trades ${lost[0]}..${lost.at(-1)} are in no record and in no Gap`);
        }
      }
    }
  }

  /** The last id that the venue has given out on the watched stream. */
  venueLastId(): number {
    const { lastTradeId } = this.venue.truth(this.symbol);
    if (!this.isAggregate) return lastTradeId;
    for (let to = lastTradeId; to > 0; to -= 500) {
      const rows = this.venue.trades(this.symbol, Math.max(1, to - 499), to);
      const last = rows.findLast(({ aggregateId }) => aggregateId !== undefined);
      if (last) return last.aggregateId!;
      if (rows.length === 0) return 0;
    }
    return 0;
  }

  /** Which of these ids the venue gave to a trade. Aggregate ids have no holes and no prints outside the market. */
  #existing(from: number, to: number): number[] {
    if (this.isAggregate) return Array.from({ length: Math.min(1000, to - from + 1) }, (_, at) => from + at);
    return this.venue
      .trades(this.symbol, from, to)
      .filter(({ origin }) => origin !== "NA")
      .map(({ tradeId }) => tradeId);
  }

  #compare(records: readonly Pending[]): void {
    const rows = this.venue.trades(this.symbol, records[0]!.firstId, records.at(-1)!.lastId);
    const byId = new Map<number, TradeTruth>();
    for (const row of rows) {
      if (!this.isAggregate) byId.set(row.tradeId, row);
      else if (row.aggregateId !== undefined) {
        const sum = byId.get(row.aggregateId);
        byId.set(row.aggregateId, { ...row, quantity: row.quantity + (sum?.quantity ?? 0) });
      }
    }
    for (const record of records) {
      const row = byId.get(record.id);
      if (!row) {
        this.#wrong(`trade ${record.id} is none of the venue's`);
      } else if (
        row.price !== record.price ||
        row.quantity !== record.quantity ||
        row.buyerIsMaker !== record.buyerIsMaker ||
        KINDS[row.origin] !== record.kind
      ) {
        this.#wrong(`trade ${record.id} is ${JSON.stringify(record)}, the venue made ${JSON.stringify(row)}`);
      }
    }
  }

  #wrong(text: string): void {
    this.report.violation(`${this.symbol} trades: ${text}`);
  }
}

/** In units of a scale; exact as far as the value has no more digits, and below 2^53. */
export function unitsOf(cell: MantissaCell, scale: number): number {
  const mantissa = cell.hi * 2 ** 32 + (cell.lo >>> 0);
  return scale < cell.scale ? mantissa / 10 ** (cell.scale - scale) : mantissa * 10 ** (scale - cell.scale);
}

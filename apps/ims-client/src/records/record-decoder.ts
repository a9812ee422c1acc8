import { Decimal, exchangeName, type TimeResolutionText, timeResolutionText } from "@ims/common";
import { peekTemplateId, v2 } from "@ims/sbe";
import type { PolledRecords } from "../transport/ims-transport.js";
import type {
  AggressorName,
  BarMessage,
  BarStateName,
  MarketMessageType,
  MessageOrigin,
  TradeKindName,
  TradeMessage,
} from "./market-message.js";

const AGGRESSORS: readonly AggressorName[] = ["unknown", "buyer", "seller"];
const TRADE_KINDS: readonly TradeKindName[] = [
  "regular",
  "insurance-fund",
  "auto-deleveraging",
  "block",
  "liquidation",
  "retail-price-improvement",
  "correction",
];
const BAR_STATES: readonly BarStateName[] = ["forming", "closed", "revised"];

/** The fields that every record begins with. */
interface PrefixDecoder {
  eventTimeNumber(): number | null;
  sendTimeNumber(): number | null;
  receiveTimeNumber(): number;
  publishTimeNumber(): number;
  exchangeId(): number;
  symbol(): string;
}

/**
 * Reads one record at a time: first {@link wrap} checks it and gives the facts that readers filter by, then
 * {@link message} makes the object for people. Nothing is allocated for records that are filtered out.
 */
export class RecordDecoder {
  readonly #trade = new v2.TradeDecoder();
  readonly #bar = new v2.BarDecoder();
  /** Of the record wrapped last. */
  type: MarketMessageType = "trade";
  templateId = 0;
  instrumentId = 0;
  /** Time resolution number; 0 for anything but bars. */
  resolution = 0;
  view: DataView = new DataView(new ArrayBuffer(0));
  start = 0;
  length = 0;
  /** Where the record stands in its partition. */
  offset = 0;

  constructor(private readonly partitionId: number) {}

  /**
   * Takes up the current record of a poll.
   * @returns false for a template that this version does not read; such records are skipped
   * @throws ImsError `sbe.*` for bytes that are no whole message
   */
  wrap(records: PolledRecords): boolean {
    const { view, payloadStart: start, payloadLength: length } = records;
    const templateId = peekTemplateId(view, start, length);
    this.templateId = templateId;
    this.view = view;
    this.start = start;
    this.length = length;
    this.offset = records.offset;
    if (templateId === v2.TradeDecoder.TEMPLATE_ID) {
      this.#trade.wrapAndApplyHeader(view, start, length);
      this.type = "trade";
      this.instrumentId = this.#trade.instrumentId();
      this.resolution = 0;
      return true;
    }
    if (templateId === v2.BarDecoder.TEMPLATE_ID) {
      this.#bar.wrapAndApplyHeader(view, start, length);
      this.type = "bar";
      this.instrumentId = this.#bar.instrumentId();
      this.resolution = this.#bar.resolution();
      return true;
    }
    if (templateId < 0) throw new Error(`${length} bytes are too few for a message header`);
    return false;
  }

  /**
   * The wrapped record as values.
   * @throws ImsError `sbe.unsafe-integer` for an id beyond 2^53, `decimal.scale` for a scale beyond 18
   */
  message(): TradeMessage | BarMessage {
    return this.type === "trade" ? this.#tradeMessage() : this.#barMessage();
  }

  #tradeMessage(): TradeMessage {
    const trade = this.#trade;
    return {
      type: "trade",
      ...origin(trade, this.offset, this.partitionId),
      tradeId: trade.tradeIdNumber(),
      firstTradeId: trade.firstTradeIdNumber(),
      lastTradeId: trade.lastTradeIdNumber(),
      price: Decimal.of(trade.price(), trade.priceScale()),
      quantity: Decimal.of(trade.quantity(), trade.quantityScale()),
      aggressor: AGGRESSORS[trade.aggressor()] ?? "unknown",
      kind: TRADE_KINDS[trade.kind()] ?? "unknown",
    };
  }

  #barMessage(): BarMessage {
    const bar = this.#bar;
    const priceScale = bar.priceScale();
    const quantityScale = bar.quantityScale();
    return {
      type: "bar",
      ...origin(bar, this.offset, this.partitionId),
      // Readers let through only resolutions that were asked for by their text.
      resolution: timeResolutionText(this.resolution) as TimeResolutionText,
      state: BAR_STATES[bar.state()] ?? "unknown",
      openMicros: bar.openTimeNumber(),
      closeMicros: bar.closeTimeNumber(),
      open: Decimal.of(bar.open(), priceScale),
      high: Decimal.of(bar.high(), priceScale),
      low: Decimal.of(bar.low(), priceScale),
      close: Decimal.of(bar.close(), priceScale),
      volume: Decimal.of(bar.volume(), quantityScale),
      quoteVolume: Decimal.of(bar.quoteVolume(), bar.quoteScale()),
      takerVolume: Decimal.of(bar.takerVolume(), quantityScale),
      tradeCount: bar.tradeCount(),
    };
  }
}

function origin(record: PrefixDecoder, offset: number, partitionId: number): MessageOrigin {
  return {
    exchange: exchangeName(record.exchangeId()) ?? `exchange-${record.exchangeId()}`,
    symbol: record.symbol(),
    eventMicros: record.eventTimeNumber(),
    sendMicros: record.sendTimeNumber(),
    receiveMicros: record.receiveTimeNumber(),
    publishMicros: record.publishTimeNumber(),
    offset,
    partitionId,
  };
}

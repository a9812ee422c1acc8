import { DataType, Decimal, NO_RESOLUTION, type TimeResolutionText, timeResolutionText } from "@ims/common";
import { decodeRecord, type MarketRecord, peekTemplateId, type StreamRecord, v2 } from "@ims/sbe";
import type { PolledRecords } from "../transport/ims-transport.js";
import { bookDeltaMessage, bookSnapshotMessage, topOfBookMessage } from "./book-message.js";
import {
  liquidationMessage,
  markPriceMessage,
  optionTickerMessage,
  tickerMessage,
} from "./derivative-message.js";
import { feedStatusMessage, gapMessage } from "./feed-message.js";
import type {
  AggressorName,
  BarMessage,
  BarStateName,
  MarketMessage,
  MarketMessageType,
  TradeKindName,
  TradeMessage,
} from "./market-message.js";
import { exchangeText, flagNames, type MessageOrigin, recordOrigin } from "./message-origin.js";
import { orderMessage, orderSnapshotMessage } from "./order-message.js";
import type { RecordFlyweights } from "./record-flyweights.js";
import { createRecordKinds } from "./record-kinds.js";

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

/** Where an encoded record stands. */
type EncodedRecord = Pick<PolledRecords, "view" | "payloadStart" | "payloadLength" | "offset">;

/** The fields that every record begins with. */
interface PrefixDecoder {
  eventTimeNumber(): number | null;
  sendTimeNumber(): number | null;
  receiveTimeNumber(): number;
  publishTimeNumber(): number;
  exchangeId(): number;
  flags(): number;
  symbol(): string;
}

/**
 * Reads one record at a time: first {@link wrap} checks it and gives the facts that readers filter by, then
 * {@link message} makes the object for people. Nothing is allocated for records that are filtered out.
 */
export class RecordDecoder {
  readonly #trade = new v2.TradeDecoder();
  readonly #bar = new v2.BarDecoder();
  readonly #kinds = createRecordKinds();
  /** Of the record wrapped last. */
  type: MarketMessageType = "trade";
  templateId = 0;
  instrumentId = 0;
  /** Data type number; of a gap or status that of the feed that it is about. */
  dataType = 0;
  /** Time resolution number, likewise; 0 for anything but bars. */
  resolution = 0;
  view: DataView = new DataView(new ArrayBuffer(0));
  start = 0;
  length = 0;
  /** Where the record stands in its partition. */
  offset = 0;
  /** The decoder of the record. */
  flyweight: RecordFlyweights[MarketMessageType] = this.#trade;

  constructor(readonly partitionId: number) {}

  /**
   * Takes up the current record of a poll.
   * @returns false for a template that this version does not read; such records are skipped
   * @throws ImsError `sbe.*` for bytes that are no whole message
   */
  wrap(records: EncodedRecord): boolean {
    const { view, payloadStart: start, payloadLength: length } = records;
    const templateId = peekTemplateId(view, start, length);
    this.templateId = templateId;
    this.view = view;
    this.start = start;
    this.length = length;
    this.offset = records.offset;
    if (templateId === v2.TradeDecoder.TEMPLATE_ID) {
      this.#trade.wrapAndApplyHeader(view, start, length);
      this.flyweight = this.#trade;
      this.type = "trade";
      this.instrumentId = this.#trade.instrumentId();
      this.dataType = DataType.Trade;
      this.resolution = NO_RESOLUTION;
      return true;
    }
    if (templateId === v2.BarDecoder.TEMPLATE_ID) {
      this.#bar.wrapAndApplyHeader(view, start, length);
      this.flyweight = this.#bar;
      this.type = "bar";
      this.instrumentId = this.#bar.instrumentId();
      this.dataType = DataType.Bar;
      this.resolution = this.#bar.resolution();
      return true;
    }
    if (templateId < 0) throw new Error(`${length} bytes are too few for a message header`);
    return this.#wrapOther(templateId);
  }

  /**
   * The wrapped record as values.
   * @throws ImsError `sbe.unsafe-integer` for an id beyond 2^53, `decimal.scale` for a scale beyond 18
   */
  message(): MarketMessage {
    if (this.type === "trade") return this.#tradeMessage();
    if (this.type === "bar") return this.#barMessage();
    const record = decodeRecord(this.view, this.start, this.length);
    if (record === undefined) throw new Error(`template ${this.templateId} is no record`);
    return this.#otherMessage(record);
  }

  #wrapOther(templateId: number): boolean {
    const kind = this.#kinds.get(templateId);
    if (!kind) return false;
    const { view, start, length } = this;
    this.type = kind.type;
    this.flyweight = kind.facts;
    kind.facts.wrapAndApplyHeader(view, start, length);
    this.instrumentId = kind.facts.instrumentId();
    if (kind.dataType !== undefined) {
      this.dataType = kind.dataType;
      this.resolution = NO_RESOLUTION;
      return true;
    }
    this.dataType = kind.facts.dataType();
    this.resolution = kind.facts.resolution();
    return true;
  }

  #otherMessage(record: StreamRecord): MarketMessage {
    switch (record.type) {
      case "top-of-book":
        return topOfBookMessage(record, this.#originOf(record));
      case "book-snapshot":
        return bookSnapshotMessage(record, this.#originOf(record));
      case "book-delta":
        return bookDeltaMessage(record, this.#originOf(record));
      case "mark-price":
        return markPriceMessage(record, this.#originOf(record));
      case "liquidation":
        return liquidationMessage(record, this.#originOf(record));
      case "option-ticker":
        return optionTickerMessage(record, this.#originOf(record));
      case "ticker":
        return tickerMessage(record, this.#originOf(record));
      case "book-order":
        return orderMessage(record, this.#originOf(record));
      case "order-snapshot":
        return orderSnapshotMessage(record, this.#originOf(record));
      case "gap":
        return gapMessage(record, this.#originOf(record));
      case "feed-status":
        return feedStatusMessage(record, this.#originOf(record));
      default:
        throw new Error(`a record of type ${record.type} is no message of this client`);
    }
  }

  #tradeMessage(): TradeMessage {
    const trade = this.#trade;
    return {
      type: "trade",
      ...this.#origin(trade),
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
      ...this.#origin(bar),
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

  #origin(record: PrefixDecoder): MessageOrigin {
    return {
      exchange: exchangeText(record.exchangeId()),
      symbol: record.symbol(),
      flags: flagNames(record.flags()),
      eventMicros: record.eventTimeNumber(),
      sendMicros: record.sendTimeNumber(),
      receiveMicros: record.receiveTimeNumber(),
      publishMicros: record.publishTimeNumber(),
      offset: this.offset,
      partitionId: this.partitionId,
    };
  }

  #originOf(record: MarketRecord): MessageOrigin {
    return recordOrigin(record, this.partitionId, this.offset);
  }
}

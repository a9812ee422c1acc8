import { DataType, MARKET_DATA_TOPICS } from "@ims/common";
import { v2 } from "@ims/sbe";
import type { DataMessage, FeedNotice, MarketMessage, MarketMessageType } from "./market-message.js";
import type { RecordFlyweights } from "./record-flyweights.js";

/** What readers ask every encoded record. */
interface FactsDecoder {
  readonly TEMPLATE_ID: number;
  wrapAndApplyHeader(view: DataView, offset: number, length: number): unknown;
  instrumentId(): number;
}

/** Of a record about a feed: which one. */
interface SubjectDecoder extends FactsDecoder {
  dataType(): number;
  resolution(): number;
}

/** One kind of record that readers let through. */
export type RecordKind = DataRecordKind | NoticeRecordKind;

type Flyweight = RecordFlyweights[MarketMessageType];

interface DataRecordKind {
  readonly type: MarketMessageType;
  readonly dataType: DataType;
  readonly facts: FactsDecoder & Flyweight;
}

interface NoticeRecordKind {
  readonly type: MarketMessageType;
  readonly dataType: undefined;
  readonly facts: SubjectDecoder & Flyweight;
}

/** The kinds beside trades and bars by template id, with decoders of their own for each reader. */
export function createRecordKinds(): ReadonlyMap<number, RecordKind> {
  const kinds: readonly RecordKind[] = [
    { type: "top-of-book", dataType: DataType.TopOfBook, facts: new v2.TopOfBookDecoder() },
    { type: "book-snapshot", dataType: DataType.Book, facts: new v2.BookSnapshotDecoder() },
    { type: "book-delta", dataType: DataType.Book, facts: new v2.BookDeltaDecoder() },
    { type: "mark-price", dataType: DataType.MarkPrice, facts: new v2.MarkPriceDecoder() },
    { type: "liquidation", dataType: DataType.Liquidation, facts: new v2.LiquidationDecoder() },
    { type: "option-ticker", dataType: DataType.OptionTicker, facts: new v2.OptionTickerDecoder() },
    { type: "ticker", dataType: DataType.Ticker, facts: new v2.TickerDecoder() },
    { type: "order", dataType: DataType.Order, facts: new v2.BookOrderDecoder() },
    { type: "order-snapshot", dataType: DataType.Order, facts: new v2.OrderSnapshotDecoder() },
    { type: "gap", dataType: undefined, facts: new v2.GapDecoder() },
    { type: "feed-status", dataType: undefined, facts: new v2.FeedStatusDecoder() },
  ];
  return new Map(kinds.map((kind) => [kind.facts.TEMPLATE_ID, kind]));
}

/** What a subscription to a data type is called, and the types of the messages that come of it. */
export interface FeedKind {
  readonly type: FeedType;
  readonly messageTypes: readonly MarketMessageType[];
}

export type FeedType =
  | "trade"
  | "bar"
  | "top-of-book"
  | "book"
  | "mark-price"
  | "liquidation"
  | "option-ticker"
  | "ticker"
  | "order";

const FEED_KINDS: ReadonlyMap<number, FeedKind> = new Map<number, FeedKind>([
  [DataType.Trade, { type: "trade", messageTypes: ["trade"] }],
  [DataType.Bar, { type: "bar", messageTypes: ["bar"] }],
  [DataType.TopOfBook, { type: "top-of-book", messageTypes: ["top-of-book"] }],
  [DataType.Book, { type: "book", messageTypes: ["book-snapshot", "book-delta"] }],
  [DataType.MarkPrice, { type: "mark-price", messageTypes: ["mark-price"] }],
  [DataType.Liquidation, { type: "liquidation", messageTypes: ["liquidation"] }],
  [DataType.OptionTicker, { type: "option-ticker", messageTypes: ["option-ticker"] }],
  [DataType.Ticker, { type: "ticker", messageTypes: ["ticker"] }],
  [DataType.Order, { type: "order", messageTypes: ["order-snapshot", "order"] }],
]);

/** The kind of a data type that this client asks for. */
export function feedKindOf(dataType: DataType): FeedKind {
  const kind = FEED_KINDS.get(dataType);
  if (!kind) throw new Error(`This client has no messages of data type ${dataType}`);
  return kind;
}

/** The data type that subscriptions of a kind ask for. */
export function dataTypeOfFeed(type: FeedType): DataType {
  for (const [dataType, kind] of FEED_KINDS) if (kind.type === type) return dataType as DataType;
  throw new Error(`No data type has feeds of type ${type}`);
}

/** The kind of feed that messages of a type come of. */
export function feedTypeOf(messageType: DataMessage["type"]): FeedType {
  switch (messageType) {
    case "book-snapshot":
    case "book-delta":
      return "book";
    case "order-snapshot":
      return "order";
    default:
      return messageType;
  }
}

/** Whether messages of a type say something about feeds, and are none of the data. */
export function isNotice(message: MarketMessage): message is FeedNotice {
  return message.type === "gap" || message.type === "feed-status";
}

/** Topics of what a service says about feeds, of one partition each. */
export const NOTICE_TOPICS: readonly { readonly topic: string; readonly type: "gap" | "feed-status" }[] = [
  { topic: MARKET_DATA_TOPICS.gaps, type: "gap" },
  { topic: MARKET_DATA_TOPICS.feedStatus, type: "feed-status" },
];

export type { Instrument, TimeResolutionText } from "@ims/common";
export { Decimal, ExchangeId, ImsError, isImsError } from "@ims/common";
export type { ClientEvents } from "./client/client-events.js";
export {
  ClientFeeds,
  type Iteration,
  type IterationOptions,
  type StartOptions,
  type Symbols,
} from "./client/client-feeds.js";
export { EXCHANGE_NAMES, resolveExchange, resolveResolution } from "./client/client-settings.js";
export type { ClientSettings, ConnectOptions } from "./client/connect-options.js";
export { DEFAULT_IGGY_URL } from "./client/connect-options.js";
export { type AveragesOptions, followAverages } from "./client/follow-averages.js";
export { followMergedBooks } from "./client/follow-merged-books.js";
export type { FollowOptions, FollowStart, MissedMessages } from "./client/follow-records.js";
export { ImsClient } from "./client/ims-client.js";
export type { MarketDataClient } from "./client/market-data-client.js";
export type { LoginAccepted } from "./control/reply.js";
export type { Subscription } from "./delivery/delivery.js";
export type { MessageListener, RecordListener, SlowIteration } from "./delivery/message-hub.js";
export type { MissedCause, MissedRecords } from "./delivery/missed-records.js";
export type { MalformedRecord } from "./delivery/partition-reader.js";
export { type FeedPosition, ResumePoint } from "./delivery/resume-point.js";
export type { SkippedFeed, SkippedMessage } from "./delivery/skipped-messages.js";
export type { SlowConsumerPolicy } from "./delivery/slow-consumer.js";
export type { StartFrom } from "./delivery/start-from.js";
export { CLIENT_ERRORS, type ClientErrorName } from "./errors/client-errors.js";
export type { LooseLevel, LooseOrder, MessageFields } from "./mock/message-fields.js";
export { type MockClientOptions, MockImsClient } from "./mock/mock-ims-client.js";
export * from "./mock/mock-messages.js";
export type { AverageMessage, AverageMethodName, AverageStateName } from "./records/average-message.js";
export { Book, type BookState } from "./records/book.js";
export type {
  BookDeltaMessage,
  BookLevel,
  BookMessage,
  BookSnapshotMessage,
  TopOfBookMessage,
} from "./records/book-message.js";
export type {
  LiquidationMessage,
  MarkPriceMessage,
  OptionTickerMessage,
  OrderStatusName,
  SideName,
  TickerMessage,
} from "./records/derivative-message.js";
export type {
  AboutFeed,
  FeedStateName,
  FeedStatusMessage,
  GapMessage,
  GapReasonName,
} from "./records/feed-message.js";
export type * from "./records/market-message.js";
export type { MergedBookLevel, MergedBookMessage, MergedBookVenue } from "./records/merged-book-message.js";
export type { MessageFlag, MessageOrigin } from "./records/message-origin.js";
export type {
  OrderEventName,
  OrderKindName,
  OrderMark,
  OrderMessage,
  OrderSnapshotMessage,
  OrdersMessage,
  StandingOrder,
} from "./records/order-message.js";
export type { FlyweightListener, RecordFlyweights, RecordPlace } from "./records/record-flyweights.js";
export type { FeedType } from "./records/record-kinds.js";
export { type OrdersState, StandingOrders } from "./records/standing-orders.js";
export { bigintOf, dateOf } from "./records/times.js";
export type { ImsTransport, PartitionPlace, PlaceStart, PolledRecords } from "./transport/ims-transport.js";

export {
  type OrderBookService,
  type OrderBookServiceOptions,
  startOrderBookService,
} from "./order-book-service.js";
export { MERGED_STREAM, MERGED_TOPIC, type MergedPublisherOptions } from "./publishing/merged-publisher.js";
export type { BookSource } from "./sources/book-source.js";
export { BrokerSource, type BrokerSourceOptions } from "./sources/broker-source.js";
export { DirectSource } from "./sources/direct-source.js";

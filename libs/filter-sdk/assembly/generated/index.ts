// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.
export * from "./codes";
export { Trade } from "./trade";
export { Bar } from "./bar";
export { TopOfBook } from "./top-of-book";
export { BookSnapshot, BookSnapshotBids, BookSnapshotAsks } from "./book-snapshot";
export { BookDelta, BookDeltaBids, BookDeltaAsks } from "./book-delta";
export { MarkPrice } from "./mark-price";
export { Liquidation } from "./liquidation";
export { OptionTicker } from "./option-ticker";
export { Ticker } from "./ticker";
export { Instrument } from "./instrument";
export { Gap } from "./gap";
export { FeedStatus } from "./feed-status";
export { BookOrder } from "./book-order";
export { OrderSnapshot, OrderSnapshotBids, OrderSnapshotAsks } from "./order-snapshot";
export { MergedBook, MergedBookBids, MergedBookAsks, MergedBookVenues } from "./merged-book";
export { Average } from "./average";
export { BatchSignature } from "./batch-signature";

export * from "./bar-fields.js";
export * from "./book-fields.js";
export * from "./derivative-fields.js";
export * from "./feed-fields.js";
export * from "./ims-data-integration.js";
export * from "./market-data-sink.js";
export * from "./record-head.js";
export * from "./trade-fields.js";

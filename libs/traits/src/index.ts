export * from "./bar-fields.js";
export * from "./ims-data-integration.js";
export * from "./market-data-sink.js";
export * from "./trade-fields.js";

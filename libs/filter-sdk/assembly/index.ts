export { Batch } from "./batch";
export { compareDecimals, Decimal } from "./decimal";
export { defineFilter, defineState, numberParameter, textParameter } from "./filter";
export * from "./generated/index";
export { debug, error, info, warn } from "./log";
export { StateReader, StateWriter } from "./state";
export { Text } from "./text";

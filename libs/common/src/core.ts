/**
 * The part of this library that loads nothing from outside of it, for threads that have to start quickly. What is here
 * is the very same as under the main entry, so errors of one are recognised by the other.
 */
export * from "./decimals/mantissa-cell.js";
export { DecimalParse } from "./decimals/parse-decimal-bytes.js";
export * from "./decimals/parse-decimal-text.js";
export * from "./errors/ims-error.js";
export * from "./text/nearest-names.js";
export * from "./time/clock.js";
export * from "./time/system-clock.js";

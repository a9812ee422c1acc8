export * from "./canonical-symbols.js";
export * from "./merged-book.js";
export { MergedLevels } from "./merged-levels.js";
export * from "./venue-book.js";

export * from "./book-hash.js";
export { BookSide, type SideKind } from "./book-side.js";
export * from "./order-book.js";

export { BookClient, GRPC_ADDRESS_DEFAULT, type SummaryQuery } from "./book-client.js";
export {
  BOOK_SERVICE,
  bookProto,
  bookService,
  withConflated,
} from "./book-service.js";
export type * from "./messages.js";
export { decodeSummary } from "./summary-decoder.js";
export { SummaryEncoder } from "./summary-encoder.js";

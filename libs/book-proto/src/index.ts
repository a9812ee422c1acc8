export { BookClient, GRPC_ADDRESS_DEFAULT, type SummaryQuery } from "./book-client.js";
export {
  BOOK_SERVICE,
  bookProto,
  bookService,
  healthProto,
  reflectionProto,
  withConflated,
} from "./book-service.js";
export { type LoadedProto, loadProto } from "./load-proto.js";
export type * from "./messages.js";
export { protoContract } from "./proto-contract.js";
export { decodeSummary } from "./summary-decoder.js";
export { SummaryEncoder } from "./summary-encoder.js";

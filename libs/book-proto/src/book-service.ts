import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import { loadProto } from "@ims/grpc-proto";
import type { BookSummaryRequestMessage, SummaryMessage } from "./messages.js";
import { decodeSummary } from "./summary-decoder.js";
import { SummaryTag } from "./summary-tags.js";

export const BOOK_SERVICE = "ims.books.v1.OrderBooks";

export const bookProto = loadProto("order_books.proto", new URL("../proto/", import.meta.url));

const definition = bookProto.service(BOOK_SERVICE);
const summaryMethod = definition.BookSummary as MethodDefinition<BookSummaryRequestMessage, SummaryMessage>;

/** The service, with summaries as bytes for a server that encodes them once for all clients. */
export const bookService: ServiceDefinition = {
  ...definition,
  BookSummary: {
    ...summaryMethod,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: decodeSummary,
  },
};

/** The same summary with what one client missed; `count` 0 to 2^53 - 1. The bytes given are not changed. */
export function withConflated(summary: Buffer, count: number): Buffer {
  if (count === 0) return summary;
  const field = [SummaryTag.Conflated];
  let rest = count;
  for (; rest >= 128; rest = Math.floor(rest / 128)) field.push((rest % 128) | 128);
  field.push(rest);
  return Buffer.concat([summary, Buffer.from(field)]);
}

import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import { loadProto } from "./load-proto.js";
import type { BookSummaryRequestMessage, OutgoingSummary, SummaryMessage } from "./messages.js";

export const BOOK_SERVICE = "ims.books.v1.OrderBooks";
/** Field 13 of Summary, a varint. */
const CONFLATED_TAG = (13 << 3) | 0;

export const bookProto = loadProto("order_books.proto");
export const healthProto = loadProto("health.proto");
export const reflectionProto = loadProto("reflection.proto");

const definition = bookProto.service(BOOK_SERVICE);
const summaryMethod = definition.BookSummary as MethodDefinition<BookSummaryRequestMessage, SummaryMessage>;

/** The service for a server that sends summaries as bytes, encoded once for all clients. */
export const bookService: ServiceDefinition = {
  ...definition,
  BookSummary: { ...summaryMethod, responseSerialize: (bytes: Buffer) => bytes },
};

/** Encodes a summary without its count of conflated states. */
export function encodeSummary(summary: OutgoingSummary): Buffer {
  return summaryMethod.responseSerialize(summary as unknown as SummaryMessage);
}

/** The same summary with what one client missed; `count` 0 to 2^53 - 1. The bytes given are not changed. */
export function withConflated(summary: Buffer, count: number): Buffer {
  if (count === 0) return summary;
  const field = [CONFLATED_TAG];
  let rest = count;
  for (; rest >= 128; rest = Math.floor(rest / 128)) field.push((rest % 128) | 128);
  field.push(rest);
  return Buffer.concat([summary, Buffer.from(field)]);
}

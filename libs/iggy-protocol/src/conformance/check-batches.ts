import { readSafeU64 } from "../batch/batch-header.js";
import { type BatchMessage, decodeBatch, encodeBatchUnchecked } from "../batch/encode-batch.js";
import { stampBatch } from "../batch/stamp-batch.js";
import { validateBatch } from "../batch/validate-batch.js";
import { viewOf } from "../frame/frame-layout.js";
import { decodeUserHeaders, encodeUserHeaders } from "../primitives/user-headers.js";
import type { Report } from "./report.js";
import { userHeaderOf, userHeaderView } from "./user-header-values.js";
import {
  byteDifference,
  bytesOf,
  integerOf,
  isVector,
  listOf,
  textOf,
  type Vector,
  valueDifferences,
} from "./vector.js";

/**
 * `{messages: [{id, originTimestamp, payload, userHeaders, headers?, uuid?}], batch, batchChecksum, messageChecksums,
 * originTimestamp, served?}`: the batch is built from the messages, taken apart again and stamped as a server does.
 */
export function checkBatches(vectors: readonly Vector[], report: Report): void {
  for (const vector of vectors) {
    const name = textOf(vector, "name");
    report.check(`${name}, encode`, () =>
      byteDifference("the batch", bytesOf(vector, "batch"), encodeBatchUnchecked(messagesOf(vector))),
    );
    report.check(`${name}, decode`, () => decoded(vector));
    if (vector.acceptedByServer === true) {
      report.check(`${name}, accept`, () => {
        const batch = bytesOf(vector, "batch");
        validateBatch(batch, 0, batch.length, listOf(vector, "messages").length);
        return [];
      });
    }
    const { served } = vector;
    if (isVector(served)) report.check(`${name}, serve`, () => stamped(vector, served));
    for (const message of listOf(vector, "messages")) checkMessageParts(name, message, report);
  }
}

function messagesOf(vector: Vector): BatchMessage[] {
  return listOf(vector, "messages").map((message) => ({
    id: integerOf(message, "id"),
    originMicros: integerOf(message, "originTimestamp"),
    payload: bytesOf(message, "payload"),
    headers: bytesOf(message, "userHeaders"),
  }));
}

function decoded(vector: Vector): string[] {
  const batch = bytesOf(vector, "batch");
  const { header, messages } = decodeBatch(batch);
  // Creation times may use all 64 bits: they are compared as bytes, by encoding.
  return [
    ...valueDifferences(vector.batchChecksum, header.checksum, "batchChecksum"),
    ...valueDifferences(
      vector.messageChecksums,
      messages.map(({ checksum }) => checksum),
      "messageChecksums",
    ),
    ...valueDifferences(vector.originTimestamp, viewOf(batch).getBigUint64(24, true), "originTimestamp"),
    ...listOf(vector, "messages").flatMap(({ id, payload, userHeaders }, index) =>
      valueDifferences(
        { id, payload, userHeaders },
        { ...messages[index], userHeaders: messages[index]?.headers },
        `messages[${index}]`,
      ),
    ),
  ];
}

function stamped(vector: Vector, served: Vector): string[] {
  const record = bytesOf(served, "record");
  validateBatch(record);
  const batch = bytesOf(vector, "batch").slice();
  stampBatch(batch, 0, {
    partitionId: readSafeU64(viewOf(record), 0, "partition id"),
    baseOffset: Number(integerOf(served, "baseOffset")),
    baseTimestampMicros: Number(integerOf(served, "recordBaseTimestamp")),
  });
  return byteDifference("the record", record, batch);
}

function checkMessageParts(name: string, message: Vector, report: Report): void {
  if (Array.isArray(message.headers)) {
    const headers = listOf(message, "headers");
    report.check(`${name}, headers encode`, () =>
      byteDifference(
        "the user headers",
        bytesOf(message, "userHeaders"),
        encodeUserHeaders(headers.map(userHeaderOf)),
      ),
    );
    report.check(`${name}, headers decode`, () =>
      valueDifferences(
        headers.map(userHeaderOf).map(userHeaderView),
        decodeUserHeaders(bytesOf(message, "userHeaders")).map(userHeaderView),
        "headers",
      ),
    );
  }
  if (typeof message.uuid === "string") {
    const uuid = message.uuid;
    report.check(`${name}, uuid`, () =>
      valueDifferences(message.id, BigInt(`0x${uuid.replaceAll("-", "")}`), "id"),
    );
  }
}

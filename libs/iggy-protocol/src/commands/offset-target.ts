import type { ByteReader } from "../primitives/byte-reader.js";
import type { ByteWriter } from "../primitives/byte-writer.js";
import {
  type Consumer,
  readConsumer,
  readOptionalPartition,
  writeConsumer,
  writeOptionalPartition,
} from "../primitives/consumer.js";
import { type TopicTarget, topicTarget } from "./stream-target.js";

/** `[consumer][stream][topic][optional partition]`, the head of the three offset commands. */
export interface OffsetTarget extends TopicTarget {
  readonly consumer: Consumer;
  readonly partitionId: number | null;
}

export const offsetTarget = {
  writeRequest(writer: ByteWriter, request: OffsetTarget): void {
    writeConsumer(writer, request.consumer);
    topicTarget.writeRequest(writer, request);
    writeOptionalPartition(writer, request.partitionId);
  },
  readRequest: (reader: ByteReader): OffsetTarget => ({
    consumer: readConsumer(reader),
    ...topicTarget.readRequest(reader),
    partitionId: readOptionalPartition(reader),
  }),
};

/** How many replicas confirm before the reply: 0 none, 1 a quorum. Clients always ask for a quorum. */
export type Acknowledgement = "none" | "quorum";

export function writeAcknowledgement(writer: ByteWriter, ack: Acknowledgement): void {
  writer.u8(ack === "none" ? 0 : 1, "acknowledgement");
}

export function readAcknowledgement(reader: ByteReader): Acknowledgement {
  return reader.bool("acknowledgement") ? "quorum" : "none";
}

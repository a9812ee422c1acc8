import type { ByteReader } from "../primitives/byte-reader.js";
import type { ByteWriter } from "../primitives/byte-writer.js";
import { type Identifier, readIdentifier, writeIdentifier } from "../primitives/identifier.js";
import { type TopicTarget, topicTarget } from "./stream-target.js";

/** `[stream identifier][topic identifier][group identifier]` */
export interface GroupTarget extends TopicTarget {
  readonly group: Identifier;
}

export const groupTarget = {
  writeRequest(writer: ByteWriter, request: GroupTarget): void {
    topicTarget.writeRequest(writer, request);
    writeIdentifier(writer, request.group, "group");
  },
  readRequest: (reader: ByteReader): GroupTarget => ({
    ...topicTarget.readRequest(reader),
    group: readIdentifier(reader, "group"),
  }),
};

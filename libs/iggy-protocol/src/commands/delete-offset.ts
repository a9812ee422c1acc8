import { commandCodec, noReply } from "./command-codec.js";
import {
  type Acknowledgement,
  type OffsetTarget,
  offsetTarget,
  readAcknowledgement,
  writeAcknowledgement,
} from "./offset-target.js";

export interface DeleteOffsetRequest extends OffsetTarget {
  readonly ack: Acknowledgement;
}

/** `[consumer][stream][topic][optional partition][ack u8]` → empty; 3021 when nothing is stored. */
export const deleteOffset = commandCodec<DeleteOffsetRequest, undefined>("delete consumer offset", {
  writeRequest(writer, request) {
    offsetTarget.writeRequest(writer, request);
    writeAcknowledgement(writer, request.ack);
  },
  readRequest: (reader) => ({ ...offsetTarget.readRequest(reader), ack: readAcknowledgement(reader) }),
  ...noReply,
});

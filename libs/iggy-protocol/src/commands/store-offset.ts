import { commandCodec, noReply } from "./command-codec.js";
import {
  type Acknowledgement,
  type OffsetTarget,
  offsetTarget,
  readAcknowledgement,
  writeAcknowledgement,
} from "./offset-target.js";

export interface StoreOffsetRequest extends OffsetTarget {
  /** Last offset the consumer is done with; may go back. Beyond the last message it is refused with 4100. */
  readonly offset: bigint;
  readonly ack: Acknowledgement;
}

/** `[consumer][stream][topic][optional partition][offset u64][ack u8]` → empty. */
export const storeOffset = commandCodec<StoreOffsetRequest, undefined>("store consumer offset", {
  writeRequest(writer, request) {
    offsetTarget.writeRequest(writer, request);
    writer.u64(request.offset, "offset");
    writeAcknowledgement(writer, request.ack);
  },
  readRequest: (reader) => ({
    ...offsetTarget.readRequest(reader),
    offset: reader.u64("offset"),
    ack: readAcknowledgement(reader),
  }),
  ...noReply,
});

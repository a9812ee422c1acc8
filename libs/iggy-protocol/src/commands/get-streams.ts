import { readStreamRecord, type StreamRecord, writeStreamRecord } from "../records/stream-record.js";
import { commandCodec, noRequest } from "./command-codec.js";

/** Empty request → stream records to the end of the body, by id. */
export const getStreams = commandCodec<undefined, readonly StreamRecord[]>("get streams", {
  ...noRequest,
  writeReply(writer, streams) {
    for (const stream of streams) writeStreamRecord(writer, stream);
  },
  readReply(reader) {
    const streams: StreamRecord[] = [];
    while (reader.remaining > 0) streams.push(readStreamRecord(reader));
    return streams;
  },
});

import { type Option, readOptions, writeOptions } from "../primitives/options.js";
import { commandCodec } from "./command-codec.js";
import { readStreamDetails, type StreamDetails, writeStreamDetails } from "./get-stream.js";

export interface CreateStreamRequest {
  readonly name: string;
  /** The catalog of stream options is empty in 0.11: any key is refused with 4041. */
  readonly options: readonly Option[];
}

/** `[name][options to the end]` → stream details without topics. */
export const createStream = commandCodec<CreateStreamRequest, StreamDetails>("create stream", {
  writeRequest(writer, request) {
    writer.name(request.name, "stream name");
    writeOptions(writer, request.options);
  },
  readRequest: (reader) => ({ name: reader.name("stream name"), options: readOptions(reader) }),
  writeReply: writeStreamDetails,
  readReply: readStreamDetails,
});

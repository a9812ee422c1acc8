import { readIdentifier, writeIdentifier } from "../primitives/identifier.js";
import { type Option, readOptions, writeOptions } from "../primitives/options.js";
import { commandCodec, noReply } from "./command-codec.js";
import type { StreamTarget } from "./stream-target.js";

export interface UpdateStreamRequest extends StreamTarget {
  readonly name: string;
  readonly options: readonly Option[];
}

/** `[stream][name][options to the end]` → empty. The own current name is accepted. */
export const updateStream = commandCodec<UpdateStreamRequest, undefined>("update stream", {
  writeRequest(writer, request) {
    writeIdentifier(writer, request.stream, "stream");
    writer.name(request.name, "stream name");
    writeOptions(writer, request.options);
  },
  readRequest: (reader) => ({
    stream: readIdentifier(reader, "stream"),
    name: reader.name("stream name"),
    options: readOptions(reader),
  }),
  ...noReply,
});

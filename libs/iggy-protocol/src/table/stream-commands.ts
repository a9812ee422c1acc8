import { createStream } from "../commands/create-stream.js";
import { deleteStream } from "../commands/delete-stream.js";
import { getStream } from "../commands/get-stream.js";
import { getStreams } from "../commands/get-streams.js";
import { purgeStream } from "../commands/purge-stream.js";
import { updateStream } from "../commands/update-stream.js";
import { IggyErrorCode } from "../errors/iggy-error-code.js";
import { Operation } from "../frame/operation.js";
import { read, write } from "./command.js";

const STREAM = "[stream]";
const STREAM_DETAILS = "stream record {topic record}";

export const STREAM_COMMANDS = {
  getStream: read("stream.get", 200, getStream, {
    permission: "readStream",
    request: STREAM,
    reply: `${STREAM_DETAILS}, empty when missing`,
  }),
  getStreams: read("stream.list", 201, getStreams, { permission: "readStreams", reply: "{stream record}" }),
  createStream: write("stream.create", 202, Operation.CreateStream, createStream, {
    permission: "createStreams",
    request: "[name][options]",
    reply: STREAM_DETAILS,
    refusals: [
      IggyErrorCode.StreamNameAlreadyExists,
      IggyErrorCode.TooManyStreams,
      IggyErrorCode.UnsupportedOptionKey,
    ],
  }),
  deleteStream: write("stream.delete", 203, Operation.DeleteStream, deleteStream, {
    permission: "manageStream",
    request: STREAM,
    refusals: [IggyErrorCode.StreamIdNotFound],
  }),
  updateStream: write("stream.update", 204, Operation.UpdateStream, updateStream, {
    permission: "manageStream",
    request: "[stream][name][options]",
    refusals: [
      IggyErrorCode.StreamIdNotFound,
      IggyErrorCode.StreamNameAlreadyExists,
      IggyErrorCode.UnsupportedOptionKey,
    ],
  }),
  purgeStream: write("stream.purge", 205, Operation.PurgeStream, purgeStream, {
    permission: "manageStream",
    request: STREAM,
    refusals: [IggyErrorCode.StreamIdNotFound],
  }),
} as const;

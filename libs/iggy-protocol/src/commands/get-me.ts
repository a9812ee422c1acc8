import { type ClientDetails, readClientDetails, writeClientDetails } from "../records/client-record.js";
import { noRequest, optionalReplyCodec } from "./command-codec.js";

/** Empty request, the record of the caller's own connection. */
export const getMe = optionalReplyCodec<undefined, ClientDetails>("get me", {
  ...noRequest,
  writeReply: writeClientDetails,
  readReply: readClientDetails,
});

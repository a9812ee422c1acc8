import { type ClientDetails, readClientDetails, writeClientDetails } from "../records/client-record.js";
import { optionalReplyCodec } from "./command-codec.js";

export interface GetClientRequest {
  /** The server's connection number. */
  readonly clientId: number;
}

/** `[client_id u32]` → client record and group memberships, or an empty body when there is no such connection. */
export const getClient = optionalReplyCodec<GetClientRequest, ClientDetails>("get client", {
  writeRequest: (writer, request) => void writer.u32(request.clientId, "client id"),
  readRequest: (reader) => ({ clientId: reader.u32("client id") }),
  writeReply: writeClientDetails,
  readReply: readClientDetails,
});

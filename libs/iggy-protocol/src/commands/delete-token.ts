import { commandCodec, noReply } from "./command-codec.js";

export interface DeleteTokenRequest {
  readonly name: string;
}

/** `[name]` → empty; 20 when there is none of that name. */
export const deleteToken = commandCodec<DeleteTokenRequest, undefined>("delete token", {
  writeRequest: (writer, request) => void writer.name(request.name, "token name"),
  readRequest: (reader) => ({ name: reader.name("token name") }),
  ...noReply,
});

import type { ByteReader } from "../primitives/byte-reader.js";
import type { ByteWriter } from "../primitives/byte-writer.js";
import { type Identifier, readIdentifier, writeIdentifier } from "../primitives/identifier.js";

/** `[user identifier]` */
export interface UserTarget {
  readonly user: Identifier;
}

export const userTarget = {
  writeRequest: (writer: ByteWriter, request: UserTarget) => writeIdentifier(writer, request.user, "user"),
  readRequest: (reader: ByteReader): UserTarget => ({ user: readIdentifier(reader, "user") }),
};

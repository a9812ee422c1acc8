import { ByteReader } from "../primitives/byte-reader.js";
import { commandCodec } from "./command-codec.js";
import { PASSWORD_BYTES, USERNAME_BYTES } from "./request-rules.js";

export type Credentials =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  | { readonly kind: "token"; readonly token: string };

/**
 * ```
 * [protocol_version u32][sdk_name name][sdk_version name]
 * password: [username name][password name]    token: [token name]
 * [context_len u32][context]
 * ```
 * Nothing in the bytes names the shape: a server tries the password shape first, then the token shape.
 */
export interface LoginRequest {
  readonly protocolVersion: number;
  readonly sdkName: string;
  readonly sdkVersion: string;
  readonly credentials: Credentials;
  readonly context: Uint8Array;
}

/** `[user_id u32][session u64][server_protocol_version u32][server_version str8]` behind the result section. */
export interface LoginReply {
  readonly userId: number;
  /** Never 0, strictly increasing. */
  readonly session: bigint;
  readonly serverProtocolVersion: number;
  readonly serverVersion: string;
}

export const login = commandCodec<LoginRequest, LoginReply>("login", {
  writeRequest(writer, request) {
    writer.u32(request.protocolVersion, "protocol version");
    writer.name(request.sdkName, "sdk name").name(request.sdkVersion, "sdk version");
    const { credentials } = request;
    if (credentials.kind === "token") writer.name(credentials.token, "token");
    else writer.name(credentials.username, "username").name(credentials.password, "password");
    writer.u32(request.context.length, "context length").raw(request.context);
  },
  readRequest(reader) {
    const protocolVersion = reader.u32("protocol version");
    const sdkName = reader.name("sdk name");
    const sdkVersion = reader.name("sdk version");
    const start = reader.position;
    const tail = readPasswordTail(new ByteReader(reader.bytes, reader.subject, start, reader.end)) ?? {
      credentials: { kind: "token" as const, token: reader.name("token") },
      context: reader.raw(reader.u32("context length"), "context"),
    };
    return { protocolVersion, sdkName, sdkVersion, ...tail };
  },
  checkRequest({ credentials }, rules) {
    if (credentials.kind === "token") return;
    rules.textBytes(credentials.username, "username", USERNAME_BYTES);
    rules.textBytes(credentials.password, "password", PASSWORD_BYTES);
  },
  writeReply(writer, reply) {
    writer.u32(reply.userId, "user id").u64(reply.session, "session");
    writer
      .u32(reply.serverProtocolVersion, "server protocol version")
      .str8(reply.serverVersion, "server version");
  },
  readReply: (reader) => ({
    userId: reader.u32("user id"),
    session: reader.u64("session"),
    serverProtocolVersion: reader.u32("server protocol version"),
    serverVersion: reader.str8("server version"),
  }),
});

/** The version prefix alone: its gate comes before the credentials are looked at. `undefined` when too short. */
export function readLoginVersion(body: Uint8Array): number | undefined {
  return body.length < 4 ? undefined : new ByteReader(body, "login request").u32("protocol version");
}

function readPasswordTail(reader: ByteReader): Pick<LoginRequest, "credentials" | "context"> | undefined {
  try {
    const username = reader.name("username");
    const password = reader.name("password");
    const context = reader.raw(reader.u32("context length"), "context");
    return { credentials: { kind: "password", username, password }, context };
  } catch {
    return undefined;
  }
}

import { commandCodec } from "./command-codec.js";

export interface CreateTokenRequest {
  readonly name: string;
  /** How long it is valid, in microseconds; `null` (0 on the wire) and 2^64 − 1 = for ever. */
  readonly lifetimeMicros: bigint | null;
}

/** Shown this once: a server keeps only a hash. */
export interface CreatedToken {
  readonly token: string;
}

/** `[name][lifetime u64]` → `[token str8]`; 51 when the name is taken, and for any repetition of the same request. */
export const createToken = commandCodec<CreateTokenRequest, CreatedToken>("create token", {
  writeRequest: (writer, request) =>
    void writer.name(request.name, "token name").u64(request.lifetimeMicros ?? 0n, "lifetime"),
  readRequest: (reader) => ({
    name: reader.name("token name"),
    lifetimeMicros: reader.u64("lifetime") || null,
  }),
  writeReply: (writer, reply) => void writer.str8(reply.token, "token"),
  readReply: (reader) => ({ token: reader.str8("token") }),
});

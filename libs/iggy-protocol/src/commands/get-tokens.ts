import { commandCodec, noRequest } from "./command-codec.js";

/** A personal access token of the calling user; the secret itself is shown only once, when it is made. */
export interface TokenRecord {
  readonly name: string;
  /** Microseconds since 1970; `null` = never expires. */
  readonly expiresAtMicros: bigint | null;
}

/** Empty request → `[name str8][expiry_at u64, 0 = never]` to the end of the body, in any order. */
export const getTokens = commandCodec<undefined, readonly TokenRecord[]>("get tokens", {
  ...noRequest,
  writeReply(writer, tokens) {
    for (const token of tokens)
      writer.str8(token.name, "token name").u64(token.expiresAtMicros ?? 0n, "expiry");
  },
  readReply(reader) {
    const tokens: TokenRecord[] = [];
    while (reader.remaining > 0) {
      tokens.push({ name: reader.str8("token name"), expiresAtMicros: reader.u64("expiry") || null });
    }
    return tokens;
  },
});

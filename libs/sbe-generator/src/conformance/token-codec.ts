import { SchemaCodec } from "../dynamic/schema-codec.js";
import type { SchemaTokens } from "../ir/token.js";
import type { CodecUnderTest } from "./codec-under-test.js";

/** The codec that works from tokens, without generated code. */
export function tokenCodec(tokens: SchemaTokens): CodecUnderTest {
  const codec = new SchemaCodec(tokens);
  return {
    name: "tokens",
    encode: (message, values, header) => codec.encode(message, values, header),
    decode: (bytes, offset) => codec.decode(bytes, offset),
  };
}

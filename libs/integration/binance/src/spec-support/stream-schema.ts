import { fileURLToPath } from "node:url";
import { compile, SchemaCodec } from "sbe-schema-ts";

/** Our description of the venue's binary streams. */
export const STREAM_SCHEMA_PATH = fileURLToPath(
  new URL("../../schema/binance-market-stream.xml", import.meta.url),
);

/** Writes and reads frames by the description itself, without the generated code that it checks. */
export function streamCodec(): SchemaCodec {
  return new SchemaCodec(compile(STREAM_SCHEMA_PATH).tokens);
}

import { readFileSync } from "node:fs";
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

/** The same of a later version, as the venue may make one: every block and every entry has one more field. */
export function laterStreamCodec(): SchemaCodec {
  const added = '<field name="added" id="90" type="Exponent" sinceVersion="1"/>';
  const readText = (path: string) => {
    const text = readFileSync(path, "utf8").replace('version="0"', 'version="1"');
    const entries = text.replaceAll("</group>", `${added}</group>`);
    return entries.replaceAll(/<sbe:message[\s\S]*?(?=<group|<data)/g, (fields) => fields + added);
  };
  return new SchemaCodec(compile(STREAM_SCHEMA_PATH, readText).tokens);
}

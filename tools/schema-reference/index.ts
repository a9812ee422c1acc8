import { compile } from "sbe-schema-ts";
import { renderSchemaReference } from "./render-schema-reference.js";

/**
 * The page about the schema in a file.
 * @param path the file
 * @param source the same as seen from the root of the workspace, for links
 */
export function schemaReference(path: string, source: string): string {
  return renderSchemaReference(compile(path).tokens, source);
}

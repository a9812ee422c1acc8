import { readdirSync } from "node:fs";
import { join } from "node:path";

export { type RecordedLine, readGzipJson, recordedLines } from "../conformance/recorded-lines.js";

export function recordings(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl.gz"))
    .map((name) => join(folder, name));
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readGzipText } from "@ims/integration-kit/conformance";

export { type RecordedLine, recordedLines } from "@ims/integration-kit/conformance";

export function readGzipJson(file: string): unknown {
  return JSON.parse(readGzipText(file));
}

export function recordings(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl.gz"))
    .map((name) => join(folder, name));
}

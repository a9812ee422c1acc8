import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "../errors/ims-error.js";

export const CONFIG_FILE_NAME = "ims.config.json";
const FILE_BYTES_MAX = 1 << 20;

/** Path of `ims.config.json` in the folder, undefined if there is none. */
export function findConfigFile(folder: string = process.cwd()): string | undefined {
  const path = join(folder, CONFIG_FILE_NAME);
  return existsSync(path) ? path : undefined;
}

/** The top-level entries of a JSON file. What is wrong with the file is added to `mistakes`, and nothing thrown. */
export function readConfigFile(path: string, mistakes: string[]): ReadonlyMap<string, unknown> {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > FILE_BYTES_MAX) {
      mistakes.push(`${path}: the file has ${size} bytes, at most ${FILE_BYTES_MAX} are read`);
      return new Map();
    }
    text = readFileSync(path, "utf8");
  } catch (error) {
    mistakes.push(`${path}: the file cannot be read (${describeError(error)})`);
    return new Map();
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // The parser's own message quotes the file, which may hold secrets.
    mistakes.push(`${path}: the file is not valid JSON`);
    return new Map();
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    mistakes.push(`${path}: expected one JSON object with the settings as keys`);
    return new Map();
  }
  return new Map(Object.entries(content));
}

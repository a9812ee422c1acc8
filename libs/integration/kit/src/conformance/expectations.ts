import { readFileSync } from "node:fs";

/** What an independent replay of a session found; venues have fields of their own beside the files. */
export interface ExpectedSession {
  /** Relative to the folder of the expectations, in the order of time. */
  readonly files: readonly string[];
}

/**
 * Reads an `expectations.json`: sessions by name.
 * @throws Error that says what is wrong with the file
 */
export function readExpectations(file: string): ReadonlyMap<string, ExpectedSession> {
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`${file} is not an object of sessions`);
  }
  const sessions = Object.entries(value as Record<string, ExpectedSession>);
  for (const [name, session] of sessions) {
    if (!Array.isArray(session?.files) || session.files.length === 0) {
      throw new Error(`${file}: ${name} names no files`);
    }
  }
  return new Map(sessions);
}

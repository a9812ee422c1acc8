import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseConnectionString } from "./connection/connection-string.js";
import { OPTION_NAMES } from "./connection/connection-string-options.js";
import { IGGY_CLIENT_ERRORS } from "./errors.js";

const address = new URL("../README.md", import.meta.url);
const readme = readFileSync(address, "utf8");

/** First cells of the rows that begin with a word in code, in the part under this heading. */
function firstCells(heading: string): string[] {
  const part = readme.split(`${heading}\n`)[1]!.split(/^#+ /m)[0]!;
  return [...part.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell]) => cell!);
}

describe("README", () => {
  it("lists every option of connection strings, and no other", () => {
    expect(firstCells("### Connection string")).toEqual(OPTION_NAMES);
  });

  it("shows connection strings that can be read", () => {
    const shown = [...readme.matchAll(/^iggy(?:\+\w+)?:\/\/.*$/gm)].map(([text]) => text);
    expect(shown.length).toBe(2);
    for (const text of shown) expect(parseConnectionString(text).port).toBe(8090);
  });

  it("names errors and files that exist", () => {
    const codes = [...readme.matchAll(/iggy-client\.[a-z-]+(?=`)/g)].map(([code]) => code);
    expect(codes.length).toBeGreaterThan(4);
    for (const code of codes) expect(IGGY_CLIENT_ERRORS).toHaveProperty([code]);
    for (const [, target] of readme.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      expect(existsSync(fileURLToPath(new URL(target!, address))), target).toBe(true);
    }
  });
});

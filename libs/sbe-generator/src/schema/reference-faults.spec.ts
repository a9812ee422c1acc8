import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { SchemaError } from "../diagnostics/diagnostics.js";
import { compile, generate } from "../generate.js";

interface ExpectedFault {
  readonly file: string;
  readonly generatorShould: "refuse" | "warn" | "accept" | "either";
}

/** Refused, though a warning or nothing was asked for: what is not supported yet, or would otherwise be skipped. */
const STRICTER: readonly string[] = [
  "composite-member-since-version.xml",
  "dimension-signed-count-with-minimum.xml",
  "dimension-uint32-count-with-maximum.xml",
  "group-without-members.xml",
  "inline-types-of-one-name.xml",
  "same-id-at-different-levels.xml",
  "unknown-member-element.xml",
];

const folder = join(inject("sharedDir"), "sbe/vectors/invalid");

function outcomeOf(path: string): "refuse" | "warn" | "accept" {
  try {
    generate(path, { runtime: "runtime" });
    return compile(path).warnings.length > 0 ? "warn" : "accept";
  } catch (error) {
    if (error instanceof SchemaError) return "refuse";
    throw error;
  }
}

describe.skipIf(!inject("sharedDir"))("doubtful schemas of the reference", () => {
  const expected = inject("sharedDir")
    ? (JSON.parse(readFileSync(join(folder, "expected-error.json"), "utf8")) as ExpectedFault[])
    : [];

  it.each(expected.map(({ file, generatorShould }) => [file, generatorShould] as const))(
    "%s: %s",
    (file, should) => {
      const outcome = outcomeOf(join(folder, file));
      if (STRICTER.includes(file)) expect(outcome).toBe("refuse");
      else if (should !== "either") expect(outcome).toBe(should);
    },
  );
});

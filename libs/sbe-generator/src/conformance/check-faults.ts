import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../compile.js";
import { type Diagnostic, SchemaError } from "../diagnostics/diagnostics.js";
import type { SchemaTokens } from "../ir/token.js";
import type { Report } from "./report.js";

interface ExpectedFault {
  readonly file: string;
  readonly where?: string;
  readonly generatorShould: "refuse" | "warn" | "accept" | "either";
}

type Outcome = "refuse" | "warn" | "accept";

/** A doubtful schema that compiled, so that its code must be sound. */
export interface AcceptedSchema {
  readonly file: string;
  readonly tokens: SchemaTokens;
}

/** What satisfies an expectation: a warning is no refusal, so it will do where a schema may be accepted. */
const SATISFYING: Readonly<Record<ExpectedFault["generatorShould"], readonly Outcome[]>> = {
  refuse: ["refuse"],
  warn: ["warn"],
  accept: ["accept", "warn"],
  either: ["accept", "warn", "refuse"],
};

/**
 * Compiles every schema of a folder with `expected-error.json` and compares the outcome. Notes what is reported at
 * another place than the expectation names: places are words for people there. Returns what compiled.
 */
export function checkFaults(folder: string, report: Report): readonly AcceptedSchema[] {
  const accepted: AcceptedSchema[] = [];
  const expected = JSON.parse(
    readFileSync(join(folder, "expected-error.json"), "utf8"),
  ) as readonly ExpectedFault[];
  for (const { file, where, generatorShould } of expected) {
    report.check(file, () => {
      const { outcome, diagnostics, tokens } = compileDoubtful(join(folder, file));
      if (tokens) accepted.push({ file, tokens });
      if (!SATISFYING[generatorShould].includes(outcome)) {
        return [`expected ${generatorShould}, found ${outcome} (${diagnostics[0]?.problem ?? "nothing"})`];
      }
      const told = diagnostics.map(({ place }) => place.path).join(", ");
      if (generatorShould === "accept" && outcome === "warn") report.note(`${file}: warned about ${told}`);
      if (outcome !== "accept" && !namesPlace(where ?? "", diagnostics)) {
        report.note(`${file}: nothing reported at ${where}, but at ${told}`);
      }
      return [];
    });
  }
  return accepted;
}

function compileDoubtful(path: string): {
  readonly outcome: Outcome;
  readonly diagnostics: readonly Diagnostic[];
  readonly tokens?: SchemaTokens;
} {
  try {
    const { tokens, warnings } = compile(path);
    return { outcome: warnings.length > 0 ? "warn" : "accept", diagnostics: warnings, tokens };
  } catch (error) {
    if (error instanceof SchemaError) return { outcome: "refuse", diagnostics: error.diagnostics };
    throw error;
  }
}

/** Elements that an expectation names, such as `message M, field b`; other words are for people. */
const PLACE =
  /\b(?:message|field|group|data|type|composite|enum|set|validValue|choice|ref)s? "?([^,"()]+?)"?(?= \(|,| and |$)/g;

/** Whether a fault lies at, within or just around one of the places: its path or words hold the element's name. */
function namesPlace(where: string, diagnostics: readonly Diagnostic[]): boolean {
  const names = [...where.matchAll(PLACE)].map(([, name]) => name!);
  if (names.length === 0) return diagnostics.length > 0;
  return diagnostics.some(({ place, problem }) =>
    names.some((name) => place.path.includes(`[${name}]`) || problem.includes(name)),
  );
}

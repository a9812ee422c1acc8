import { readFileSync } from "node:fs";
import type { Clock, TimerHandle } from "@ims/common";
import { fail } from "../errors/simulator-errors.js";
import type { FaultFieldKind, FaultFields } from "../faults/fault-fields.js";

/** A fault, and how long after the start it is injected. */
export interface TimedFault {
  readonly atMillis: number;
  readonly rule: Readonly<Record<string, string | number>> & { readonly fault: string };
}

/**
 * Reads a fault script: `{"rules":[{"fault":"cut","atMillis":5000}]}`.
 *
 * @throws ImsError `simulator.invalid-option` for a file that cannot be read, `simulator.invalid-fault`
 */
export function readFaultFile(file: string, known: FaultFields): readonly TimedFault[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw fail("simulator.invalid-option", `--faults ${file} cannot be read`, { cause: error });
  }
  let script: unknown;
  try {
    script = JSON.parse(text);
  } catch (error) {
    throw fail("simulator.invalid-fault", `--faults ${file} is no JSON`, { cause: error });
  }
  const rules = (script as { readonly rules?: unknown } | null)?.rules;
  if (!Array.isArray(rules)) throw fail("simulator.invalid-fault", `--faults ${file} has no list "rules"`);
  return (rules as unknown[]).map((rule, at) => checkRule(rule, `rules[${at}]`, known));
}

/** Injects each fault at its time. @returns what takes back those that did not come yet */
export function scheduleFaults<Fault>(
  faults: readonly TimedFault[],
  clock: Clock,
  inject: (rule: Fault) => void,
): () => void {
  const timers: TimerHandle[] = faults.map(({ atMillis, rule }) =>
    clock.setTimer(atMillis, () => inject(rule as Fault)),
  );
  return () => {
    for (const timer of timers) timer.cancel();
  };
}

function checkRule(rule: unknown, where: string, known: FaultFields): TimedFault {
  if (typeof rule !== "object" || rule === null)
    throw fail("simulator.invalid-fault", `${where} is no object`);
  const { atMillis = 0, ...rest } = rule as Readonly<Record<string, unknown>>;
  const fields = Object.hasOwn(known, String(rest.fault)) ? known[String(rest.fault)] : undefined;
  if (!fields) {
    const names = Object.keys(known).join(", ");
    throw fail(
      "simulator.invalid-fault",
      `${where}: fault ${JSON.stringify(rest.fault)} is none of ${names}`,
    );
  }
  if (!isField("number", atMillis)) throw invalidField(where, "atMillis", "number");
  for (const [name, kind] of Object.entries(fields)) {
    if (!isField(kind, rest[name])) throw invalidField(where, name, kind);
  }
  const unknown = Object.keys(rest).find((name) => name !== "fault" && !Object.hasOwn(fields, name));
  if (unknown !== undefined)
    throw fail("simulator.invalid-fault", `${where}: ${rest.fault} has no field ${unknown}`);
  return { atMillis: atMillis as number, rule: rest as TimedFault["rule"] };
}

const WANTED: Readonly<Record<FaultFieldKind, string>> = {
  text: "a text",
  count: "a whole number above 0",
  number: "a whole number, 0 or above",
  "number?": "a whole number, 0 or above",
  status: "a status of HTTP, 200 to 599",
};

function isField(kind: FaultFieldKind, value: unknown): boolean {
  if (kind === "text") return typeof value === "string" && value !== "";
  if (kind === "number?" && value === undefined) return true;
  const number = Number.isSafeInteger(value) ? (value as number) : -1;
  return kind === "status" ? number >= 200 && number <= 599 : number >= (kind === "count" ? 1 : 0);
}

function invalidField(where: string, name: string, kind: FaultFieldKind): Error {
  return fail("simulator.invalid-fault", `${where}: ${name} must be ${WANTED[kind]}`);
}

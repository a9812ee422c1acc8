import { fail } from "../../errors/simulator-errors.js";
import { isSymbolName } from "../../sources/synthetic/symbol-choice.js";
import type { FaultName, FaultRule, FaultScript } from "./fault-script.js";

type Kind = "number" | "text";

interface Field {
  readonly kind: Kind;
  readonly needed?: boolean;
  readonly min?: number;
  readonly max?: number;
}

const TIMING: Readonly<Record<string, Field>> = {
  fromMillis: { kind: "number", min: 0 },
  untilMillis: { kind: "number", min: 0 },
  skip: { kind: "number", min: 0 },
  count: { kind: "number", min: 1 },
  chance: { kind: "number", min: 0, max: 1 },
};
const TARGET: Readonly<Record<string, Field>> = {
  ...TIMING,
  stream: { kind: "text" },
  connection: { kind: "number", min: 1 },
};
const CONNECTION = { ...TARGET, atMillis: { kind: "number", min: 0 } } as const;
const CONTROL = { ...TIMING, connection: { kind: "number", min: 1 } } as const;
const REST = { ...TIMING, path: { kind: "text" } } as const;
const VENUE = { atMillis: { kind: "number", needed: true, min: 0 } } as const;
const SYMBOL = { ...VENUE, symbol: { kind: "text", needed: true } } as const;
const MILLIS = { kind: "number", needed: true, min: 0 } as const;

/** The fields of every fault, beside `fault` itself. */
const FIELDS: Readonly<Record<FaultName, Readonly<Record<string, Field>>>> = {
  drop: TARGET,
  duplicate: TARGET,
  malformed: TARGET,
  "extra-field": TARGET,
  "reorder-keys": TARGET,
  delay: { ...TARGET, millis: MILLIS },
  reorder: { ...TARGET, by: { kind: "number", needed: true, min: 1 } },
  gap: { ...TIMING, stream: { kind: "text", needed: true } },
  close: { ...CONNECTION, code: { kind: "number", min: 1000, max: 4999 }, reason: { kind: "text" } },
  reset: CONNECTION,
  "half-open": CONNECTION,
  "no-ack": CONTROL,
  "wrong-ack": CONTROL,
  "error-ack": { ...CONTROL, code: { kind: "number" }, msg: { kind: "text" } },
  "silent-after-ack": { ...CONTROL, stream: { kind: "text" } },
  "refuse-connection": {
    ...TIMING,
    status: { kind: "number", min: 400, max: 599 },
    retryAfterSeconds: { kind: "number", min: 0 },
  },
  "rest-status": {
    ...REST,
    status: { kind: "number", needed: true, min: 400, max: 599 },
    code: { kind: "number" },
    msg: { kind: "text" },
    retryAfterSeconds: { kind: "number", min: 0 },
  },
  "rest-delay": { ...REST, millis: MILLIS },
  "rest-reset": REST,
  "rest-malformed": REST,
  "rest-ban": { ...REST, seconds: { kind: "number", needed: true, min: 1 } },
  "stale-snapshot": { ...REST, updates: { kind: "number", needed: true, min: 1 } },
  "server-shutdown": { ...VENUE, leadMillis: { kind: "number", min: 0 } },
  "clock-skew": { ...VENUE, millis: { kind: "number", needed: true } },
  list: SYMBOL,
  delist: SYMBOL,
  status: { ...SYMBOL, status: { kind: "text", needed: true } },
  print: { ...SYMBOL, origin: { kind: "text", needed: true } },
  "skip-trade-ids": { ...SYMBOL, ids: { kind: "number", needed: true, min: 1 } },
};

/**
 * Checks one rule, wherever it came from.
 *
 * @throws ImsError `simulator.invalid-fault` naming the rule and the field
 */
export function checkFaultRule(rule: unknown, where: string): FaultRule {
  if (typeof rule !== "object" || rule === null) throw bad(where, "is not an object");
  const { fault, ...given } = rule as { fault?: unknown } & Record<string, unknown>;
  if (typeof fault !== "string" || !Object.hasOwn(FIELDS, fault)) {
    throw bad(where, `has fault ${JSON.stringify(fault)}; known are ${Object.keys(FIELDS).join(", ")}`);
  }
  const fields = FIELDS[fault as FaultName];
  for (const [name, value] of Object.entries(given)) {
    const field = fields[name];
    if (!field)
      throw bad(where, `(${fault}) has no field "${name}"; it may have ${Object.keys(fields).join(", ")}`);
    if (value !== undefined) checkField(where, fault, name, value, field);
  }
  for (const [name, field] of Object.entries(fields)) {
    if (field.needed && given[name] === undefined) throw bad(where, `(${fault}) needs "${name}"`);
  }
  if (fault === "print" && !["INSURANCE_FUND", "ADL", "NA"].includes(given.origin as string)) {
    throw bad(where, `(print) has origin ${JSON.stringify(given.origin)}; INSURANCE_FUND, ADL and NA exist`);
  }
  if (typeof given.symbol === "string" && !isSymbolName(given.symbol)) {
    throw bad(
      where,
      `(${fault}) has symbol ${JSON.stringify(given.symbol)}, which is no upper-case symbol name`,
    );
  }
  if (fault === "close" && given.code !== undefined && !isCloseCode(given.code as number)) {
    throw bad(where, `(close) has code ${given.code}, which no endpoint may send`);
  }
  return rule as FaultRule;
}

/** Codes that may stand in a close frame; RFC 6455, 7.4. */
function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) || (code >= 3000 && code <= 4999);
}

function checkField(where: string, fault: string, name: string, value: unknown, field: Field): void {
  if (field.kind === "text") {
    if (typeof value !== "string" || value === "") throw bad(where, `(${fault}) needs a text as "${name}"`);
    return;
  }
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = field;
  if (typeof value !== "number" || !(value >= min && value <= max)) {
    throw bad(where, `(${fault}) has "${name}" ${JSON.stringify(value)}; ${min} to ${max} is possible`);
  }
}

/**
 * Reads the JSON form of a script: `{"seed":7,"rules":[{"fault":"drop","stream":"btcusdt@trade","skip":10,"count":1}]}`.
 *
 * @throws ImsError `simulator.invalid-fault`
 */
export function parseFaultScript(text: string): FaultScript {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw fail("simulator.invalid-fault", "the fault script is not JSON", { cause: error });
  }
  const { seed, rules } = (typeof parsed === "object" && parsed !== null ? parsed : {}) as {
    seed?: unknown;
    rules?: unknown;
  };
  if (!Array.isArray(rules)) {
    throw fail("simulator.invalid-fault", `the fault script has no list "rules"`);
  }
  if (seed !== undefined && !(Number.isInteger(seed) && (seed as number) >= 0)) {
    throw fail("simulator.invalid-fault", `seed ${JSON.stringify(seed)} is not a whole number from 0`);
  }
  return {
    seed: seed as number | undefined,
    rules: rules.map((rule, at) => checkFaultRule(rule, `rule ${at + 1}`)),
  };
}

function bad(where: string, what: string) {
  return fail("simulator.invalid-fault", `${where} ${what}`);
}

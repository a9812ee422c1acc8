import { DecimalParse, didYouMean, MantissaCell, parseDecimalText } from "@ims/common/core";
import { fail } from "../errors.js";
import type { FilterDescription } from "./filter-description.js";

/** Values of parameters by name, numbers as decimal text. */
export type ParameterValues = Readonly<Record<string, string>>;

/** A value as a module takes it; `index` is its place in the description. */
export type ResolvedParameter =
  | { readonly index: number; readonly name: string; readonly mantissa: bigint; readonly scale: number }
  | { readonly index: number; readonly name: string; readonly text: string };

const TEXT_LENGTH_MAX = 4096;

/**
 * The values of all parameters of a module, with defaults for those not given.
 * @throws ImsError `wasm.bad-parameter` for one that is unknown, missing, or not of its type
 */
export function resolveParameters(
  description: FilterDescription,
  given: ParameterValues = {},
): ResolvedParameter[] {
  const names = description.parameters.map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const known = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
    throw bad(`"${name}" is no parameter of ${description.name}${didYouMean(name, names)}: ${known}`);
  }
  return description.parameters.map(({ name, type, default: usual }, index) => {
    const value = Object.hasOwn(given, name) ? given[name] : usual;
    if (value === undefined) throw bad(`${description.name} needs the parameter "${name}"`);
    if (type === "number") return { index, name, ...exactNumber(name, value) };
    if (value.length > TEXT_LENGTH_MAX) {
      throw bad(`the parameter "${name}" has more than ${TEXT_LENGTH_MAX} characters`);
    }
    return { index, name, text: value };
  });
}

function exactNumber(name: string, value: string): { mantissa: bigint; scale: number } {
  const cell = new MantissaCell();
  if (parseDecimalText(value, cell) !== DecimalParse.Ok) {
    throw bad(
      `the parameter "${name}" is ${JSON.stringify(value.slice(0, 64))}, not a decimal number that fits`,
    );
  }
  return { mantissa: cell.toBigInt(), scale: cell.scale };
}

export function bad(what: string) {
  return fail("wasm.bad-parameter", what);
}

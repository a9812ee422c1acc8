import { describeError } from "@ims/common/core";
import { fail } from "../errors.js";

export interface FilterParameter {
  readonly name: string;
  readonly type: "number" | "text";
  /** As it would be given; without it the parameter has to be. */
  readonly default?: string;
  readonly doc: string;
}

/** What a module says of itself. */
export interface FilterDescription {
  readonly name: string;
  readonly version: string;
  /** Template ids of the records that it is given; empty for all. */
  readonly templates: readonly number[];
  readonly parameters: readonly FilterParameter[];
  /** Modules with equal ones take up each other's states. */
  readonly stateVersion: number | undefined;
}

/** Octets of the longest description. */
export const DESCRIPTION_BYTES_MAX = 16_384;

const NAME = /^[a-z0-9-]{1,64}$/;
const PARAMETER_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const DECIMAL = /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
const VERSION_LENGTH_MAX = 64;
const DOC_LENGTH_MAX = 1024;
const PARAMETERS_MAX = 32;
const TEMPLATES_MAX = 1024;

/** Of a module that says nothing. */
export const NO_DESCRIPTION: FilterDescription = {
  name: "module",
  version: "0",
  templates: [],
  parameters: [],
  stateVersion: undefined,
};

/** @throws ImsError `wasm.bad-description` */
export function readDescription(octets: Uint8Array): FilterDescription {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(octets));
  } catch (error) {
    throw bad(`it is not JSON in UTF-8: ${describeError(error)}`);
  }
  const fields = asObject(json, "the description");
  return {
    name: text(fields.name, "name", NAME),
    version: text(fields.version ?? "0", "version", undefined, VERSION_LENGTH_MAX),
    templates: list(fields.templates, "templates", TEMPLATES_MAX).map((id) =>
      whole(id, "a template", 0xffff),
    ),
    parameters: readParameters(fields.parameters),
    stateVersion:
      fields.stateVersion === undefined
        ? undefined
        : whole(fields.stateVersion, "stateVersion", Number.MAX_SAFE_INTEGER),
  };
}

function readParameters(value: unknown): FilterParameter[] {
  const names = new Set<string>();
  return list(value, "parameters", PARAMETERS_MAX).map((each) => {
    const fields = asObject(each, "a parameter");
    const name = text(fields.name, "the name of a parameter", PARAMETER_NAME);
    if (names.has(name)) throw bad(`it has the parameter "${name}" twice`);
    names.add(name);
    const { type } = fields;
    if (type !== "number" && type !== "text") throw bad(`the type of "${name}" is neither number nor text`);
    const doc = text(fields.doc ?? "", `doc of "${name}"`, undefined, DOC_LENGTH_MAX);
    if (fields.default === undefined) return { name, type, doc };
    const pattern = type === "number" ? DECIMAL : undefined;
    return {
      name,
      type,
      doc,
      default: text(fields.default, `default of "${name}"`, pattern, DOC_LENGTH_MAX),
    };
  });
}

function bad(what: string) {
  return fail("wasm.bad-description", `the description of the module cannot be used: ${what}`);
}

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw bad(`${what} is not an object`);
}

function list(value: unknown, what: string, lengthMax: number): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.length <= lengthMax) return value;
  throw bad(`${what} is not a list of at most ${lengthMax}`);
}

function text(value: unknown, what: string, pattern?: RegExp, lengthMax = Number.POSITIVE_INFINITY): string {
  if (typeof value === "string" && value.length <= lengthMax && (pattern?.test(value) ?? true)) return value;
  throw bad(`${what} is not a text as it should be`);
}

function whole(value: unknown, what: string, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw bad(`${what} is not a whole number from 0 to ${most}`);
}

import { describeError } from "@ims/common";
import { fail } from "../errors.js";
import { RECORD_BYTES_MAX } from "../limits.js";

/** Format number of commands and events. */
export const RECORD_FORMAT = 1;

const DECODER = new TextDecoder("utf-8", { fatal: true });
const ENCODER = new TextEncoder();

/** A text that a field has to be: a length, and a form where there is one. */
export interface TextRule {
  readonly lengthMax: number;
  readonly pattern?: RegExp;
}

/**
 * The fields of a JSON record, each checked as it is taken. Fields that nobody takes are ignored, so that later programs
 * may add some; a format number other than {@link RECORD_FORMAT} is refused, so that they may change the rest.
 */
export class RecordFields {
  private constructor(
    private readonly fields: Readonly<Record<string, unknown>>,
    private readonly path: string,
  ) {}

  /** @throws `filter.bad-record` */
  static of(octets: Uint8Array): RecordFields {
    if (octets.length > RECORD_BYTES_MAX) {
      throw badRecord(`it has ${octets.length} octets, at most ${RECORD_BYTES_MAX} are taken`);
    }
    let value: unknown;
    try {
      value = JSON.parse(DECODER.decode(octets));
    } catch (cause) {
      throw badRecord(`it is not JSON in UTF-8: ${describeError(cause)}`, cause);
    }
    const record = RecordFields.object(value, "");
    const format = record.whole("format", 0, 0xffff);
    if (format !== RECORD_FORMAT) {
      throw badRecord(`its format is ${format}, this program reads ${RECORD_FORMAT}`);
    }
    return record;
  }

  static object(value: unknown, path: string): RecordFields {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return new RecordFields(value as Record<string, unknown>, path);
    }
    throw badRecord(`${path === "" ? "it" : path} is no object`);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.fields, name) && this.fields[name] !== undefined;
  }

  text(name: string, { lengthMax, pattern }: TextRule): string {
    const value = this.get(name);
    if (typeof value !== "string" || value.length > lengthMax || !(pattern?.test(value) ?? true)) {
      throw this.wrong(name, value, pattern ? `a text of the form ${pattern.source}` : "a text that fits");
    }
    return value;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.get(name);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.wrong(name, value, `one of ${choices.join(", ")}`);
    return found;
  }

  whole(name: string, min: number, max: number): number {
    const value = this.get(name);
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max)
      return value;
    throw this.wrong(name, value, `a whole number from ${min} to ${max}`);
  }

  flag(name: string): boolean {
    const value = this.get(name);
    if (typeof value === "boolean") return value;
    throw this.wrong(name, value, "true or false");
  }

  object(name: string): RecordFields {
    return RecordFields.object(this.get(name), this.path + name);
  }

  list(name: string, lengthMax: number): unknown[] {
    const value = this.get(name);
    if (Array.isArray(value) && value.length <= lengthMax) return value;
    throw this.wrong(name, value, `a list of at most ${lengthMax}`);
  }

  /** A map of texts by name. */
  texts(name: string, countMax: number, keys: RegExp, lengthMax: number): Record<string, string> {
    const value = this.get(name);
    const map: Record<string, string> = {};
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.wrong(name, value, "an object");
    }
    const entries = Object.entries(value);
    if (entries.length > countMax) throw this.wrong(name, entries.length, `at most ${countMax} entries`);
    for (const [key, item] of entries) {
      if (!keys.test(key)) throw this.wrong(name, key, `keys of the form ${keys.source}`);
      if (typeof item !== "string" || item.length > lengthMax)
        throw this.wrong(`${name}.${key}`, item, "a text");
      map[key] = item;
    }
    return map;
  }

  private get(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  private wrong(name: string, value: unknown, expected: string): Error {
    const shown = value === undefined ? "missing" : JSON.stringify(value)?.slice(0, 80);
    return fail(
      "filter.bad-record",
      `${this.path === "" ? "" : `${this.path}.`}${name} is ${shown}, not ${expected}`,
    );
  }
}

function badRecord(detail: string, cause?: unknown) {
  return fail("filter.bad-record", `a record of the filters' topics cannot be read: ${detail}`, {
    cause,
    context: { detail },
  });
}

/** @throws `filter.bad-record` when it is too large */
export function encodeRecord(record: object): Uint8Array {
  const octets = ENCODER.encode(JSON.stringify({ format: RECORD_FORMAT, ...record }));
  if (octets.length <= RECORD_BYTES_MAX) return octets;
  throw badRecord(`it has ${octets.length} octets, at most ${RECORD_BYTES_MAX} are taken`);
}

import type { Token } from "../ir/token.js";
import { invalidValue } from "./codec-error.js";
import type { JsonValue } from "./json-value.js";
import { numberCodec } from "./number-codec.js";
import type { ValueCodec } from "./value-codec.js";

/** Numbers back to back; an optional array has nulls as elements, none as a whole. */
export function arrayCodec(token: Token, littleEndian: boolean): ValueCodec {
  const element = numberCodec(token, littleEndian);
  const length = token.length!;
  return {
    size: element.size * length,
    optional: element.optional,
    read(view, at, actingVersion) {
      const values: JsonValue[] = [];
      for (let index = 0; index < length; index++) {
        values.push(element.read(view, at + index * element.size, actingVersion));
      }
      return values;
    },
    write(view, at, value, path) {
      const values = value === null && element.optional ? new Array<null>(length).fill(null) : value;
      if (!Array.isArray(values) || values.length !== length) {
        throw invalidValue(path, `an array of ${length} elements is needed`, "Give a list of full length");
      }
      for (let index = 0; index < length; index++) {
        element.write(view, at + index * element.size, values[index] as JsonValue, `${path}[${index}]`);
      }
    },
  };
}

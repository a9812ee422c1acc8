import type { Token } from "../ir/token.js";
import { primitiveOf } from "../schema/primitive-type.js";
import type { JsonValue } from "./json-value.js";
import { numberOf, numberToJson } from "./number-codec.js";
import type { ValueCodec } from "./value-codec.js";

/** What is not on the wire: its value comes from the schema, and a value given for writing has no effect. */
export function constantCodec(token: Token, text: string): ValueCodec {
  const value = constantValue(token, text);
  return { size: 0, optional: true, read: () => value, write: () => undefined };
}

/** Of an enum the name of its valid value, of a char array its text, else a number. */
export function constantValue({ signal, primitive, length }: Token, text: string): JsonValue {
  if (signal !== "encoding" || primitive === undefined) return text;
  if (primitive === "char" && length !== 1) return text;
  const type = primitiveOf(primitive)!;
  return numberToJson(type, numberOf(type, text));
}

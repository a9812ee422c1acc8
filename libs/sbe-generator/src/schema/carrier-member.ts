import { ID_MAX } from "./attribute-reader.js";
import { storageRange } from "./primitive-type.js";
import type { CompositeType, EncodedType } from "./schema-model.js";

/** The simple type of a member of a header or dimension composite; undefined when there is no such member. */
export function memberEncoding({ members }: CompositeType, name: string): EncodedType | undefined {
  const type = members.find((member) => member.name === name)?.type;
  return type?.kind === "type" ? type : undefined;
}

/**
 * Largest number that the octets of a member hold; of 64 bits the largest that a schema may name. A constant holds its
 * value alone.
 */
export function storageMax({ primitive, constant }: EncodedType): number {
  if (constant === undefined && primitive.size === 8) return ID_MAX;
  return Number(constant ?? storageRange(primitive).max);
}

import { storageRange } from "./primitive-type.js";
import type { CompositeType, EncodedType } from "./schema-model.js";

/** The simple type of a member of a header or dimension composite; undefined when there is no such member. */
export function memberEncoding({ members }: CompositeType, name: string): EncodedType | undefined {
  const type = members.find((member) => member.name === name)?.type;
  return type?.kind === "type" ? type : undefined;
}

/** Largest number that the octets of a member hold; a constant holds its value alone. */
export function storageMax({ primitive, constant }: EncodedType): number {
  return Number(constant ?? storageRange(primitive).max);
}

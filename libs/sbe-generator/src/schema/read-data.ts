import type { XmlElement } from "../xml/xml-element.js";
import { AttributeReader, DESCRIBED_ATTRIBUTES, ID_MAX } from "./attribute-reader.js";
import type { TypeTable } from "./read-types.js";
import type { CompositeMember, CompositeType, DataDefinition, EncodedType } from "./schema-model.js";

// An offset of data has no meaning: the data stands where what is in front of it ends.
const KNOWN = [...DESCRIBED_ATTRIBUTES, "id", "type", "presence", "offset"];
const DATA_BYTES_MAX = 2_147_483_647n;

/** `data`, SBE 1.0 section 4.9: a length, then that many octets. Undefined after a fault was reported. */
export function readData(element: XmlElement, types: TypeTable): DataDefinition | undefined {
  const reader = new AttributeReader(element, types.diagnostics, KNOWN);
  const described = reader.described(types.schemaVersion);
  const id = reader.requiredInteger("id", 0, ID_MAX);
  const name = reader.required("type");
  const type = types.resolve(name, element);
  if (!type) return undefined;
  if ((reader.presence() ?? "required") !== "required") {
    reader.error("data is always present", "Remove presence");
  }
  const members = type.kind === "composite" ? readParts(type) : undefined;
  if (type.kind !== "composite" || !members) {
    reader.error(
      `type "${name}" is no data encoding`,
      "Use a composite of length (uint8, uint16 or uint32) and varData directly behind it",
    );
    return undefined;
  }
  const { lengthType, contentType } = members;
  if (lengthType.primitive.size === 4 && BigInt(lengthType.maxValue ?? -1) === -1n) {
    reader.error(
      `length of "${name}" is uint32 without maxValue`,
      `Add maxValue="${DATA_BYTES_MAX}" or less to its length member`,
    );
  }
  if (lengthType.maxValue !== undefined && BigInt(lengthType.maxValue) > DATA_BYTES_MAX) {
    reader.error(`maxValue of the length of "${name}" is too large`, `Use ${DATA_BYTES_MAX} or less`);
  }
  return { ...described, id, type, lengthType, contentType };
}

function readParts(type: CompositeType): Pick<DataDefinition, "lengthType" | "contentType"> | undefined {
  const length = type.members.find(({ name }) => name === "length");
  const content = type.members.find(({ name }) => name === "varData");
  if (!length || !content) return undefined;
  if (length.offset !== 0 || content.offset !== length.type.size) return undefined;
  const others = type.members.filter((member) => member !== length && member !== content);
  if (others.some((member) => member.type.size > 0)) return undefined;
  const lengthType = scalar(length);
  const contentType = scalar(content);
  const valid =
    lengthType?.primitive.kind === "unsigned" &&
    lengthType.primitive.size <= 4 &&
    lengthType.length === 1 &&
    lengthType.presence === "required" &&
    contentType?.primitive.size === 1;
  return valid ? { lengthType, contentType } : undefined;
}

function scalar({ type }: CompositeMember): EncodedType | undefined {
  return type.kind === "type" ? type : undefined;
}

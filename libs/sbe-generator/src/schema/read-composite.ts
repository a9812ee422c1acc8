import type { XmlElement } from "../xml/xml-element.js";
import { AttributeReader, DESCRIBED_ATTRIBUTES } from "./attribute-reader.js";
import type { TypeContext } from "./read-types.js";
import type { CompositeMember, CompositeType, SchemaType } from "./schema-model.js";
import { warnUnknownElement } from "./unknown-element.js";

const KNOWN_COMPOSITE = [...DESCRIBED_ATTRIBUTES, "offset"];
const KNOWN_REF = [...DESCRIBED_ATTRIBUTES, "type", "offset"];
/** Bounds the work of whoever handles a composite; far above what a block length of 16 bits can hold. */
const SIZE_MAX = 16_777_215;

/** `composite`, SBE 1.0 section 2.12: members back to back unless they name an offset; constants take no room. */
export function readComposite(element: XmlElement, context: TypeContext): CompositeType {
  const reader = new AttributeReader(element, context.diagnostics, KNOWN_COMPOSITE);
  const described = reader.described(context.schemaVersion);
  const members: CompositeMember[] = [];
  const names = new Set<string>();
  let end = 0;
  for (const child of element.children) {
    const member = readMember(child, context);
    if (!member) continue;
    const { type, name } = member;
    if (names.has(name)) {
      context.diagnostics.error(child.place, `the name "${name}" stands twice`, "Rename one of the members");
    }
    names.add(name);
    const offset = member.offset ?? end;
    if (offset < end) {
      context.diagnostics.error(
        child.place,
        `offset ${offset} lies inside the member before, which ends at ${end}`,
        `Use ${end} or more`,
      );
    }
    if (member.sinceVersion > described.sinceVersion) {
      context.diagnostics.warn(
        child.place,
        `the member came with version ${member.sinceVersion}, the composite with version ${described.sinceVersion}`,
        "Readers of the older version find what follows the composite at another place; use a new composite",
      );
    }
    members.push({ ...member, offset, type });
    end = offset + type.size;
  }
  if (members.length === 0) reader.error("the composite has no members", "Add at least one");
  if (end > SIZE_MAX) reader.error(`the composite has ${end} octets`, `Keep it within ${SIZE_MAX}`);
  return { ...described, kind: "composite", size: end, members };
}

interface UnplacedMember extends Omit<CompositeMember, "offset"> {
  readonly offset: number | undefined;
}

function readMember(element: XmlElement, context: TypeContext): UnplacedMember | undefined {
  if (element.uri === "" && element.name === "ref") return readRef(element, context);
  const type = context.readInline(element);
  if (!type) {
    warnUnknownElement(
      element,
      "Use type, enum, set, composite or ref, without a prefix",
      context.diagnostics,
    );
    return undefined;
  }
  const offset = new AttributeReader(element, context.diagnostics, [...element.attributes.keys()]).integer(
    "offset",
    0,
    SIZE_MAX,
  );
  const { name, place, description, semanticType, sinceVersion, deprecated } = type;
  return { name, place, description, semanticType, sinceVersion, deprecated, offset, type };
}

function readRef(element: XmlElement, context: TypeContext): UnplacedMember | undefined {
  const reader = new AttributeReader(element, context.diagnostics, KNOWN_REF);
  const type: SchemaType | undefined = context.resolve(reader.required("type"), element);
  const offset = reader.integer("offset", 0, SIZE_MAX);
  return type && { ...reader.described(context.schemaVersion), offset, type };
}

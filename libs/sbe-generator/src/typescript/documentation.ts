import type { Member } from "./member.js";

/** Lines of a field's comment: its description, presence, array length and version. */
export function describeMember({ owner, type, kind, optional }: Member): readonly string[] {
  const facts = [
    kind === "text"
      ? `${type.length} octets of ${type.characterEncoding}`
      : wireName(type.typeName, type.primitive),
    ...(optional ? [`null is ${type.nullValue}`] : []),
    ...(owner.sinceVersion > 0 ? [`since version ${owner.sinceVersion}`] : []),
    ...(owner.deprecated === undefined ? [] : [`deprecated since version ${owner.deprecated}`]),
  ];
  const description = owner.description ?? type.description;
  return [`${description === undefined ? "" : `${sentence(description)} `}(${facts.join("; ")})`];
}

function wireName(typeName: string | undefined, primitive: string | undefined): string {
  return typeName === undefined || typeName === primitive ? `${primitive}` : `${typeName}`;
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, "");
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
}

/** A class's or type's own comment. */
export function describeType(description: string | undefined, fallback: string): string {
  return description === undefined || description.trim() === ""
    ? fallback
    : `${sentence(description)}. ${fallback}`;
}

import type { Diagnostics } from "../diagnostics/diagnostics.js";
import type { MessageDefinition, SchemaDefinition, SchemaType } from "./schema-model.js";

/**
 * Refuses names that generated code cannot keep apart: two types, such as inline ones of two composites, or a message
 * and a composite, whose names differ at most in case and underscores. They would share a class or a file, which only
 * types that are equal in everything may do.
 */
export function checkNames({ header, messages }: SchemaDefinition, diagnostics: Diagnostics): void {
  const owners = new Map<string, SchemaType | MessageDefinition>();
  const claim = (key: string, owner: SchemaType | MessageDefinition) => {
    const other = owners.get(key) ?? owner;
    owners.set(key, other);
    if (other === owner || shapeOf(other) === shapeOf(owner)) return;
    diagnostics.error(
      owner.place,
      `the name "${owner.name}" meets "${other.name}" at ${other.place.file}:${other.place.line} in generated code`,
      "Rename one of them",
    );
  };
  const visited = new Set<SchemaType>();
  const visit = (type: SchemaType) => {
    if (type.kind === "type" || visited.has(type)) return;
    visited.add(type);
    claim(`types/${folded(type.name)}`, type);
    if (type.kind !== "composite") return;
    claim(`classes/${folded(type.name)}`, type);
    for (const member of type.members) visit(member.type);
  };
  visit(header);
  for (const message of messages) {
    claim(`classes/${folded(message.name)}`, message);
    claim(`messages/${folded(message.name)}`, message);
    for (const field of message.fields) visit(field.type);
  }
}

function folded(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

/** Everything about a type but its place. */
function shapeOf(type: SchemaType | MessageDefinition): string {
  return JSON.stringify(type, (key, value: unknown) => (key === "place" ? undefined : value));
}

import type { SchemaDefinition, SchemaType } from "../schema/schema-model.js";

/**
 * Gives types their names in tokens: the schema's own, unless a different type or a message has it already. Inline
 * types of two composites may share a name legally, and names that differ in case or underscores alone would share a
 * file; equal types keep sharing one name.
 */
export class TypeNames {
  readonly #owners = new Map<string, string>();
  readonly #names = new Map<SchemaType, string>();

  constructor({ messages, types }: Pick<SchemaDefinition, "messages" | "types">) {
    for (const { name } of messages) this.#owners.set(`classes/${folded(name)}`, "message");
    for (const type of types) this.of(type, "");
  }

  /** @param scope name of the composite that holds an inline type */
  of(type: SchemaType, scope: string): string {
    if (type.kind === "type") return type.name;
    const known = this.#names.get(type);
    if (known !== undefined) return known;
    const shape = shapeOf(type);
    const other = scope === "" ? `${type.name}Type` : scope + upperFirst(type.name);
    let name = type.name;
    for (let attempt = 1; !this.#isFree(name, type, shape); attempt++) {
      name = attempt === 1 ? other : `${other}${attempt}`;
    }
    for (const key of keysOf(name, type)) this.#owners.set(key, shape);
    this.#names.set(type, name);
    return name;
  }

  #isFree(name: string, type: SchemaType, shape: string): boolean {
    return keysOf(name, type).every((key) => (this.#owners.get(key) ?? shape) === shape);
  }
}

/** Composites become classes, which messages become too; every type becomes a file. */
function keysOf(name: string, { kind }: SchemaType): readonly string[] {
  return [`types/${folded(name)}`, ...(kind === "composite" ? [`classes/${folded(name)}`] : [])];
}

function folded(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Everything about a type but its place. */
function shapeOf(type: SchemaType): string {
  return JSON.stringify(type, (key, value: unknown) => (key === "place" ? undefined : value));
}

import type { Diagnostics } from "../diagnostics/diagnostics.js";
import type { XmlElement } from "../xml/xml-element.js";
import { primitiveOf } from "./primitive-type.js";
import { readComposite } from "./read-composite.js";
import { primitiveAsType, readEncodedType } from "./read-encoded-type.js";
import { readEnum, readSet } from "./read-enum.js";
import type {
  CompositeType,
  EncodedType,
  EnumType,
  SchemaType,
  SetType,
  ValidValue,
} from "./schema-model.js";
import { isSbeElement, warnUnknownElement } from "./unknown-element.js";

/** What readers of single types need: other types by name, and where to report faults. */
export interface TypeContext {
  readonly diagnostics: Diagnostics;
  readonly schemaVersion: number;
  /** A global type or a primitive; reports and returns undefined when there is none. */
  resolve(name: string, from: XmlElement): SchemaType | undefined;
  /** The type that an element inside a composite defines; undefined for an element that defines none. */
  readInline(element: XmlElement): SchemaType | undefined;
  /** The value that `Enum.Value` names; reports and returns undefined when there is none. */
  enumValue(
    reference: string,
    from: XmlElement,
  ): { readonly enumType: EnumType; readonly value: ValidValue } | undefined;
  /** Stands in for a type that was reported, so that reading goes on. */
  fallbackType(element: XmlElement): EncodedType;
}

const READERS: Readonly<Record<string, (element: XmlElement, context: TypeContext) => SchemaType>> = {
  type: readEncodedType,
  composite: readComposite,
  enum: readEnum,
  set: readSet,
};

/** The global types of a schema, read when first asked for, so that forward references work. */
export class TypeTable implements TypeContext {
  readonly #elements = new Map<string, XmlElement>();
  readonly #packages = new Map<string, string>();
  readonly #resolved = new Map<string, SchemaType>();
  readonly #resolving = new Set<string>();

  constructor(
    typesElements: readonly XmlElement[],
    readonly schemaVersion: number,
    readonly diagnostics: Diagnostics,
  ) {
    for (const types of typesElements) {
      for (const element of types.children) this.#index(element, types.attributes.get("package"));
    }
  }

  /** Reads every type, used or not, so that faults in unused ones are reported too. */
  readAll(): void {
    for (const [name, element] of this.#elements) this.resolve(name, element);
  }

  resolve(name: string, from: XmlElement): SchemaType | undefined {
    const known = this.#resolved.get(name);
    if (known) return known;
    const element = this.#elements.get(name);
    const primitive = primitiveOf(name);
    if (!element) {
      if (primitive) return primitiveAsType(primitive, from);
      if (name !== "") {
        this.diagnostics.error(
          from.place,
          `type "${name}" is not defined`,
          "Define it in <types>, or correct the name",
        );
      }
      return undefined;
    }
    if (this.#resolving.has(name)) {
      this.diagnostics.error(from.place, `type "${name}" contains itself`, "Break the circle of references");
      return undefined;
    }
    this.#resolving.add(name);
    const read = READERS[element.name]!(element, this);
    const packageName = this.#packages.get(name);
    const type = read.kind === "type" || packageName === undefined ? read : { ...read, package: packageName };
    this.#resolving.delete(name);
    this.#resolved.set(name, type);
    return type;
  }

  /** Every composite, enum and set in document order. */
  classTypes(): readonly (CompositeType | EnumType | SetType)[] {
    const types = [...this.#elements.keys()].map((name) => this.#resolved.get(name));
    return types.filter((type) => type !== undefined && type.kind !== "type");
  }

  readInline(element: XmlElement): SchemaType | undefined {
    const reader =
      element.uri === "" && Object.hasOwn(READERS, element.name) ? READERS[element.name] : undefined;
    return reader?.(element, this);
  }

  enumValue(reference: string, from: XmlElement) {
    const [enumName, valueName, ...rest] = reference.split(".");
    const type = enumName && valueName && rest.length === 0 ? this.resolve(enumName, from) : undefined;
    const value = type?.kind === "enum" ? type.values.find(({ name }) => name === valueName) : undefined;
    if (type?.kind === "enum" && value) return { enumType: type, value };
    this.diagnostics.error(from.place, `valueRef="${reference}" names no enum value`, "Write Enum.Value");
    return undefined;
  }

  fallbackType(element: XmlElement): EncodedType {
    return primitiveAsType(primitiveOf("uint8")!, element);
  }

  #index(element: XmlElement, packageName: string | undefined): void {
    const name = element.attributes.get("name") ?? "";
    if (element.uri !== "" && isSbeElement(element.name)) {
      this.diagnostics.error(element.place, `<${element.name}> must not have a prefix`, "Remove the prefix");
      return;
    }
    if (!Object.hasOwn(READERS, element.name)) {
      warnUnknownElement(element, "Use type, composite, enum or set", this.diagnostics);
      return;
    }
    if (this.#elements.has(name)) {
      this.diagnostics.error(element.place, `type "${name}" is defined twice`, "Rename one of the two");
      return;
    }
    if (primitiveOf(name) && element.attributes.get("primitiveType") !== name) {
      this.diagnostics.error(element.place, `"${name}" is the name of a primitive`, "Choose another name");
      return;
    }
    this.#elements.set(name, element);
    if (packageName !== undefined) this.#packages.set(name, packageName);
  }
}

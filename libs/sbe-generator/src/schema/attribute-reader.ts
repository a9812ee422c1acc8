import type { Diagnostics } from "../diagnostics/diagnostics.js";
import type { XmlElement } from "../xml/xml-element.js";
import type { Described, Presence } from "./schema-model.js";

/** Reading on without it would give another layout than its writer meant. */
const SBE_2_ATTRIBUTES = ["alignment"];

const NAME_PATTERN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Largest id, version or length that a schema may name: what a signed 32-bit integer holds. */
export const ID_MAX = 2_147_483_647;

/** Reads the attributes of one element, reporting what is missing, malformed or unknown. */
export class AttributeReader {
  constructor(
    readonly element: XmlElement,
    readonly diagnostics: Diagnostics,
    /** Attributes that the element may have; any other draws a warning. */
    known: readonly string[],
  ) {
    for (const key of element.attributes.keys()) {
      if (SBE_2_ATTRIBUTES.includes(key)) {
        diagnostics.error(
          element.place,
          `attribute "${key}" belongs to SBE 2.0, which changes the wire format`,
          "Remove it; this is a compiler of SBE 1.0",
        );
        continue;
      }
      if (!known.includes(key)) {
        diagnostics.warn(
          element.place,
          `attribute "${key}" does not exist on <${element.name}> and has no effect`,
          "Remove it, or give it a vendor's prefix",
        );
      }
    }
  }

  text(name: string): string | undefined {
    return this.element.attributes.get(name);
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === "") this.error(`attribute "${name}" is missing`, `Add ${name}="…"`);
    return value ?? "";
  }

  /** The `name` attribute: an identifier, since it becomes one in generated code. */
  name(): string {
    const name = this.required("name");
    if (name !== "" && !NAME_PATTERN.test(name)) {
      this.error(`"${name}" is not a name`, "Use letters, digits and _, not starting with a digit");
    }
    return name;
  }

  /** A decimal integer in [min, max]; undefined when absent, min (after reporting) when malformed. */
  integer(name: string, min: number, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.error(`${name}="${text}" is not an integer from ${min} to ${max}`, `Correct ${name}`);
    return min;
  }

  requiredInteger(name: string, min: number, max: number): number {
    this.required(name);
    return this.integer(name, min, max) ?? min;
  }

  presence(): Presence | undefined {
    const text = this.text("presence");
    if (text === undefined || text === "required" || text === "optional" || text === "constant") return text;
    this.error(`presence="${text}" does not exist`, "Use required, optional or constant");
    return undefined;
  }

  /** Name, place and documentation attributes. */
  described(versionMax: number): Described {
    return {
      name: this.name(),
      place: this.element.place,
      description: this.text("description"),
      semanticType: this.text("semanticType"),
      sinceVersion: this.integer("sinceVersion", 0, versionMax) ?? 0,
      deprecated: this.integer("deprecated", 0, versionMax),
    };
  }

  error(problem: string, advice: string): void {
    this.diagnostics.error(this.element.place, problem, advice);
  }
}

/** Attributes read by {@link AttributeReader.described}. */
export const DESCRIBED_ATTRIBUTES = ["name", "description", "semanticType", "sinceVersion", "deprecated"];

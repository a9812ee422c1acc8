import type { Place } from "../diagnostics/diagnostics.js";

/** One element of a schema document after inclusion, with its origin. */
export interface XmlElement {
  /** Local name. */
  readonly name: string;
  /** Namespace URI, "" without one. */
  readonly uri: string;
  /** Attributes without a namespace; vendors' own prefixed ones are left out. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Value of `xml:id`, by which pointers name the element. */
  readonly xmlId?: string;
  readonly children: readonly XmlElement[];
  /** Text directly inside the element, as written. */
  readonly text: string;
  readonly place: Place;
}

/** Step of an element path: `field[price]` where the element has a name, `types` where it has none. */
export function pathStep(name: string, attributes: ReadonlyMap<string, string>): string {
  const label = attributes.get("name");
  return label === undefined ? `/${name}` : `/${name}[${label}]`;
}

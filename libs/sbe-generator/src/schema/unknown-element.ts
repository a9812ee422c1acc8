import type { Diagnostics } from "../diagnostics/diagnostics.js";
import type { XmlElement } from "../xml/xml-element.js";

const SBE_ELEMENTS: readonly string[] = [
  "types",
  "type",
  "composite",
  "enum",
  "set",
  "ref",
  "validValue",
  "choice",
  "field",
  "group",
  "data",
  "message",
];

/** Whether SBE has an element of this name; with a prefix, or in a wrong place, it must not be passed over. */
export function isSbeElement(name: string): boolean {
  return SBE_ELEMENTS.includes(name);
}

/**
 * Reports an element that does not belong where it stands: an error for one of SBE, since passing over it would lose
 * octets, a warning for any other, since vendors add their own.
 */
export function warnUnknownElement(element: XmlElement, advice: string, diagnostics: Diagnostics): void {
  const { name, place } = element;
  if (isSbeElement(name)) diagnostics.error(place, `<${name}> does not belong here`, advice);
  else diagnostics.warn(place, `<${name}> is unknown and has no effect`, advice);
}

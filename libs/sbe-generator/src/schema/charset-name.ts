/** Names of Java and of IANA for the charsets that nearly all schemas use, and for UTF-16 in its three forms. */
const ALIASES: Readonly<Record<string, string>> = {
  ascii: "US-ASCII",
  "us-ascii": "US-ASCII",
  ascii7: "US-ASCII",
  "iso646-us": "US-ASCII",
  cp367: "US-ASCII",
  ansi_x3: "US-ASCII",
  "ansi_x3.4-1968": "US-ASCII",
  "utf-8": "UTF-8",
  utf8: "UTF-8",
  "iso-8859-1": "ISO-8859-1",
  "iso8859-1": "ISO-8859-1",
  iso8859_1: "ISO-8859-1",
  iso_8859_1: "ISO-8859-1",
  "iso_8859-1": "ISO-8859-1",
  latin1: "ISO-8859-1",
  l1: "ISO-8859-1",
  cp819: "ISO-8859-1",
  "utf-16": "UTF-16",
  utf_16: "UTF-16",
  utf16: "UTF-16",
  unicode: "UTF-16",
  unicodebig: "UTF-16",
  "utf-16be": "UTF-16BE",
  utf_16be: "UTF-16BE",
  "x-utf-16be": "UTF-16BE",
  "iso-10646-ucs-2": "UTF-16BE",
  unicodebigunmarked: "UTF-16BE",
  "utf-16le": "UTF-16LE",
  utf_16le: "UTF-16LE",
  "x-utf-16le": "UTF-16LE",
  unicodelittleunmarked: "UTF-16LE",
};

/**
 * Canonical name of a charset, whatever the letter case: those above, else the upper-case name that the platform's
 * `TextDecoder` has for it. Undefined for unknown ones, and for those whose letters depend on what stands before them.
 */
export function charsetOf(name: string): string | undefined {
  const lower = name.toLowerCase();
  const known = Object.hasOwn(ALIASES, lower) ? ALIASES[lower] : undefined;
  if (known !== undefined) return known;
  try {
    const { encoding } = new TextDecoder(lower.replace(/^(?:x-)?windows-?(\d+)$/, "windows-$1"));
    return /^(?:utf-16|replacement|iso-2022|x-user)/.test(encoding) ? undefined : encoding.toUpperCase();
  } catch {
    return undefined;
  }
}

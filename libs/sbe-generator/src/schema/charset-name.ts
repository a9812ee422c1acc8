/** Names of Java and of IANA for the three charsets that nearly all schemas use. */
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
};

/**
 * Canonical name of a charset, whatever the letter case: the three above, else the upper-case name that the platform's
 * `TextDecoder` has for it. Undefined for unknown ones, and for UTF-16, in which NUL padding would end within letters.
 */
export function charsetOf(name: string): string | undefined {
  const known = ALIASES[name.toLowerCase()];
  if (known !== undefined) return known;
  try {
    const { encoding } = new TextDecoder(name.toLowerCase().replace(/^(?:x-)?windows-?(\d+)$/, "windows-$1"));
    return /^(?:utf-16|replacement|iso-2022|x-user)/.test(encoding) ? undefined : encoding.toUpperCase();
  } catch {
    return undefined;
  }
}

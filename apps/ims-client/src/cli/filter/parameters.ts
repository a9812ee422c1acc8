import { fail } from "../../errors/client-errors.js";

/**
 * `name=value` texts as an object; the filter says what it takes.
 * @throws ImsError `client.invalid-argument`
 */
export function readParameters(texts: readonly string[]): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1) throw fail("client.invalid-argument", `--param: "${text}" is not NAME=VALUE`);
    const name = text.slice(0, at);
    if (values.has(name)) throw fail("client.invalid-argument", `--param: ${name} is given twice`);
    values.set(name, text.slice(at + 1));
  }
  return Object.fromEntries(values);
}

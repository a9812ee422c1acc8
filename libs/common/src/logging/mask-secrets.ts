/** What stands in place of a secret. */
export const MASKED_TEXT = "***";

/** User info of a URL anywhere in a text: everything from `://` to the last `@` before path, query or blank. */
const USER_INFO = /:\/\/(?:\\.|[^\s/?#"'\\])*@/g;

/** A JSON property with a secret's name and a text or number as value, at any depth. */
const SECRET_PROPERTY =
  /("[^"\\]*(?:password|passphrase|passwd|secret|token|api_?key|private_?key|authorization|cookie)":)("(?:\\.|[^"\\])*"|-?[0-9][0-9.eE+-]*)/gi;

/** Replaces the user info of every URL in the text: `iggy://iggy:pass@host` becomes `iggy://***@host`. */
export function maskUrl(text: string): string {
  return text.includes("://") ? text.replace(USER_INFO, `://${MASKED_TEXT}@`) : text;
}

/** Masks one line of JSON: user info of URLs, and values whose property is named like a secret. */
export function maskJsonLine(line: string): string {
  return maskUrl(line).replace(SECRET_PROPERTY, `$1"${MASKED_TEXT}"`);
}

/** Properties removed whole, whatever their type, down to three levels; the line mask covers texts at any depth. */
export const SECRET_PATHS: readonly string[] = [
  "password",
  "passphrase",
  "secret",
  "token",
  "accessToken",
  "apiKey",
  "privateKey",
  "authorization",
  "cookie",
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

import { readFileSync } from "node:fs";

/** Version of this package; from its package.json, which stands two folders above both sources and compiled code. */
export const CLIENT_VERSION: string = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;

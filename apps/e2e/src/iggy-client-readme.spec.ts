import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { startBroker } from "@ims/iggy-broker";
import * as iggyClient from "@ims/iggy-client";
import { expect, it } from "vitest";
import { workspaceRoot } from "./support/child.js";

const readme = join(workspaceRoot, "libs/iggy-client/README.md");

type Program = (modules: Record<string, unknown>, process: object, console: object) => Promise<void>;

/** The examples of the document, in order, as one program. */
async function program(): Promise<{ code: string; printed: string[] }> {
  const text = await readFile(readme, "utf8");
  const examples = [...text.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, example]) => example!);
  expect(examples.length).toBeGreaterThan(4);
  const source = examples.join("\n");
  // What a line prints stands behind it, or alone in the next one.
  const printed = [...source.matchAll(/console\.log\(.*\);(?:\n)? *\/\/ (.*)$/gm)].map(([, line]) => line!);
  const code = source.replace(/^import (\{.*\}) from "(.*)";$/gm, 'const $1 = modules["$2"];');
  return { code, printed };
}

it("the examples of the Iggy client's README print what they say", async () => {
  const { code, printed } = await program();
  const dataDir = await mkdtemp(join(tmpdir(), "iggy-client-readme-"));
  const broker = await startBroker({ port: 0, dataDir });
  try {
    const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => Program;
    const run = new AsyncFunction("modules", "process", "console", code);
    const lines: string[] = [];
    const log = (...values: unknown[]) =>
      lines.push(values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" "));
    const url = `iggy://iggy:iggy@127.0.0.1:${broker.port}`;
    await run({ "@ims/iggy-client": iggyClient }, { env: { IGGY_URL: url } }, { log, error: () => {} });
    expect(lines).toEqual(printed);
  } finally {
    await broker.close();
    await rm(dataDir, { recursive: true });
  }
});

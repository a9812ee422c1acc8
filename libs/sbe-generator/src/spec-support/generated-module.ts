import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type PrintOptions, printSchema } from "../typescript/print-schema.js";
import { compileText } from "./memory-schema.js";

/** A flyweight of generated code as tests see it: members by name. */
export type Flyweight = { [name: string]: (...args: readonly unknown[]) => Flyweight } & {
  readonly limit: number;
  readonly count: number;
  readonly index: number;
};

export type GeneratedModule = Readonly<Record<string, new () => Flyweight>>;

/** Prints a schema with its own runtime and loads it; the folder is gone afterwards. */
export async function generatedModule(schema: string, options: PrintOptions = {}): Promise<GeneratedModule> {
  const folder = mkdtempSync(join(tmpdir(), "sbe-schema-ts-"));
  try {
    for (const [path, text] of printSchema(compileText(schema).tokens, undefined, options)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return (await import(join(folder, "index.ts"))) as GeneratedModule;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

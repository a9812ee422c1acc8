import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SchemaTokens } from "../ir/token.js";
import { printSchema } from "../typescript/print-schema.js";
import { runtimeFiles } from "../typescript/runtime-files.js";

/** What an index of generated code exports: classes, constants, functions. */
export type GeneratedModule = Readonly<Record<string, unknown>>;

const COMPILER_OPTIONS = {
  target: "ES2022",
  lib: ["ES2022", "DOM"],
  module: "NodeNext",
  moduleResolution: "NodeNext",
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
};

/** Generated code of many schemas in a temporary folder, compiled in one go: that it compiles is a check by itself. */
export class GeneratedCode {
  readonly #folder = mkdtempSync(join(tmpdir(), "sbe-conformance-"));
  readonly #names = new Map<string, string>();
  #errors: readonly string[] = [];

  constructor() {
    this.#write("src/runtime", runtimeFiles());
    this.#writeText("package.json", '{"type":"module"}');
  }

  /** Prints the code of a schema under a key; throws what the printer throws. */
  add(key: string, tokens: SchemaTokens): void {
    const name = `s${this.#names.size}`;
    this.#write(`src/${name}`, printSchema(tokens, "../runtime/index.js"));
    this.#names.set(key, name);
  }

  /** Compiles everything under `strict`, once. */
  compile(): void {
    const config = {
      compilerOptions: { ...COMPILER_OPTIONS, rootDir: "src", outDir: "dist" },
      include: ["src"],
    };
    this.#writeText("tsconfig.json", JSON.stringify(config));
    const compiler = join(
      dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
      "bin/tsc",
    );
    const { stdout, status, error } = spawnSync(process.execPath, [compiler, "-p", this.#folder], {
      cwd: this.#folder,
      encoding: "utf8",
    });
    if (error) throw error;
    this.#errors = stdout.split("\n").filter((line) => line.includes("error TS"));
    if (status !== 0 && this.#errors.length === 0)
      throw new Error(`the TypeScript compiler failed: ${stdout}`);
  }

  /** What the compiler said against the code of a key, and against the runtime, which all share. */
  errorsOf(key: string): readonly string[] {
    const own = `src/${this.#names.get(key)}/`;
    return this.#errors.filter((line) => line.startsWith(own) || line.startsWith("src/runtime/"));
  }

  async load(key: string): Promise<GeneratedModule> {
    const path = join(this.#folder, "dist", this.#names.get(key)!, "index.js");
    return (await import(pathToFileURL(path).href)) as GeneratedModule;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(folder: string, files: ReadonlyMap<string, string>): void {
    for (const [path, text] of files) this.#writeText(`${folder}/${path}`, text);
  }

  #writeText(path: string, text: string): void {
    const target = join(this.#folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

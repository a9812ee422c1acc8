import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fail } from "./errors.js";

const TEMPLATE_DIR = join(import.meta.dirname, "../template");
/** The name of the filter in the template. */
const TEMPLATE_NAME = "strike-above";
const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** The main file of the filter in the template, as it stands: what {@link newProject} begins with. */
export const TEMPLATE_ENTRY = join(TEMPLATE_DIR, "assembly/index.ts");

/** Option tickers as `ims tail … --decode hex --json` prints them: what the template's tests run on. */
export const SAMPLE_RECORDS = join(TEMPLATE_DIR, "test/options.jsonl");

/**
 * Writes a project with a filter that passes options from a strike on, its test and a README.
 * @param folder is made; may exist and be empty
 * @returns the files, relative to the folder
 * @throws ImsError `filter-sdk.bad-name`, `filter-sdk.folder-in-use`
 */
export function newProject(name: string, folder: string): readonly string[] {
  if (!NAME.test(name)) throw fail("filter-sdk.bad-name", `${JSON.stringify(name)} is no name of a filter`);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw fail("filter-sdk.folder-in-use", `${folder} is not empty`, { context: { folder } });
  }
  const files = new Map(
    readdirSync(TEMPLATE_DIR, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(TEMPLATE_DIR.length + 1), readFileSync(path, "utf8")] as const),
  );
  files.set("package.json", packageJson());
  files.set(".gitignore", "build\nnode_modules\n");
  for (const [file, text] of files) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text.replaceAll(TEMPLATE_NAME, name));
  }
  return [...files.keys()].map((file) => file.replaceAll("\\", "/")).sort();
}

function packageJson(): string {
  const test =
    `npm run build && ims filter test build/${TEMPLATE_NAME}.wasm --param strike=85 --input test/options.jsonl ` +
    "--expect test/expected.jsonl";
  return `${JSON.stringify(
    {
      name: TEMPLATE_NAME,
      version: "1.0.0",
      private: true,
      type: "module",
      scripts: { build: "ims filter build", test },
    },
    undefined,
    2,
  )}\n`;
}

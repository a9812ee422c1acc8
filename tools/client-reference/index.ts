import { join } from "node:path";
import { type Declaration, readDeclarations } from "./declarations.js";

/** Sections of the page: the folder that a declaration stands in, and what it holds. */
const SECTIONS: readonly { readonly folder: string; readonly title: string }[] = [
  { folder: "client", title: "The client" },
  { folder: "delivery", title: "Delivery: starts, iterations, losses" },
  { folder: "records", title: "Messages" },
  { folder: "mock", title: "For tests of programs" },
  { folder: "errors", title: "Errors" },
  { folder: "control", title: "Replies" },
  { folder: "transport", title: "Transport" },
  { folder: "common", title: "Values" },
];

/** Everything that `ims-client` exports, from the declaration files that the build has written. */
export function clientDeclarations(workspaceDir: string): readonly Declaration[] {
  return readDeclarations(join(workspaceDir, "apps/ims-client/dist/index.d.ts"), {
    "@ims/common": join(workspaceDir, "libs/common"),
    "@ims/sbe": join(workspaceDir, "libs/sbe"),
  });
}

/** The page that describes what `ims-client` exports. */
export function clientReference(workspaceDir: string): string {
  const declarations = clientDeclarations(workspaceDir);
  const known = new Set(declarations.map(({ name }) => name));
  const sections = SECTIONS.map(({ folder, title }) => {
    const own = declarations.filter(({ module }) => module.split("/")[0] === folder);
    return own.length === 0
      ? ""
      : `\n## ${title}\n${own.map((declaration) => entry(declaration, known)).join("")}`;
  });
  const missing = declarations.filter(
    ({ module }) => !SECTIONS.some(({ folder }) => folder === module.split("/")[0]),
  );
  if (missing.length > 0) throw new Error(`no section has ${missing.map(({ name }) => name).join(", ")}`);
  return `# API of ims-client

Written by \`node tools/client-reference.mjs\` from the declarations of the package; a test fails where it is not current.
For an introduction with examples see [the package's README](../../apps/ims-client/README.md).
${sections.join("")}`;
}

function entry({ name, doc, code }: Declaration, known: ReadonlySet<string>): string {
  const text = doc === "" ? "" : `\n${linked(doc, known)}\n`;
  return `\n### ${name}\n${text}\n\`\`\`ts\n${dedented(code)}\n\`\`\`\n`;
}

/** `{@link Name}` as a link to its section, or as code; tags as words. */
function linked(doc: string, known: ReadonlySet<string>): string {
  return doc
    .replace(/\{@link ([\w.]+)\}/g, (_, target: string) => {
      const [owner] = target.split(".");
      return known.has(owner!) ? `[${target}](#${owner!.toLowerCase()})` : `\`${target}\``;
    })
    .replace(/^@param (\w+) /gm, "\n- `$1`: ")
    .replace(/^@returns /gm, "\nReturns ")
    .replace(/^@throws /gm, "\nThrows ");
}

/** Declaration files indent by four blanks, this repository by two. */
function dedented(code: string): string {
  return code
    .split("\n")
    .map((line) => line.replace(/^(?: {4})+/, (blanks) => " ".repeat(blanks.length / 2)))
    .join("\n")
    .replaceAll(/\{@link ([\w.]+)\}/g, "$1");
}

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";

const TEMPLATE = join(import.meta.dirname, "template");
const SUFFIX = ".template";
/** Stands in stream names, folders, packages and environment variables. */
const NAME = /^[a-z][a-z0-9]{1,30}$/;
/** Stands in texts of the code and in a table of a document. */
const TITLE = /^[\p{L}\p{N}](?:[\p{L}\p{N} .&+-]{0,62}[\p{L}\p{N}.])?$/u;
const FIRST_OWN_ID = 14;

const USAGE = `npm run new:venue NAME [-- --title "Name for people"]

Makes libs/integration/NAME (a plugin that works against an invented venue and passes the suite for plugins) and
apps/NAME (its service), and registers both. NAME: lower-case letters and digits, such as kraken.
`;

/** Leaves with a sentence that says what is wrong and what to do. */
class Refusal extends Error {}

/**
 * @param {string} root the workspace
 * @param {string} name
 * @param {string} title
 * @returns {string[]} the files that were written or changed, relative to the root
 */
export function newVenue(root, name, title) {
  if (!NAME.test(name)) {
    throw new Refusal(
      `"${name}" is no usable name: take 2 to 31 lower-case letters and digits, a letter first`,
    );
  }
  if (!TITLE.test(title)) {
    throw new Refusal(
      `${JSON.stringify(title)} is no usable title: take at most 64 letters, digits, blanks and . & + -`,
    );
  }
  const lib = join(root, "libs/integration", name);
  const app = join(root, "apps", name);
  for (const folder of [lib, app]) {
    if (existsSync(folder))
      throw new Refusal(`${relative(root, folder)} is there already: take another name`);
  }
  const words = {
    __name__: name,
    __camel__: name,
    __Venue__: name[0].toUpperCase() + name.slice(1),
    __ENV__: name.toUpperCase(),
    __Title__: title,
  };
  const changed = [
    // First, since it may refuse: then nothing is left behind.
    register(join(root, "libs/common/src/ids/exchange.ts"), (text) => withExchange(text, words.__Venue__)),
    ...copy(join(TEMPLATE, "lib"), lib, words),
    ...copy(join(TEMPLATE, "app"), app, words),
    register(join(root, "docs/architecture.md"), (text) => withProjects(text, name, title)),
    register(join(root, "tsconfig.json"), (text) => withReferences(text, name)),
  ];
  return changed.filter((path) => path !== undefined).map((path) => relative(root, path));
}

function copy(from, to, words) {
  return readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(SUFFIX))
    .map((entry) => {
      const source = join(entry.parentPath ?? entry.path, entry.name);
      const target = join(to, filled(relative(from, source).slice(0, -SUFFIX.length), words));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, filled(readFileSync(source, "utf8"), words));
      return target;
    });
}

function filled(text, words) {
  return text.replace(/__(?:name|camel|Venue|ENV|Title)__/g, (placeholder) => words[placeholder]);
}

/** The path if the file changed. */
function register(path, change) {
  const before = readFileSync(path, "utf8");
  const after = change(before);
  if (after === before) return undefined;
  writeFileSync(path, after);
  return path;
}

/** Numbers are frozen, so a new venue gets one that nobody had; a reserved name keeps its own. */
function withExchange(text, key) {
  if (new RegExp(`^  ${key}: \\d+,$`, "mi").test(text)) {
    if (new RegExp(`^  ${key}: \\d+,$`, "m").test(text)) return text;
    throw new Refusal(
      `an exchange of that name is there, spelt in another way: see libs/common/src/ids/exchange.ts`,
    );
  }
  const ids = [...text.matchAll(/^ {2}\w+: (\d+),$/gm)].map(([, id]) => Number(id));
  const id = Math.max(FIRST_OWN_ID - 1, ...ids) + 1;
  return text.replace(/\n\} as const;/, `\n  ${key}: ${id},\n} as const;`);
}

function withProjects(text, name, title) {
  return text
    .replace(
      /((?:^\| venue \|.*\n)+)/m,
      `$1| venue | \`libs/integration/${name}\` | the plugin of ${title} | common, traits, integration-kit |\n`,
    )
    .replace(
      /(^\| app \| `apps\/local-stack`)/m,
      `| app | \`apps/${name}\` | a short \`main.ts\`: the template plus ${title} | template, integration-${name} |\n$1`,
    );
}

function withReferences(text, name) {
  const config = JSON.parse(text);
  config.references.push(
    { path: `libs/integration/${name}/tsconfig.lib.json` },
    { path: `apps/${name}/tsconfig.lib.json` },
  );
  return `${JSON.stringify(config, null, 2)}\n`;
}

function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { title: { type: "string" }, help: { type: "boolean" }, root: { type: "string" } },
  });
  const [name] = positionals;
  if (values.help || name === undefined) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  const root = resolve(values.root ?? join(import.meta.dirname, "../.."));
  const changed = newVenue(root, name, values.title ?? name[0].toUpperCase() + name.slice(1));
  const run = (command, args) =>
    execFileSync(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  // Links the two packages; nothing is downloaded.
  run("npm", ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"]);
  run("npx", ["biome", "check", "--write", ...changed]);
  process.stdout.write(`${changed.join("\n")}\n
Next: npx vitest run libs/integration/${name}
Then: replace the invented protocol by the venue's own, see libs/integration/${name}/README.md and docs/add-a-venue.md
`);
  return 0;
}

if (process.argv[1] === import.meta.filename) {
  try {
    process.exitCode = main();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

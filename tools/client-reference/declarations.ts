import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One exported thing of a package, as its declaration file has it. */
export interface Declaration {
  readonly name: string;
  /** Path of the declaration file below the `dist` that it is in, without its ending: `client/ims-client`. */
  readonly module: string;
  /** Text of its doc comment without the comment's marks; empty for none. */
  readonly doc: string;
  /** Its declaration without `export` and `declare`, and without what users cannot reach. */
  readonly code: string;
}

const EXPORT_LIST = /^export (?:type )?\{([^}]*)\} from "([^"]+)";$/gm;
const EXPORT_ALL = /^export (?:type )?\* from "([^"]+)";$/gm;
const DECLARED =
  /^export (?:declare )?(?:abstract )?(?:class|interface|type|const|function|let|enum) ([A-Za-z_$][\w$]*)/;

/**
 * Everything that a package's `index.d.ts` exports, in its order; overloads of a function are one declaration.
 * @param packageFolders where the packages of the workspace stand that it exports from, by name
 */
export function readDeclarations(
  indexFile: string,
  packageFolders: Readonly<Record<string, string>>,
): readonly Declaration[] {
  const root = dirname(indexFile);
  const read = (file: string): readonly Declaration[] => {
    const text = readFileSync(file, "utf8");
    // Packages of others, on which those of the workspace build, are not described.
    const resolve = (source: string): string | undefined => {
      if (source.startsWith(".")) return join(dirname(file), source.replace(/\.js$/, ".d.ts"));
      const folder = packageFolders[source];
      return folder === undefined ? undefined : join(folder, "dist/index.d.ts");
    };
    const module = file.startsWith(root) ? file.slice(root.length + 1, -".d.ts".length) : "common";
    const found: (readonly [at: number, declarations: readonly Declaration[]])[] = [
      [-1, declarationsIn(text, module)],
    ];
    for (const match of text.matchAll(EXPORT_LIST)) {
      const source = resolve(match[2]!);
      if (source === undefined) continue;
      const below = read(source);
      found.push([match.index, namesIn(match[1]!).map((name) => named(name, below, file))]);
    }
    for (const match of text.matchAll(EXPORT_ALL)) {
      const source = resolve(match[1]!);
      if (source !== undefined) found.push([match.index, read(source)]);
    }
    return found.sort(([a], [b]) => a - b).flatMap(([, declarations]) => declarations);
  };
  return read(indexFile);
}

/** The names of `type A, B`. */
function namesIn(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.replace(/^\s*type /, "").trim())
    .filter((name) => name !== "");
}

function named(name: string, declarations: readonly Declaration[], file: string): Declaration {
  const found = declarations.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`${file} exports ${name}, which is not declared where it points`);
  return found;
}

/** A declaration file has its statements at the start of a line, each behind its doc comment. */
function declarationsIn(text: string, module: string): readonly Declaration[] {
  const declarations: Declaration[] = [];
  let doc: string[] = [];
  let code: string[] | undefined;
  let depth = 0;
  for (const line of text.split("\n")) {
    if (code === undefined && (line.startsWith("/**") || (doc.length > 0 && line.startsWith(" *")))) {
      if (line.startsWith("/**")) doc = [];
      doc.push(line);
      continue;
    }
    if (code === undefined && DECLARED.test(line)) code = [];
    if (code === undefined) {
      doc = [];
      continue;
    }
    code.push(line);
    depth += isComment(line) ? 0 : bracketsOf(line);
    if (depth > 0 || isComment(line) || !/[;}]$/.test(line)) continue;
    add(declarations, DECLARED.exec(code[0]!)![1]!, module, docText(doc), code.join("\n"));
    doc = [];
    code = undefined;
    depth = 0;
  }
  return declarations;
}

function isComment(line: string): boolean {
  return /^\s*(?:\/\*\*|\*)/.test(line);
}

/** Brackets that a line opens, less those that it closes; texts in declarations hold none. */
function bracketsOf(line: string): number {
  return (line.match(/[({[]/g)?.length ?? 0) - (line.match(/[)}\]]/g)?.length ?? 0);
}

function add(declarations: Declaration[], name: string, module: string, doc: string, text: string): void {
  const code = reachable(text).replace(/^export (?:declare )?/, "");
  const last = declarations.at(-1);
  if (last?.name === name) declarations[declarations.length - 1] = { ...last, code: `${last.code}\n${code}` };
  else declarations.push({ name, module, doc, code });
}

/** Without private and protected members and their doc comments. */
function reachable(code: string): string {
  const kept: string[] = [];
  let comment: string[] = [];
  let isHidden = false;
  for (const line of code.split("\n")) {
    if (/^ {4}\/\*\*/.test(line) || (comment.length > 0 && /^ {5}\*/.test(line))) {
      isHidden = false;
      comment.push(line);
      continue;
    }
    if (/^ {4}(?:#private;|private |protected )/.test(line)) isHidden = true;
    else if (!/^ {5}/.test(line) && !/^ {4}[}\])>]/.test(line)) isHidden = false;
    if (!isHidden) kept.push(...comment, line);
    comment = [];
  }
  return kept.join("\n");
}

function docText(lines: readonly string[]): string {
  return lines
    .join("\n")
    .replace(/^\/\*\* ?/, "")
    .replace(/ ?\*\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^ \* ?/, ""))
    .join("\n")
    .trim();
}

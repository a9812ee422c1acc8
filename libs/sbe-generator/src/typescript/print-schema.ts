import type { SchemaTokens } from "../ir/token.js";
import { type TokenNode, tokenTree } from "../ir/token-tree.js";
import { planMessage } from "./message-plan.js";
import { className, fileName } from "./names.js";
import { printGroupReads } from "./print-bulk-decode.js";
import { printGroupWrites } from "./print-bulk-encode.js";
import { printComposite } from "./print-composite.js";
import type { PrintContext } from "./print-context.js";
import { printGroupDecoder } from "./print-group-decoder.js";
import { printGroupEncoder } from "./print-group-encoder.js";
import { printCounts, printLengthFunctions } from "./print-lengths.js";
import { printMessageDecoder } from "./print-message-decoder.js";
import { printMessageEncoder } from "./print-message-encoder.js";
import { printSkip } from "./print-skip.js";
import { printEnum, printSet } from "./print-types.js";
import { printValues } from "./print-values.js";
import { runtimeFiles } from "./runtime-files.js";
import { BANNER, compare, type GeneratedFiles, SourceFile } from "./source-file.js";
import { planValues } from "./values-plan.js";

export type { GeneratedFiles } from "./source-file.js";

export interface PrintOptions {
  /**
   * Debug build: setters refuse values that their octets cannot hold. Without it integers of up to 32 bits are cut to
   * the octets of their field; texts and 64-bit integers are checked in any case.
   */
  readonly checks?: boolean;
}

/**
 * TypeScript of a schema: a file per message and per used type, and an index. Depends on the tokens alone, so equal
 * tokens give equal octets. Without the module of a runtime, the output has its own in `runtime/`. Throws when two types or messages would need one name or one file.
 */
export function printSchema(
  schema: SchemaTokens,
  runtime?: string,
  { checks = false }: PrintOptions = {},
): GeneratedFiles {
  const context: PrintContext = { schema, runtime: runtime ?? "./runtime/index.js", checks };
  const header = tokenTree(schema.header)[0]!;
  const messages = schema.messages.map((tokens) => tokenTree(tokens)[0]!);
  const output = new Output();
  const classNames = claimClassNames(header, messages);
  for (const node of [header, ...messages]) {
    for (const type of typesWithin(node))
      output.add(`types/${fileName(type.token.typeName!)}.ts`, printType(type, context));
  }
  for (const node of messages) {
    const file = new SourceFile();
    const plan = planMessage(node, header, schema.byteOrder === "littleEndian", classNames);
    const groups = plan.elements.filter((element) => element.kind === "group");
    // Groups in front: the class of a message makes flyweights of theirs.
    for (const group of groups) printGroupEncoder(file, group, plan, context);
    const values = planValues(node, plan, classNames);
    printValues(file, values, context);
    if (values.elements.length > 0) printCounts(file, plan, values);
    printMessageEncoder(file, plan, context, values);
    file.line("");
    if (values.elements.length > 0) {
      printLengthFunctions(file, plan, values, context);
      printGroupWrites(file, plan, values, context);
      printGroupReads(file, plan, values, context);
    }
    for (const group of groups) printSkip(file, group, plan, context);
    for (const group of groups) printGroupDecoder(file, group, plan, context);
    printMessageDecoder(file, plan, context, values);
    output.add(`messages/${fileName(node.token.name)}.ts`, file.toString(BANNER));
  }
  const exported = output.paths;
  if (runtime === undefined) for (const [path, text] of runtimeFiles()) output.add(`runtime/${path}`, text);
  output.add("index.ts", printIndex(schema, exported));
  return output.files;
}

class Output {
  readonly #files = new Map<string, string>();

  add(path: string, text: string): void {
    const existing = this.#files.get(path);
    if (existing !== undefined && existing !== text) {
      throw new Error(`two elements of the schema need the file ${path}: rename one of them`);
    }
    this.#files.set(path, text);
  }

  get paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  get files(): GeneratedFiles {
    return new Map([...this.#files].sort(([a], [b]) => compare(a, b)));
  }
}

const TYPE_SIGNALS = ["beginComposite", "beginEnum", "beginSet"];

/** Types of a node, inner ones first. The composites of data have no classes: their octets are read in place. */
function typesWithin(node: TokenNode): readonly TokenNode[] {
  if (node.token.signal === "beginVarData") return [];
  // The dimension of a group is read in place, too.
  if (node.token.signal === "beginGroup") return node.children.slice(1).flatMap(typesWithin);
  const inner = node.children.flatMap(typesWithin);
  return TYPE_SIGNALS.includes(node.token.signal) ? [...inner, node] : inner;
}

function printType(node: TokenNode, context: PrintContext): string {
  const file = new SourceFile();
  if (node.token.signal === "beginEnum") printEnum(file, node);
  else if (node.token.signal === "beginSet") printSet(file, node);
  else printComposite(file, node, context);
  return file.toString(BANNER);
}

/** Names of all classes and constants but those of groups. */
function claimClassNames(header: TokenNode, messages: readonly TokenNode[]): Set<string> {
  const owners = new Map<string, string>();
  const claim = (name: string, owner: string) => {
    const other = owners.get(name);
    if (other !== undefined && other !== owner) {
      throw new Error(`${other} and ${owner} both need the class ${name}: rename one of them`);
    }
    owners.set(name, owner);
  };
  for (const type of [header, ...messages].flatMap(typesWithin)) {
    const name = className(type.token.typeName!);
    const owner = `type "${type.token.typeName}"`;
    if (type.token.signal !== "beginComposite") claim(name, owner);
    else for (const role of ["Encoder", "Decoder"]) claim(name + role, owner);
  }
  for (const { token } of messages) {
    for (const role of ["Encoder", "Decoder"]) claim(className(token.name) + role, `message "${token.name}"`);
  }
  return new Set(owners.keys());
}

function printIndex(schema: SchemaTokens, paths: readonly string[]): string {
  const file = new SourceFile();
  for (const path of [...paths].sort(compare))
    file.line(`export * from "./${path.replace(/\.ts$/, ".js")}";`);
  file.line("");
  if (schema.description !== undefined) file.doc(schema.description);
  file.line(
    `export const SCHEMA_ID = ${schema.id};`,
    `export const SCHEMA_VERSION = ${schema.version};`,
    `export const SEMANTIC_VERSION = ${JSON.stringify(schema.semanticVersion ?? "")};`,
  );
  return file.toString(BANNER);
}

import { join } from "node:path";
import { compile } from "../compile.js";
import type { SchemaTokens } from "../ir/token.js";
import { checkFaults } from "./check-faults.js";
import { checkLayout } from "./check-layout.js";
import { type CodecOf, checkOddFrame, checkRefusedWrite, checkVector } from "./check-vectors.js";
import type { CodecUnderTest } from "./codec-under-test.js";
import { faultFolders, folderName, type VectorFolder, vectorFolders } from "./folder-files.js";
import { GeneratedCode } from "./generated-code.js";
import { generatedCodec } from "./generated-codec.js";
import { Report } from "./report.js";
import { tokenCodec } from "./token-codec.js";

/** A schema file that compiled, with the folder that it is of. */
interface CompiledSchemaFile {
  readonly report: Report;
  readonly file: string;
  readonly key: string;
  readonly tokens: SchemaTokens;
}

/**
 * Runs every check of the folders at or below `root`: layouts, vectors with the codec that works from tokens and with
 * generated code, refused writes, odd frames, doubtful schemas. One report for each folder; nothing is known here of
 * any folder but its form.
 */
export async function runConformance(root: string): Promise<readonly Report[]> {
  const folders = vectorFolders(root).map((folder) => ({ folder, report: new Report(folder.name) }));
  const faults = faultFolders(root).map((path) => ({ path, report: new Report(folderName(path)) }));
  const code = new GeneratedCode();
  try {
    const schemas = folders.flatMap(({ folder, report }) => compileSchemas(folder, report));
    for (const { report, file, key, tokens } of schemas) {
      report.check(`generate ${file}`, () => {
        code.add(key, tokens);
        return [];
      });
    }
    const accepted = faults.flatMap(({ path, report }) =>
      checkFaults(path, report).map(({ file, tokens }) => ({ report, file, key: join(path, file), tokens })),
    );
    for (const { key, tokens } of accepted) code.add(key, tokens);
    code.compile();
    for (const { report, file, key } of [...schemas, ...accepted]) {
      report.add(`compile generated code of ${file}`, code.errorsOf(key));
    }
    for (const { folder, report } of folders) {
      const own = schemas.filter((schema) => schema.report === report);
      await checkFolder(folder, report, own, code);
    }
    return [...folders, ...faults].map(({ report }) => report);
  } finally {
    code.remove();
  }
}

function compileSchemas(folder: VectorFolder, report: Report): readonly CompiledSchemaFile[] {
  const schemas: CompiledSchemaFile[] = [];
  for (const file of folder.schemaFiles) {
    report.check(`compile ${file}`, () => {
      const key = join(folder.path, file);
      schemas.push({ report, file, key, tokens: compile(key).tokens });
      return [];
    });
  }
  return schemas;
}

async function checkFolder(
  folder: VectorFolder,
  report: Report,
  schemas: readonly CompiledSchemaFile[],
  code: GeneratedCode,
): Promise<void> {
  for (const layout of folder.layouts) {
    const schema = schemas.find(({ file }) => file === layout.schemaFile);
    if (schema) checkLayout(layout, schema.tokens, report);
  }
  const byTokens = new Map<string, CodecUnderTest>();
  const byCode = new Map<string, CodecUnderTest>();
  for (const { file, key, tokens } of schemas) {
    byTokens.set(file, tokenCodec(tokens));
    try {
      byCode.set(file, generatedCodec(tokens, await code.load(key)));
    } catch (error) {
      report.add(`load generated code of ${file}`, [String(error)]);
    }
  }
  for (const [prefix, codecs] of [
    ["tokens", byTokens],
    ["code", byCode],
  ] as const) {
    checkCodec(folder, new PrefixedReport(report, prefix), codecs);
  }
}

function checkCodec(folder: VectorFolder, report: Report, codecs: ReadonlyMap<string, CodecUnderTest>): void {
  const codecOf: CodecOf = (schemaFile) => {
    const codec = codecs.get(schemaFile);
    if (!codec) throw new Error(`there is no codec of ${schemaFile}`);
    return codec;
  };
  for (const vector of folder.vectors) checkVector(vector, codecOf, report);
  for (const write of folder.refusedWrites) checkRefusedWrite(write, codecOf, report);
  for (const frame of folder.oddFrames) checkOddFrame(frame, codecOf, report);
}

/** Puts the kind of codec in front of the names of checks. */
class PrefixedReport extends Report {
  constructor(
    private readonly inner: Report,
    private readonly prefix: string,
  ) {
    super(inner.folder);
  }

  override add(name: string, reasons: readonly string[]): void {
    this.inner.add(`${this.prefix}: ${name}`, reasons);
  }
}

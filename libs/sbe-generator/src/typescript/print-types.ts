import type { Token } from "../ir/token.js";
import type { TokenNode } from "../ir/token-tree.js";
import { describeType } from "./documentation.js";
import { className, constantName, fileName, objectKey, propertyName } from "./names.js";
import type { SourceFile } from "./source-file.js";
import { WireAccess } from "./wire-access.js";

/** Imports a name that the file of a type exports; both messages and types reach it by the same path. */
export function useType(file: SourceFile, name: string, typeName: string): string {
  return file.use(name, `../types/${fileName(typeName)}.js`);
}

/** The constant that holds the null of an enum. */
export function enumNullName(typeName: string): string {
  return `${constantName(typeName)}_NULL`;
}

/** Numbers of an enum, its null, and the name of a number. */
export function printEnum(file: SourceFile, node: TokenNode): void {
  const { token, children } = node;
  const typeName = token.typeName!;
  const name = className(typeName);
  const wire = new WireAccess(token);
  const number = wire.isWide ? "bigint" : "number";
  file.doc(describeType(token.description, `Enum on the wire as ${token.primitive}.`));
  printConstants(file, name, children, ({ value }) => wire.literal(value!));
  file.line(`export type ${name} = (typeof ${name})[keyof typeof ${name}];`, "");
  file.doc("On the wire where there is no value.");
  file.line(`export const ${enumNullName(typeName)} = ${wire.literal(token.nullValue!)};`, "");
  file.doc("Name of a number; undefined for the null and for numbers of a newer version.");
  file.block(
    `export function ${propertyName(typeName)}Name(value: ${number}): keyof typeof ${name} | undefined`,
    () => {
      file.block("switch (value)", () => {
        for (const { token: value } of children) {
          file.line(`case ${wire.literal(value.value!)}:`, `  return ${JSON.stringify(value.name)};`);
        }
        file.line("default:", "  return undefined;");
      });
    },
  );
}

/** Bits of a set. */
export function printSet(file: SourceFile, { token, children }: TokenNode): void {
  const name = className(token.typeName!);
  const wire = new WireAccess(token);
  file.doc(describeType(token.description, `Bits of a set on the wire as ${token.primitive}.`));
  printConstants(file, name, children, ({ value }) => wire.literal(String(1n << BigInt(value!))));
  file.line(`export type ${name} = (typeof ${name})[keyof typeof ${name}];`);
}

function printConstants(
  file: SourceFile,
  name: string,
  values: readonly TokenNode[],
  literal: (token: Token) => string,
): void {
  file.block(
    `export const ${name} =`,
    () => {
      for (const { token } of values) {
        if (token.description !== undefined) file.doc(describeType(token.description, "").trim());
        file.line(`${objectKey(token.name)}: ${literal(token)},`);
      }
    },
    " as const;",
  );
  file.line("");
}

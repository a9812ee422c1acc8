import { describeMember } from "./documentation.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { unsafe } from "./print-encoder-member.js";
import type { SourceFile } from "./source-file.js";
import { nullWordsOf, type ValueLeaf, type ValuesPlan } from "./values-plan.js";
import { WireAccess } from "./wire-access.js";

/** The class whose instances hold a message's values between `encode` and `decode`: made once, filled again and again. */
export function printValues(
  file: SourceFile,
  { className, leaves }: ValuesPlan,
  context: PrintContext,
): void {
  file.doc(
    "All values of one message, to be used again: 64-bit integers as two words of 32 bits, arrays as their octets, nulls",
    "as the number that is null on the wire. New ones are 0, as the fields that an encoder does not set.",
  );
  file.block(`export class ${className}`, () => {
    for (const leaf of leaves) printProperties(file, leaf);
    file.line("");
    for (const leaf of leaves) printAccessors(file, leaf, context);
  });
  file.line("");
}

function printProperties(file: SourceFile, { kind, name, type, size, field }: ValueLeaf): void {
  // One comment for all parts of a composite.
  file.doc(...describeMember(type === field.type ? field : { ...field, type, optional: false }));
  if (kind === "number") file.line(`${name} = 0;`);
  if (kind === "words") file.line(`${name}Lo = 0;`, `${name}Hi = 0;`);
  if (kind === "octets") {
    file.line(
      `readonly ${name} = new Uint8Array(${size});`,
      `readonly ${name}View = new DataView(this.${name}.buffer);`,
    );
  }
}

function printAccessors(file: SourceFile, leaf: ValueLeaf, context: PrintContext): void {
  const { kind, name, type, size } = leaf;
  if (kind === "words") printNumber(file, leaf, context);
  if (kind === "octets" && type.primitive === "char") {
    const encoding = JSON.stringify(type.characterEncoding ?? "US-ASCII");
    const readText = useRuntime(file, "readText", context);
    const writeText = useRuntime(file, "writeText", context);
    file.block(`get ${name}Text(): string`, () =>
      file.line(`return ${readText}(this.${name}, 0, ${size}, ${encoding});`),
    );
    file.block(`set ${name}Text(text: string)`, () =>
      file.line(`${writeText}(this.${name}, 0, ${size}, text, ${encoding}, ${JSON.stringify(leaf.label)});`),
    );
    file.line("");
  }
}

function printNumber(file: SourceFile, leaf: ValueLeaf, context: PrintContext): void {
  const { name, type, nullable } = leaf;
  const label = JSON.stringify(leaf.label);
  const wire = new WireAccess(type);
  const { low, high } = nullWordsOf(leaf);
  const number = nullable ? "number | null" : "number";
  file.doc("As a number; throws `sbe.unsafe-integer` or `sbe.out-of-range` outside of ±2^53.");
  file.block(`get ${name}Number(): ${number}`, () => {
    file.line(`const lo = this.${name}Lo;`, `const hi = this.${name}Hi;`);
    if (nullable) file.line(`if (lo === ${low} && hi === ${high}) return null;`);
    file.line(
      `if (${wire.isSigned ? "(hi << 10) >> 10 !== hi" : "hi >>> 21 !== 0"}) ${useRuntime(file, "throwUnsafeInteger", context)}(${label}, lo, hi);`,
      "return hi * 4294967296 + (lo >>> 0);",
    );
  });
  file.block(`set ${name}Number(value: ${number})`, () => {
    if (nullable) {
      file.block("if (value === null)", () =>
        file.line(`this.${name}Lo = ${low};`, `this.${name}Hi = ${high};`, "return;"),
      );
    }
    file.line(
      `if (${unsafe(wire, context.checks)}) ${useRuntime(file, "throwOutOfRange", context)}(${label}, value);`,
      `this.${name}Lo = value | 0;`,
      `this.${name}Hi = Math.floor(value * 2.3283064365386963e-10);`,
    );
  });
  file.line("");
}

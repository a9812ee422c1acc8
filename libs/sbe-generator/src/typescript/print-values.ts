import { describeMember, describeType } from "./documentation.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { unsafe } from "./print-encoder-member.js";
import { printViews } from "./print-placement.js";
import type { SourceFile } from "./source-file.js";
import {
  keepsBytes,
  nullWordsOf,
  type ValueElement,
  type ValueLeaf,
  type ValuesPlan,
} from "./values-plan.js";
import { WireAccess } from "./wire-access.js";

/** The class whose instances hold a message's values between `encode` and `decode`: made once, filled again and again. */
export function printValues(
  file: SourceFile,
  values: ValuesPlan,
  context: PrintContext,
  isMessage = true,
): void {
  const { className, leaves, elements, level } = values;
  for (const element of elements) {
    if (element.kind === "group") printValues(file, element.entry, context, false);
  }
  file.doc(
    `All values of ${isMessage ? "one message" : `one entry of ${level.label}`}, to be used again: 64-bit integers as two words of 32 bits, arrays as their octets, nulls`,
    "as the number that is null on the wire. New ones are 0, as the fields that an encoder does not set.",
  );
  file.block(`export class ${className}`, () => {
    for (const leaf of leaves) printProperties(file, leaf);
    for (const element of elements) printElement(file, element, context);
    if (isMessage && keepsBytes(values)) {
      file.doc("The buffer that was decoded last, which data point into.");
      printViews(file, context);
      file.line("");
      file.doc("Called by `decode`.");
      file.block("renew(view: DataView): void", () =>
        file.line("this.view = view;", `this.bytes = ${useRuntime(file, "bytesOf", context)}(view);`),
      );
    }
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

function printElement(file: SourceFile, element: ValueElement, context: PrintContext): void {
  const { name, plan } = element;
  const { description } = plan.token;
  if (element.kind === "group") {
    file.doc(describeType(description, "Its entries: `resize(count)`, then fill them."));
    const group = useRuntime(file, "GroupValues", context);
    file.line(`readonly ${name} = new ${group}(() => new ${element.entry.className}());`);
    return;
  }
  const { label, characterEncoding } = element.plan;
  const texts = [label, ...(characterEncoding === undefined ? [] : [characterEncoding])];
  file.doc(describeType(description, `At most ${element.plan.bytesMax} octets.`));
  const data = useRuntime(file, "DataValue", context);
  file.line(`readonly ${name} = new ${data}(${texts.map((text) => JSON.stringify(text)).join(", ")});`);
}

function printAccessors(file: SourceFile, leaf: ValueLeaf, context: PrintContext): void {
  const { kind, name, type, size } = leaf;
  if (kind === "words") printNumber(file, leaf, context);
  if (kind === "octets" && type.primitive === "char") {
    const encoding = JSON.stringify(type.characterEncoding ?? "US-ASCII");
    const fieldLength = useRuntime(file, "fieldLength", context);
    const writeText = useRuntime(file, "writeText", context);
    file.line(
      `private readonly ${name}Known = new ${useRuntime(file, "KnownText", context)}(${encoding});`,
      "",
    );
    file.doc("Up to the first zero; the same string as last time where the octets are the same.");
    file.block(`get ${name}Text(): string`, () =>
      file.line(
        `const length = ${fieldLength}(this.${name}, 0, ${size}, ${encoding});`,
        `return this.${name}Known.read(this.${name}, 0, length);`,
      ),
    );
    file.block(`set ${name}Text(text: string)`, () =>
      file.line(`${writeText}(this.${name}, 0, ${size}, text, ${encoding}, ${JSON.stringify(leaf.label)});`),
    );
    file.line("");
    const copyText = useRuntime(file, "copyText", context);
    file.doc("Octets source[start, start + length), padded with zeros.");
    file.block(`${name}Bytes(source: Uint8Array, start: number, length: number): void`, () =>
      file.line(
        `${copyText}(this.${name}View, this.${name}, 0, ${size}, source, start, length, ${JSON.stringify(leaf.label)});`,
      ),
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

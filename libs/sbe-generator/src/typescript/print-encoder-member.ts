import { describeMember } from "./documentation.js";
import type { Member, MemberKind } from "./member.js";
import { className } from "./names.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { useType } from "./print-types.js";
import type { SourceFile } from "./source-file.js";
import { plus, WireAccess } from "./wire-access.js";

/** Setters of one field or member. Constants have none. */
export function printEncoderMember(file: SourceFile, member: Member, context: PrintContext): void {
  PRINTERS[member.kind]({ file, member, context, label: JSON.stringify(member.label) });
}

const PRINTERS: Readonly<Record<MemberKind, (printer: MemberPrinter) => void>> = {
  constant: () => {},
  wide: printWide,
  number: printNumber,
  enum: printNumber,
  set: printNumber,
  text: printText,
  array: printArray,
  composite: printComposite,
};

/** Longest text whose padding is zeroed by stores of eight octets in a row. */
const UNROLLED_OCTETS_MAX = 64;

interface MemberPrinter {
  readonly file: SourceFile;
  readonly member: Member;
  readonly context: PrintContext;
  /** The member's label as a string literal. */
  readonly label: string;
}

function setter(printer: MemberPrinter, head: string, statements: readonly string[]): void {
  printer.file.block(`${head}: this`, () => printer.file.line(...statements, "return this;"));
  printer.file.line("");
}

function rangeCheck({ file, context, label }: MemberPrinter, wire: WireAccess): readonly string[] {
  const misfit = wire.misfit("value");
  if (misfit === undefined) return [];
  return [`if (${misfit}) ${useRuntime(file, "throwOutOfRange", context)}(${label}, value);`];
}

function printWide(printer: MemberPrinter): void {
  const { file, member, context, label } = printer;
  const { accessor, at } = member;
  const wire = new WireAccess(member.type);
  const words = new WireAccess(member.type, "view");
  const unsafe = `!Number.isSafeInteger(value)${wire.isSigned ? "" : " || value < 0"}`;
  const writeWords = (low: string, high: string) => [
    "const view = this.view;",
    `const at = ${at};`,
    `${words.writeLow("at", low)};`,
    `${words.writeHigh("at", high)};`,
  ];
  file.doc(...describeMember(member));
  setter(printer, `${accessor}(value: bigint)`, [
    ...rangeCheck(printer, wire),
    `${wire.write(at, "value")};`,
  ]);
  setter(printer, `${accessor}Number(value: number)`, [
    `if (${unsafe}) ${useRuntime(file, "throwOutOfRange", context)}(${label}, value);`,
    ...writeWords("value", "Math.floor(value / 4294967296)"),
  ]);
  setter(printer, `${accessor}Words(lo: number, hi: number)`, writeWords("lo", "hi"));
  if (member.optional) {
    const { low, high } = wire.words(member.type.nullValue!);
    setter(printer, `${accessor}Null()`, writeWords(String(low), String(high)));
  }
}

/** Numbers, enums and sets: one value, a bigint only where an enum or set has 64 bits. */
function printNumber(printer: MemberPrinter): void {
  const { file, member } = printer;
  const { accessor, at, kind, type } = member;
  const wire = new WireAccess(type);
  const parameter = kind === "set" ? "bits" : "value";
  file.doc(...describeMember(member));
  setter(printer, `${accessor}(${parameter}: ${wire.isWide ? "bigint" : "number"})`, [
    ...rangeCheck(printer, wire).map((check) => check.replaceAll("value", parameter)),
    `${wire.write(at, parameter)};`,
  ]);
  if (member.optional || kind === "enum") {
    setter(printer, `${accessor}Null()`, [`${wire.write(at, wire.literal(type.nullValue!))};`]);
  }
}

function printText(printer: MemberPrinter): void {
  const { file, member, context, label } = printer;
  const { accessor, at, type } = member;
  const encoding = JSON.stringify(type.characterEncoding);
  file.doc(...describeMember(member));
  const writeText = useRuntime(file, "writeText", context);
  setter(printer, `${accessor}(text: string)`, [
    `${writeText}(this.bytes, ${at}, ${type.length}, text, ${encoding}, ${label});`,
  ]);
  file.doc("Octets source[start, start + length), padded with zeros.");
  const head = `${accessor}Bytes(source: Uint8Array, start: number, length: number)`;
  const args = `${type.length}, source, start, length, ${label}`;
  if (type.length! % 8 !== 0 || type.length! > UNROLLED_OCTETS_MAX) {
    const copyText = useRuntime(file, "copyText", context);
    setter(printer, head, [`${copyText}(this.bytes, ${at}, ${args});`]);
    return;
  }
  const copyOctets = useRuntime(file, "copyOctets", context);
  const zeros = Array.from(
    { length: type.length! / 8 },
    (_, index) => `view.setFloat64(${plus("at", index * 8)}, 0, true);`,
  );
  setter(printer, head, [
    "const view = this.view;",
    `const at = ${at};`,
    ...zeros,
    `${copyOctets}(this.bytes, at, ${args});`,
  ]);
}

function printArray(printer: MemberPrinter): void {
  const { file, member, context, label } = printer;
  const { accessor, at, type } = member;
  const wire = new WireAccess(type);
  const checkIndex = useRuntime(file, "checkIndex", context);
  file.doc(...describeMember(member), `Element \`index\`, 0 to ${type.length! - 1}.`);
  setter(printer, `${accessor}(index: number, value: ${wire.isWide ? "bigint" : "number"})`, [
    `${checkIndex}(${label}, index, ${type.length});`,
    ...rangeCheck(printer, wire),
    `${wire.write(`${at} + index * ${wire.primitive.size}`, "value")};`,
  ]);
}

function printComposite(printer: MemberPrinter): void {
  const { file, member } = printer;
  const { accessor, at, type } = member;
  const encoder = useType(file, `${className(type.typeName!)}Encoder`, type.typeName!);
  file.line(`private readonly ${accessor}Composite = new ${encoder}();`, "");
  file.doc(...describeMember(member), "The same flyweight on every call.");
  file.block(`${accessor}(): ${encoder}`, () =>
    file.line(`return this.${accessor}Composite.wrap(this.view, ${at});`),
  );
  file.line("");
}

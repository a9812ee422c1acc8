import { describeMember } from "./documentation.js";
import type { Member, MemberKind } from "./member.js";
import { className } from "./names.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { useType } from "./print-types.js";
import type { SourceFile } from "./source-file.js";
import { WireAccess } from "./wire-access.js";

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
  // A bigint costs so much more than its check that it is always checked.
  const misfit = context.checks || wire.isWide ? wire.misfit("value") : undefined;
  if (misfit === undefined) return [];
  return [`if (${misfit}) ${useRuntime(file, "throwOutOfRange", context)}(${label}, value);`];
}

function printWide(printer: MemberPrinter): void {
  const { file, member, context, label } = printer;
  const { accessor, at } = member;
  const wire = new WireAccess(member.type);
  const words = new WireAccess(member.type, "view");
  const highOfValue = "value * 2.3283064365386963e-10";
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
  file.doc(
    `A whole number. Throws \`sbe.out-of-range\` outside of ${wire.isSigned ? "±(2^53 − 1)" : "0 to 2^53 − 1"}.`,
  );
  setter(printer, `${accessor}Number(value: number)`, [
    `if (${unsafe(wire, context.checks)}) ${useRuntime(file, "throwOutOfRange", context)}(${label}, value);`,
    // Storing cuts off what is behind the point, which is rounding down where nothing is negative.
    ...writeWords("value", wire.isSigned ? `Math.floor(${highOfValue})` : highOfValue),
  ]);
  setter(printer, `${accessor}Words(lo: number, hi: number)`, writeWords("lo", "hi"));
  file.doc("Copies the eight octets at `start` of a message of the same byte order.");
  setter(printer, `${accessor}From(source: DataView, start: number)`, [
    "const view = this.view;",
    `const at = ${at};`,
    "const first = source.getInt32(start, true);",
    "view.setInt32(at + 4, source.getInt32(start + 4, true), true);",
    "view.setInt32(at, first, true);",
  ]);
  if (member.optional) {
    const { low, high } = wire.words(member.type.nullValue!);
    setter(printer, `${accessor}Null()`, writeWords(String(low), String(high)));
  }
}

/**
 * Refuses NaN and infinities, too. Fractions only in a debug build: to look for them costs a fifth of writing a message
 * of such fields, while one comparison disappears beside the stores.
 */
export function unsafe(wire: WireAccess, checks: boolean): string {
  if (checks) return `!Number.isSafeInteger(value)${wire.isSigned ? "" : " || value < 0"}`;
  return wire.isSigned
    ? "!(value <= 9007199254740991 && value >= -9007199254740991)"
    : "!(value >= 0 && value <= 9007199254740991)";
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
  if (wire.isFloat) {
    file.doc("Its octets as an unsigned integer, for a NaN with a payload.");
    setter(printer, `${accessor}Bits(bits: ${wire.bits.type})`, [`${wire.bits.write(at, "bits")};`]);
  }
  if (member.optional || kind === "enum") {
    setter(printer, `${accessor}Null()`, [`${wire.write(at, wire.literal(type.nullValue!))};`]);
  }
}

function printText(printer: MemberPrinter): void {
  const { file, member, context, label } = printer;
  const { accessor, at, type } = member;
  const encoding = JSON.stringify(type.characterEncoding ?? "US-ASCII");
  file.doc(...describeMember(member));
  const writeText = useRuntime(file, "writeText", context);
  setter(printer, `${accessor}(text: string)`, [
    `${writeText}(this.bytes, ${at}, ${type.length}, text, ${encoding}, ${label});`,
  ]);
  file.doc("Octets source[start, start + length), padded with zeros.");
  const head = `${accessor}Bytes(source: Uint8Array, start: number, length: number)`;
  const copyText = useRuntime(file, "copyText", context);
  setter(printer, head, [
    `${copyText}(this.view, this.bytes, ${at}, ${type.length}, source, start, length, ${label});`,
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
  const octets = type.length! * wire.primitive.size;
  file.doc(`All elements at once: ${octets} octets of a message of the same byte order, from \`start\`.`);
  const copyOctets = useRuntime(file, "copyOctets", context);
  setter(printer, `${accessor}Bytes(source: Uint8Array, start: number)`, [
    `${copyOctets}(this.bytes, ${at}, ${octets}, source, start, ${octets}, ${label});`,
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

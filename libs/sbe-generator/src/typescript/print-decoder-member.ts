import { isUtf16 } from "../runtime/utf16.js";
import { describeMember } from "./documentation.js";
import type { Member, MemberKind } from "./member.js";
import { className, propertyAccess } from "./names.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { useType } from "./print-types.js";
import type { SourceFile } from "./source-file.js";
import { WireAccess } from "./wire-access.js";

/** Getters of one field or member. */
export function printDecoderMember(file: SourceFile, member: Member, context: PrintContext): void {
  file.doc(...describeMember(member));
  PRINTERS[member.kind]({ file, member, context, label: JSON.stringify(member.label) });
}

const PRINTERS: Readonly<Record<MemberKind, (printer: MemberPrinter) => void>> = {
  constant: printConstant,
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
  readonly label: string;
}

/** Reads `absentValue` where the frame does not hold the field. */
function getter(
  { file, member }: MemberPrinter,
  head: string,
  absentValue: string,
  statements: readonly string[],
): void {
  const guard = member.absent === undefined ? [] : [`if (${member.absent}) return ${absentValue};`];
  file.block(head, () => file.line(...guard, ...statements));
  file.line("");
}

function orNull(type: string, member: Member): string {
  return member.optional || member.absent !== undefined ? `${type} | null` : type;
}

function printWide(printer: MemberPrinter): void {
  const { file, member, context, label } = printer;
  const { accessor, at, type, optional } = member;
  const wire = new WireAccess(type);
  const nullValue = type.nullValue ?? wire.primitive.nullValue;
  const nullWords = wire.words(nullValue);
  const word = wire.isSigned ? "int32" : "uint32";
  const highNull = wire.isSigned ? nullWords.high : nullWords.high >>> 0;
  const isSafe = wire.isSigned ? "(hi << 10) >> 10 === hi" : "hi >>> 21 === 0";
  const words = new WireAccess(type, "view");
  const nullFits = wire.isSigned ? (highNull << 10) >> 10 === highNull : highNull >>> 21 === 0;
  const nullIsSafe = optional && nullFits;
  const nullIsUnsafe = optional && !nullFits;

  getter(printer, `${accessor}(): ${orNull("bigint", member)}`, "null", [
    ...(optional
      ? [`const value = ${wire.read(at)};`, `return value === ${wire.literal(nullValue)} ? null : value;`]
      : [`return ${wire.read(at)};`]),
  ]);
  const numberType = orNull("number", member);
  file.doc("As a number; throws `sbe.unsafe-integer` outside of ±2^53.");
  // V8 takes getters into their caller up to a sum of their bytecodes, beyond which each costs a call and an object for
  // its result. Hence the shortest one: what is null or unsafe has a method of its own.
  getter(printer, `${accessor}Number(): ${numberType}`, "null", [
    "const view = this.view;",
    `const at = ${at};`,
    `const hi = ${words.readHigh("at", word)};`,
    ...(nullIsSafe
      ? [`if (hi === ${highNull} && ${words.readLow("at", "int32")} === ${nullWords.low}) return null;`]
      : []),
    `return ${isSafe} ? hi * 4294967296 + ${words.readLow("at", "uint32")} : this.${accessor}NotSafe();`,
  ]);
  file.block(`private ${accessor}NotSafe(): ${nullIsUnsafe ? "null" : "never"}`, () => {
    file.line(`const lo = ${wire.readLow(at, "uint32")};`, `const hi = ${wire.readHigh(at, word)};`);
    if (nullIsUnsafe) file.line(`if (hi === ${highNull} && lo === ${nullWords.low >>> 0}) return null;`);
    file.line(`return ${useRuntime(file, "throwUnsafeInteger", context)}(${label}, lo, hi);`);
  });
  file.line("");
  file.doc("Low 32 bits, signed.");
  getter(printer, `${accessor}Lo(): number`, String(nullWords.low), [`return ${wire.readLow(at, "int32")};`]);
  file.doc(`High 32 bits, ${wire.isSigned ? "signed" : "unsigned"}.`);
  getter(printer, `${accessor}Hi(): number`, String(highNull), [`return ${wire.readHigh(at, word)};`]);
  file.doc("Where its eight octets start in `view`.");
  getter({ ...printer, member: { ...member, absent: undefined } }, `${accessor}Start(): number`, "", [
    `return ${at};`,
  ]);
  if (optional) {
    getter(printer, `${accessor}IsNull(): boolean`, "true", [
      `return ${wire.readLow(at, "int32")} === ${nullWords.low} && ${wire.readHigh(at, word)} === ${highNull};`,
    ]);
  }
}

function printNumber(printer: MemberPrinter): void {
  const { member, file } = printer;
  const { accessor, at, type, optional, kind } = member;
  const wire = new WireAccess(type);
  const base = wire.isWide ? "bigint" : "number";
  const nullValue = wire.literal(type.nullValue ?? wire.primitive.nullValue);
  if (kind === "enum") {
    // An enum's null is one of its numbers, so an absent field needs no second way to say it.
    getter(printer, `${accessor}(): ${base}`, nullValue, [`return ${wire.read(at)};`]);
    return;
  }
  if (!optional) {
    getter(printer, `${accessor}(): ${orNull(base, member)}`, "null", [`return ${wire.read(at)};`]);
    printBits(printer, wire);
    return;
  }
  const isNull = nullValue === "Number.NaN" ? "Number.isNaN(value)" : `value === ${nullValue}`;
  getter(printer, `${accessor}(): ${base} | null`, "null", [
    `const value = ${wire.read(at)};`,
    `return ${isNull} ? null : value;`,
  ]);
  printBits(printer, wire);
  file.block(`${accessor}IsNull(): boolean`, () => file.line(`return this.${accessor}() === null;`));
  file.line("");
}

function printBits(printer: MemberPrinter, wire: WireAccess): void {
  if (!wire.isFloat) return;
  const { member, file } = printer;
  file.doc("Its octets as an unsigned integer: a number keeps no payload of a NaN.");
  getter(
    printer,
    `${member.accessor}Bits(): ${wire.bits.type}${member.absent === undefined ? "" : " | null"}`,
    "null",
    [`return ${wire.bits.read(member.at)};`],
  );
}

function printConstant(printer: MemberPrinter): void {
  const { file, member } = printer;
  const { type, owner, accessor } = member;
  if (type.signal === "beginEnum") {
    const name = useType(file, className(type.typeName!), type.typeName!);
    const number = new WireAccess(type).isWide ? "bigint" : "number";
    getter(printer, `${accessor}(): ${number}`, "", [
      `return ${name}${propertyAccess(owner.constant ?? type.constant!)};`,
    ]);
    return;
  }
  const wire = new WireAccess(type);
  const text = owner.constant ?? type.constant!;
  if (wire.primitive.kind === "char" && type.length !== 1) {
    getter(printer, `${accessor}(): string`, "", [`return ${JSON.stringify(text.split("\0")[0])};`]);
    return;
  }
  getter(printer, `${accessor}(): ${wire.isWide ? "bigint" : "number"}`, "", [
    `return ${wire.literal(text)};`,
  ]);
}

function printText(printer: MemberPrinter): void {
  const { file, member, context } = printer;
  const { accessor, at, type } = member;
  const encoding = JSON.stringify(type.characterEncoding ?? "US-ASCII");
  getter(printer, `${accessor}(): string`, '""', [
    `return ${useRuntime(file, "readText", context)}(this.bytes, ${at}, ${type.length}, ${encoding});`,
  ]);
  file.doc(`Where its ${type.length} octets start in \`bytes\`.`);
  getter(printer, `${accessor}Start(): number`, at, [`return ${at};`]);
  const isWide = isUtf16(type.characterEncoding ?? "US-ASCII");
  const zero = isWide ? "unit of zeros" : "zero";
  file.doc(`Octets before the first ${zero}.`);
  getter(printer, `${accessor}Length(): number`, "0", [
    `return ${useRuntime(file, isWide ? "utf16Length" : "textLength", context)}(this.bytes, ${at}, ${type.length});`,
  ]);
  file.doc(`Whether its octets before the first ${zero} equal source[start, start + length).`);
  getter(
    printer,
    `${accessor}BytesEqual(source: Uint8Array, start: number, length: number): boolean`,
    "length === 0",
    [
      `return ${useRuntime(file, isWide ? "utf16Equals" : "textEquals", context)}(this.bytes, ${at}, ${type.length}, source, start, length);`,
    ],
  );
}

function printArray(printer: MemberPrinter): void {
  const { file, member, context, label } = printer;
  const { accessor, at, type, optional } = member;
  const wire = new WireAccess(type);
  const read = wire.read(`${at} + index * ${wire.primitive.size}`);
  const nullValue = wire.literal(type.nullValue ?? wire.primitive.nullValue);
  const isNull = nullValue === "Number.NaN" ? "Number.isNaN(value)" : `value === ${nullValue}`;
  const head = `${accessor}(index: number): ${orNull(wire.isWide ? "bigint" : "number", member)}`;
  file.block(head, () => {
    file.line(`${useRuntime(file, "checkIndex", context)}(${label}, index, ${type.length});`);
    if (member.absent !== undefined) file.line(`if (${member.absent}) return null;`);
    if (optional) file.line(`const value = ${read};`, `return ${isNull} ? null : value;`);
    else file.line(`return ${read};`);
  });
  file.line("");
  file.doc(`Where its ${type.length! * wire.primitive.size} octets start in \`bytes\`.`);
  file.block(`${accessor}Start(): number`, () => file.line(`return ${at};`));
  file.line("");
}

function printComposite(printer: MemberPrinter): void {
  const { file, member } = printer;
  const { accessor, at, type, versioned } = member;
  const version = versioned ? ", this.actingVersion" : "";
  const decoder = useType(file, `${className(type.typeName!)}Decoder`, type.typeName!);
  getter(printer, `${accessor}(): ${orNull(decoder, member)}`, "null", [
    `return this.${accessor}Composite.wrap(this.view, ${at}${version});`,
  ]);
  file.line(`private readonly ${accessor}Composite = new ${decoder}();`, "");
}

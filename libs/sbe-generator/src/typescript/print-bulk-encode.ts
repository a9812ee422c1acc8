import type { MessagePlan } from "./message-plan.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { headerWrites, headerZeroed } from "./print-header.js";
import { zeroing } from "./print-placement.js";
import type { SourceFile } from "./source-file.js";
import type { ValueLeaf, ValuesPlan } from "./values-plan.js";
import { plus, WireAccess } from "./wire-access.js";

/** Longest array that is copied by stores in a row; a longer one costs a call. */
const UNROLLED_OCTETS_MAX = 64;

/**
 * The static method that writes a whole message from its values. One straight function: a row of setters is faster only
 * as long as the compiler takes all of them into their caller.
 */
export function printBulkEncode(
  file: SourceFile,
  plan: MessagePlan,
  { className, leaves }: ValuesPlan,
  context: PrintContext,
): void {
  const { header, token } = plan;
  const room = header.size + token.size;
  file.line("");
  file.doc(
    "Writes header and block at once; the same octets as all setters would write.",
    `Throws \`sbe.no-room\` unless ${room} octets lie between offset and the end of the view.`,
  );
  file.block(`static encode(view: DataView, offset: number, values: ${className}): void`, () => {
    file.block(`if (!(offset >= 0 && offset + ${room} <= view.byteLength))`, () =>
      file.line(
        `${useRuntime(file, "throwNoRoom", context)}(${JSON.stringify(token.name)}, offset, ${room}, view.byteLength);`,
      ),
    );
    if (context.checks) for (const leaf of leaves) file.line(...rangeCheck(file, leaf, context));
    file.line(...zeroing(file, "offset", headerZeroed(plan), context), ...headerWrites(plan, context));
    let written = 0;
    for (const leaf of [...leaves].sort((a, b) => a.offset - b.offset)) {
      printPadding(file, header.size, written, leaf.offset, context);
      printWrite(file, leaf, header.size + leaf.offset, context);
      written = leaf.offset + leaf.size;
    }
    printPadding(file, header.size, written, token.size, context);
  });
}

function printPadding(
  file: SourceFile,
  headerSize: number,
  from: number,
  to: number,
  context: PrintContext,
): void {
  file.line(...zeroing(file, "offset", to - from, context, headerSize + from));
}

function rangeCheck(
  file: SourceFile,
  { kind, name, label, type }: ValueLeaf,
  context: PrintContext,
): readonly string[] {
  const misfit = kind === "number" ? new WireAccess(type).misfit(`values.${name}`) : undefined;
  if (misfit === undefined) return [];
  return [
    `if (${misfit}) ${useRuntime(file, "throwOutOfRange", context)}(${JSON.stringify(label)}, values.${name});`,
  ];
}

function printWrite(
  file: SourceFile,
  { kind, name, type, size }: ValueLeaf,
  offset: number,
  context: PrintContext,
): void {
  const wire = new WireAccess(type, "view");
  const at = plus("offset", offset);
  if (kind === "number") file.line(`${wire.write(at, `values.${name}`)};`);
  if (kind === "words") {
    file.line(`${wire.writeLow(at, `values.${name}Lo`)};`, `${wire.writeHigh(at, `values.${name}Hi`)};`);
  }
  if (kind === "octets") {
    const octets = `${name}View`;
    file.line(
      `const ${octets} = values.${octets};`,
      ...copying(file, "view", ["offset", offset], octets, ["", 0], size, context),
    );
  }
}

/** A place as an expression and what is added to it. */
type Place = readonly [base: string, offset: number];

/** Statements that copy octets from one view to another. */
export function copying(
  file: SourceFile,
  target: string,
  at: Place,
  source: string,
  from: Place,
  length: number,
  context: PrintContext,
): readonly string[] {
  const place = ([base, offset]: Place, further = 0) =>
    base === "" ? String(offset + further) : plus(base, offset + further);
  if (length > UNROLLED_OCTETS_MAX) {
    const copyWords = useRuntime(file, "copyWords", context);
    return [`${copyWords}(${target}, ${place(at)}, ${source}, ${place(from)}, ${length});`];
  }
  const steps: string[] = [];
  let done = 0;
  for (; done + 4 <= length; done += 4) {
    const word = `${source}.getInt32(${place(from, done)}, true)`;
    steps.push(`${target}.setInt32(${place(at, done)}, ${word}, true);`);
  }
  for (; done < length; done++) {
    steps.push(`${target}.setUint8(${place(at, done)}, ${source}.getUint8(${place(from, done)}));`);
  }
  return steps;
}

import { type PrintContext, useRuntime } from "./print-context.js";
import { zeroing } from "./print-placement.js";
import type { SourceFile } from "./source-file.js";
import type { ValueLeaf } from "./values-plan.js";
import { plus, WireAccess } from "./wire-access.js";

/** Longest array that is copied by stores in a row; a longer one costs a call. */
const UNROLLED_OCTETS_MAX = 64;

/**
 * Statements that write a block of `size` octets, `start` octets behind `base`, from `values`: its fields in the order of
 * their places, and zeros between them.
 */
export function printBlockWrites(
  file: SourceFile,
  leaves: readonly ValueLeaf[],
  base: string,
  start: number,
  size: number,
  context: PrintContext,
): void {
  const pad = (from: number, to: number) =>
    file.line(...zeroing(file, base, to - from, context, start + from));
  let written = 0;
  for (const leaf of [...leaves].sort((a, b) => a.offset - b.offset)) {
    pad(written, leaf.offset);
    printWrite(file, leaf, base, start + leaf.offset, context);
    written = leaf.offset + leaf.size;
  }
  pad(written, size);
}

/** In a debug build, statements that refuse values which their octets cannot hold. */
export function printRangeChecks(
  file: SourceFile,
  leaves: readonly ValueLeaf[],
  context: PrintContext,
): void {
  if (context.checks) for (const leaf of leaves) file.line(...rangeCheck(file, leaf, context));
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
  base: string,
  offset: number,
  context: PrintContext,
): void {
  const wire = new WireAccess(type, "view");
  const at = plus(base, offset);
  if (kind === "number") file.line(`${wire.write(at, `values.${name}`)};`);
  if (kind === "words") {
    file.line(`${wire.writeLow(at, `values.${name}Lo`)};`, `${wire.writeHigh(at, `values.${name}Hi`)};`);
  }
  if (kind === "octets") {
    const octets = `${name}View`;
    file.line(
      `const ${octets} = values.${octets};`,
      ...copying(file, "view", [base, offset], octets, ["", 0], size, context),
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

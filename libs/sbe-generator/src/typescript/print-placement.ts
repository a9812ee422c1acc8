import { type PrintContext, useRuntime } from "./print-context.js";
import type { SourceFile } from "./source-file.js";
import { plus } from "./wire-access.js";

/** Longest block that is zeroed by stores in a row; a longer one costs a call. */
const UNROLLED_OCTETS_MAX = 256;

/** `view` and `bytes` of a flyweight, and the method that renews them. */
export function printViews(file: SourceFile, context: PrintContext): void {
  file.line(
    `view: DataView = ${useRuntime(file, "EMPTY_VIEW", context)};`,
    `bytes: Uint8Array = ${useRuntime(file, "EMPTY_BYTES", context)};`,
  );
}

/** Apart from `wrap`, which stays small enough to be inlined. */
export function printRenew(file: SourceFile, context: PrintContext): void {
  file.block("private renew(view: DataView): void", () =>
    file.line("this.view = view;", `this.bytes = ${useRuntime(file, "bytesOf", context)}(view);`),
  );
  file.line("");
}

/** Statements that zero octets of `view`: eight a step, since `fill` costs a call out of compiled code. */
export function zeroing(
  file: SourceFile,
  base: string,
  length: number,
  context: PrintContext,
  start = 0,
): readonly string[] {
  if (length === 0) return [];
  if (length > UNROLLED_OCTETS_MAX) {
    return [`${useRuntime(file, "zeroOctets", context)}(view, ${plus(base, start)}, ${length});`];
  }
  const steps: string[] = [];
  let at = 0;
  for (; at + 8 <= length; at += 8) steps.push(`view.setFloat64(${plus(base, start + at)}, 0, true);`);
  for (; at + 4 <= length; at += 4) steps.push(`view.setInt32(${plus(base, start + at)}, 0, true);`);
  for (; at < length; at++) steps.push(`view.setUint8(${plus(base, start + at)}, 0);`);
  return steps;
}

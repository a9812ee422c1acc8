import { fail } from "../errors.js";
import { engine } from "../module/engine.js";
import { printable } from "../module/module-sections.js";

/**
 * How a module failed: by a trap of the engine (`unreachable`, `memory`, `table`, `arithmetic`, `stack`), by a negative
 * answer (`gave-up`), by what it gave back (`output`) or handed to the host (`argument`), or otherwise.
 */
export const TRAP_KINDS = [
  "unreachable",
  "memory",
  "table",
  "arithmetic",
  "stack",
  "gave-up",
  "output",
  "argument",
  "other",
] as const;
export type TrapKind = (typeof TRAP_KINDS)[number];

/** The engine's words for its traps. */
const WORDS: readonly (readonly [RegExp, TrapKind])[] = [
  [/^unreachable/, "unreachable"],
  [/call stack size/, "stack"],
  [/table|null function|indirect call|signature mismatch/, "table"],
  [/memory|segment/, "memory"],
  [/divide|remainder|unrepresentable|overflow/, "arithmetic"],
];

/** The error for what a call into a module threw; one that is ours already stays as it is. */
export function trapOf(thrown: unknown, call: string) {
  if (!(thrown instanceof engine.RuntimeError || thrown instanceof RangeError)) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "wasm.trapped") return thrown;
    return trap("other", call, "something was thrown");
  }
  const kind = WORDS.find(([pattern]) => pattern.test(thrown.message))?.[1] ?? "other";
  return trap(kind, call, `${thrown.message}${placeOf(thrown)}`);
}

/** A failure of a module, `wasm.trapped`, with its kind in the context. */
export function trap(kind: TrapKind, call: string, what: string) {
  return fail("wasm.trapped", `the module failed in ${call}: ${what}`, { context: { kind, call } });
}

/** The innermost function of the module on the stack, where it is known. */
function placeOf(error: Error): string {
  const frame = /^\s*at (?:(.*) \()?wasm:\/\/[^\n]*?wasm-function\[(\d+)\]:(0x[0-9a-f]+)/m.exec(
    error.stack ?? "",
  );
  if (frame === null) return "";
  const name = frame[1] === undefined ? "" : ` ${printable(frame[1])}`;
  return ` at function ${frame[2]}${name}, octet ${frame[3]}`;
}

import type { MessagePlan } from "./message-plan.js";
import { copying } from "./print-bulk-encode.js";
import type { PrintContext } from "./print-context.js";
import { printFrameChecks } from "./print-frame-checks.js";
import type { SourceFile } from "./source-file.js";
import { nullOf, nullWordsOf, type ValueLeaf, type ValuesPlan } from "./values-plan.js";
import { plus, WireAccess } from "./wire-access.js";

/** The static method that reads a whole message into its values. */
export function printBulkDecode(
  file: SourceFile,
  plan: MessagePlan,
  { className, leaves }: ValuesPlan,
  context: PrintContext,
): void {
  file.doc(
    "Reads a frame of `length` octets that starts with a header at `offset`; what it does not hold becomes null.",
    "Throws as `wrapAndApplyHeader` does, and then leaves the values as they were.",
  );
  const head = `static decode(view: DataView, offset: number, length: number, values: ${className}): void`;
  file.block(head, () => {
    const runs = runsOf(leaves);
    const keepsVersion = runs.some(({ absent }) => absent?.includes("actingVersion"));
    printFrameChecks(file, plan, keepsVersion, context);
    for (const { absent, members } of runs) {
      const reads = members.flatMap((leaf) => readsOf(file, leaf, context));
      if (absent === undefined) {
        file.line(...reads);
        continue;
      }
      file.block(`if (${absent.replaceAll("this.", "")})`, () => file.line(...members.flatMap(nullsOf)));
      file.block("else", () => file.line(...reads));
    }
  });
  file.line("");
}

interface Run {
  readonly absent: string | undefined;
  readonly members: ValueLeaf[];
}

/** Neighbours under one condition. */
function runsOf(leaves: readonly ValueLeaf[]): readonly Run[] {
  const runs: Run[] = [];
  for (const leaf of leaves) {
    const { absent } = leaf.field;
    const last = runs.at(-1);
    if (last !== undefined && last.absent === absent) last.members.push(leaf);
    else runs.push({ absent, members: [leaf] });
  }
  return runs;
}

function readsOf(file: SourceFile, leaf: ValueLeaf, context: PrintContext): readonly string[] {
  const { kind, name, type, size, offset } = leaf;
  const wire = new WireAccess(type, "view");
  const at = plus("at", offset);
  if (kind === "number") return [`values.${name} = ${wire.read(at)};`];
  if (kind === "octets") {
    const octets = `${name}View`;
    return [
      `const ${octets} = values.${octets};`,
      ...copying(file, octets, ["", 0], "view", ["at", offset], size, context),
    ];
  }
  return [
    `values.${name}Lo = ${wire.readLow(at, "int32")};`,
    `values.${name}Hi = ${wire.readHigh(at, wire.isSigned ? "int32" : "uint32")};`,
  ];
}

function nullsOf(leaf: ValueLeaf): readonly string[] {
  const { kind, name, type } = leaf;
  if (kind === "octets") return [`values.${name}.fill(0);`];
  if (kind === "number") return [`values.${name} = ${new WireAccess(type).literal(nullOf(leaf))};`];
  const { low, high } = nullWordsOf(leaf);
  return [`values.${name}Lo = ${low};`, `values.${name}Hi = ${high};`];
}

import type { MessagePlan } from "./message-plan.js";
import { copying } from "./print-block-writes.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { printFrameChecks } from "./print-frame-checks.js";
import { dimensionReads, lengthRead } from "./print-skip.js";
import type { SourceFile } from "./source-file.js";
import {
  keepsBytes,
  nullOf,
  nullWordsOf,
  type ValueElement,
  type ValueGroup,
  type ValueLeaf,
  type ValuesPlan,
  valueGroups,
} from "./values-plan.js";
import { plus, WireAccess } from "./wire-access.js";

/** The static method that reads a whole message into its values. */
export function printBulkDecode(
  file: SourceFile,
  plan: MessagePlan,
  values: ValuesPlan,
  context: PrintContext,
): void {
  const { className, leaves, elements } = values;
  const isFlat = elements.length === 0;
  file.doc(
    "Reads a frame of `length` octets that starts with a header at `offset`; what it does not hold becomes null.",
    isFlat
      ? "Throws as `wrapAndApplyHeader` does, and then leaves the values as they were."
      : "Throws as `wrapAndApplyHeader` and the getters do; after that the values are of no use.",
  );
  const head = `static decode(view: DataView, offset: number, length: number, values: ${className}): void`;
  file.block(head, () => {
    printFrameChecks(file, plan, needsVersion(values), context);
    printReads(file, leaves, "at", context);
    if (isFlat) return;
    if (keepsBytes(values)) file.line("if (view !== values.view) values.renew(view);");
    const bytes = "values.bytes";
    printElementReads(file, plan, elements, ["at + actingBlockLength", "position", bytes], context);
  });
  file.line("");
}

/** Whether a frame's version decides what it holds. */
function needsVersion({ leaves, elements }: ValuesPlan): boolean {
  return (
    leaves.some(({ absent }) => absent?.includes("actingVersion")) ||
    elements.some(
      (element) =>
        element.plan.token.sinceVersion > 0 || (element.kind === "group" && needsVersion(element.entry)),
    )
  );
}

/** Statements that read a block at `base` of `view` into `values`. */
function printReads(
  file: SourceFile,
  leaves: readonly ValueLeaf[],
  base: string,
  context: PrintContext,
): void {
  for (const { absent, members } of runsOf(leaves)) {
    const reads = members.flatMap((leaf) => readsOf(file, leaf, base, context));
    if (absent === undefined) {
      file.line(...reads);
      continue;
    }
    file.block(`if (${absent.replaceAll("this.", "")})`, () => file.line(...members.flatMap(nullsOf)));
    file.block("else", () => file.line(...reads));
  }
}

/**
 * Statements that read groups and data into `values`.
 *
 * @param places expression of the first octet, name of the variable of the next, expression of the frame's octets
 */
function printElementReads(
  file: SourceFile,
  message: MessagePlan,
  elements: readonly ValueElement[],
  [start, position, bytes]: readonly [start: string, position: string, bytes: string],
  context: PrintContext,
): void {
  file.line(`let ${position} = ${start};`);
  for (const element of elements) {
    const { name, plan } = element;
    const since = plan.token.sinceVersion;
    const read = () => {
      if (element.kind === "group") {
        const place = `view, ${keepsBytes(element.entry) ? `${bytes}, ` : ""}${position}, end`;
        const version = needsVersion(element.entry) ? ", actingVersion" : "";
        file.line(`${position} = ${decodeFunction(element)}(${place}${version}, values.${name});`);
        return;
      }
      const { prefixSize } = element.plan;
      const length = lengthRead(file, element.plan, ["view", position, "end"], message.littleEndian, context);
      const data = `${name}Data`;
      file.line(
        `const ${data} = values.${name};`,
        `${data}.length = ${length};`,
        `${data}.bytes = ${bytes};`,
        `${data}.start = ${position} + ${prefixSize};`,
        `${position} += ${prefixSize} + ${data}.length;`,
      );
    };
    if (since === 0) read();
    else {
      const empty = element.kind === "group" ? "count" : "length";
      file.block(`if (actingVersion < ${since})`, () => file.line(`values.${name}.${empty} = 0;`));
      file.block("else", read);
    }
  }
}

function decodeFunction({ plan }: ValueGroup): string {
  return `decode${plan.className}`;
}

/** Functions that read groups at `at` into their values and give the position behind them; inner groups first. */
export function printGroupReads(
  file: SourceFile,
  message: MessagePlan,
  values: ValuesPlan,
  context: PrintContext,
): void {
  for (const group of valueGroups(values)) {
    const { plan, entry } = group;
    const { label, requiredLength, dimension } = plan;
    useRuntime(file, "GroupValues", context);
    const fail = (at: string, octets: string, end: string) =>
      `${useRuntime(file, "throwTruncated", context)}(${JSON.stringify(label)}, ${at}, ${octets}, ${end});`;
    const parameters = [
      "view: DataView",
      ...(keepsBytes(entry) ? ["bytes: Uint8Array"] : []),
      "at: number",
      "end: number",
      ...(needsVersion(entry) ? ["actingVersion: number"] : []),
      `group: GroupValues<${entry.className}>`,
    ];
    file.block(`function ${decodeFunction(group)}(${parameters.join(", ")}): number`, () => {
      file.line(...dimensionReads(file, plan, context));
      if (requiredLength > 0) {
        file.line(
          `if (count > 0 && !(blockLength >= ${requiredLength})) ${fail("at", String(requiredLength), "at + blockLength")}`,
        );
      }
      file.line(
        ...(entry.leaves.some(({ absent }) => absent?.includes("actingBlockLength"))
          ? ["const actingBlockLength = blockLength;"]
          : []),
        "const entries = group.entries;",
        "if (count > entries.length) group.resize(count);",
        "group.count = count;",
        `let position = at + ${dimension.size};`,
      );
      file.block("for (let index = 0; index < count; index++)", () => {
        file.line("const values = entries[index]!;");
        if (entry.elements.length > 0) {
          file.line(`if (position + blockLength > end) ${fail("position", "blockLength", "end")}`);
        }
        printReads(file, entry.leaves, "position", context);
        if (entry.elements.length === 0) file.line("position += blockLength;");
        else {
          const places = ["position + blockLength", "next", "bytes"] as const;
          printElementReads(file, message, entry.elements, places, context);
          file.line("position = next;");
        }
      });
      file.line("return position;");
    });
    file.line("");
  }
}

interface Run {
  readonly absent: string | undefined;
  readonly members: ValueLeaf[];
}

/** Neighbours under one condition. */
function runsOf(leaves: readonly ValueLeaf[]): readonly Run[] {
  const runs: Run[] = [];
  for (const leaf of leaves) {
    const { absent } = leaf;
    const last = runs.at(-1);
    if (last !== undefined && last.absent === absent) last.members.push(leaf);
    else runs.push({ absent, members: [leaf] });
  }
  return runs;
}

function readsOf(file: SourceFile, leaf: ValueLeaf, base: string, context: PrintContext): readonly string[] {
  const { kind, name, type, size, offset } = leaf;
  const wire = new WireAccess(type, "view");
  const at = plus(base, offset);
  if (kind === "number") return [`values.${name} = ${wire.read(at)};`];
  if (kind === "octets") {
    const octets = `${name}View`;
    return [
      `const ${octets} = values.${octets};`,
      ...copying(file, octets, ["", 0], "view", [base, offset], size, context),
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

import type { DataPlan, DimensionPlan, GroupPlan, MessagePlan } from "./message-plan.js";
import { emptySize } from "./message-plan.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import type { SourceFile } from "./source-file.js";
import { plus, WireAccess } from "./wire-access.js";

/** Name of the function that walks over a group. */
export function skipFunction({ className }: GroupPlan): string {
  return `skip${className}`;
}

/** Octets that each entry takes behind its block at least, whatever the version of its writer. */
export function smallestTail({ elements }: GroupPlan): number {
  return elements
    .filter(({ token }) => token.sinceVersion === 0)
    .reduce((sum, element) => sum + emptySize(element), 0);
}

/** Statements that read and check a dimension at `at` of `view`; they leave `blockLength` and `count`. */
export function dimensionReads(file: SourceFile, group: GroupPlan, context: PrintContext): readonly string[] {
  const { dimension, label } = group;
  const name = JSON.stringify(label);
  const check = useRuntime(file, "checkEntries", context);
  return [
    `if (at + ${dimension.size} > end) ${useRuntime(file, "throwTruncated", context)}(${name}, at, ${dimension.size}, end);`,
    `const blockLength = ${read(dimension, "blockLength")};`,
    `const count = ${read(dimension, "numInGroup")};`,
    `${check}(${name}, count, ${dimension.countMax}, ${tail(group)}, at + ${dimension.size}, end);`,
  ];
}

function tail(group: GroupPlan): string {
  return plus("blockLength", smallestTail(group));
}

function read(dimension: DimensionPlan, name: "blockLength" | "numInGroup"): string {
  const member = dimension[name];
  if (member.presence === "constant") return member.constant!;
  const wire = new WireAccess(member, "view");
  const value = wire.read(plus("at", member.offset));
  return wire.isWide ? `Number(${value})` : value;
}

/** Expression of the length of data; where the schema limits it, one that refuses more. */
export function lengthRead(
  file: SourceFile,
  { prefixSize, label, readMax }: DataPlan,
  place: readonly [view: string, at: string, end: string],
  littleEndian: boolean,
  context: PrintContext,
): string {
  const read = useRuntime(file, readMax === undefined ? "dataLength" : "limitedDataLength", context);
  const limit = readMax === undefined ? [] : [readMax];
  return `${read}(${[...place, prefixSize, littleEndian, JSON.stringify(label), ...limit].join(", ")})`;
}

/** Functions that give the position behind a group that starts at `at`, inner groups first. */
export function printSkip(
  file: SourceFile,
  group: GroupPlan,
  message: MessagePlan,
  context: PrintContext,
): void {
  const { elements, dimension, label } = group;
  for (const inner of elements) if (inner.kind === "group") printSkip(file, inner, message, context);
  const version = elements.some(({ kind, token }) => kind === "group" || token.sinceVersion > 0)
    ? "actingVersion"
    : "_actingVersion";
  file.block(
    `function ${skipFunction(group)}(view: DataView, at: number, end: number, ${version}: number): number`,
    () => {
      file.line(...dimensionReads(file, group, context));
      if (elements.length === 0) {
        file.line(`return at + ${dimension.size} + count * blockLength;`);
        return;
      }
      file.line(`let position = at + ${dimension.size};`);
      file.block("for (let index = 0; index < count; index++)", () => {
        file.line(
          `if (position + blockLength > end) ${useRuntime(file, "throwTruncated", context)}(${JSON.stringify(label)}, position, blockLength, end);`,
          "position += blockLength;",
        );
        for (const element of elements) {
          const since = element.token.sinceVersion;
          const guard = since > 0 ? `if (actingVersion >= ${since}) ` : "";
          file.line(
            element.kind === "group"
              ? `${guard}position = ${skipFunction(element)}(view, position, end, actingVersion);`
              : `${guard}position += ${element.prefixSize} + ${lengthRead(file, element, ["view", "position", "end"], message.littleEndian, context)};`,
          );
        }
      });
      file.line("return position;");
    },
  );
  file.line("");
}

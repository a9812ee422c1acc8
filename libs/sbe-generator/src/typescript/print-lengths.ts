import type { MessagePlan } from "./message-plan.js";
import { objectKey, propertyAccess } from "./names.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import type { SourceFile } from "./source-file.js";
import { type ValueElement, type ValueGroup, type ValuesPlan, valueGroups } from "./values-plan.js";

/** Lengths of messages with groups and data, for whoever needs to know before encoding how much room a message takes. */

/** Name of the function that gives the octets of a message with its header, or of a group with its dimension. */
export function lengthFunction({ level }: ValuesPlan): string {
  return `lengthOf${level.className}`;
}

/** Functions that check counts and lengths and give the octets of groups, inner ones first, and of the message. */
export function printLengthFunctions(
  file: SourceFile,
  { header, token }: MessagePlan,
  values: ValuesPlan,
  context: PrintContext,
): void {
  for (const group of valueGroups(values)) printGroupLength(file, group, context);
  file.block(`function ${lengthFunction(values)}(values: ${values.className}): number`, () => {
    const parts = values.elements.map((element) => elementLength(file, element, context));
    file.line(`return ${[header.size + token.size, ...parts].join(" + ")};`);
  });
  file.line("");
}

function printGroupLength(file: SourceFile, { plan, entry }: ValueGroup, context: PrintContext): void {
  const { dimension, label, token } = plan;
  useRuntime(file, "GroupValues", context);
  file.block(`function ${lengthFunction(entry)}(group: GroupValues<${entry.className}>): number`, () => {
    const limits = `${JSON.stringify(label)}, group, ${dimension.countMin}, ${dimension.countMax}`;
    const count = `${useRuntime(file, "entryCount", context)}(${limits})`;
    if (entry.elements.length === 0) {
      file.line(`return ${dimension.size} + ${count} * ${token.size};`);
      return;
    }
    file.line(
      `const count = ${count};`,
      "const entries = group.entries;",
      `let length = ${dimension.size} + count * ${token.size};`,
    );
    file.block("for (let index = 0; index < count; index++)", () => {
      const parts = entry.elements.map((element) => elementLength(file, element, context));
      file.line("const values = entries[index]!;", `length += ${parts.join(" + ")};`);
    });
    file.line("return length;");
  });
  file.line("");
}

function elementLength(file: SourceFile, element: ValueElement, context: PrintContext): string {
  const { name } = element;
  if (element.kind === "group") return `${lengthFunction(element.entry)}(values.${name})`;
  const octets = useRuntime(file, "dataOctets", context);
  const { label, bytesMax, prefixSize } = element.plan;
  return `${prefixSize} + ${octets}(${JSON.stringify(label)}, values.${name}, ${bytesMax})`;
}

/** One group or data of the whole message: how often its dimension or length stands there, and what each of its parts takes. */
interface Counted {
  readonly key: string;
  readonly description: string;
  /** Octets of one entry; 1 for the octets of data. */
  readonly each: number;
  /** Octets of a dimension or of a length. */
  readonly fixed: number;
  /** Key of the group that it stands in each entry of. */
  readonly within?: string;
}

function countedOf(
  { elements }: ValuesPlan,
  outer?: { readonly key: string; readonly name: string },
): readonly Counted[] {
  return elements.flatMap((element): readonly Counted[] => {
    const { name } = element.plan;
    const key = outer === undefined ? name : `${outer.key}.${name}`;
    const of = outer === undefined ? "" : `, of all entries of ${outer.name} together`;
    const within = outer?.key;
    if (element.kind === "data") {
      const { prefixSize } = element.plan;
      return [{ key, description: `Octets of ${name}${of}.`, each: 1, fixed: prefixSize, within }];
    }
    const { dimension, token } = element.plan;
    return [
      { key, description: `Entries of ${name}${of}.`, each: token.size, fixed: dimension.size, within },
      ...countedOf(element.entry, { key, name }),
    ];
  });
}

/** Most octets of everything behind a block, by the limits of the schema; infinite beyond exact numbers. */
function longest({ elements }: ValuesPlan): number {
  return elements.reduce((sum, element) => {
    if (element.kind === "data") return sum + element.plan.prefixSize + Number(element.plan.bytesMax);
    const { dimension, token } = element.plan;
    return sum + dimension.size + dimension.countMax * (token.size + longest(element.entry));
  }, 0);
}

/** The type of the counts that a length is estimated from. */
export function printCounts(file: SourceFile, { token }: MessagePlan, values: ValuesPlan): void {
  file.doc(`How many entries and octets a ${token.name} has; what its encoded length depends on.`);
  file.block(`export interface ${values.countsName}`, () => {
    for (const { key, description } of countedOf(values)) {
      file.doc(description);
      file.line(`readonly ${objectKey(key)}: number;`);
    }
  });
  file.line("");
}

/** The static members that tell lengths. */
export function printLengthStatics(
  file: SourceFile,
  { header, token }: MessagePlan,
  values: ValuesPlan,
): void {
  const most = header.size + token.size + longest(values);
  if (Number.isSafeInteger(most)) {
    file.doc("Most octets of a message with its header, by the limits of the schema.");
    file.line(`static readonly MAX_LENGTH = ${most};`, "");
  }
  file.doc(
    "Octets of the message with its header, as `encode` writes it: header, block, for each group its dimension and its",
    "entries, for each data its length and its octets. Throws `sbe.out-of-range` for counts that the schema does not allow",
    "or that there are no entries for, `sbe.text-too-long` for too many octets.",
  );
  file.block(`static encodedLengthOf(values: ${values.className}): number`, () =>
    file.line(`return ${lengthFunction(values)}(values);`),
  );
  file.line("");
  const parts = countedOf(values).map(({ key, each, fixed, within }) => {
    const times = within === undefined ? `${fixed}` : `${fixed} * counts${propertyAccess(within)}`;
    return `${times} + ${each === 1 ? "" : `${each} * `}counts${propertyAccess(key)}`;
  });
  file.doc(
    "The same from counts alone, to reserve room before there are values; checks nothing.",
    `${[`${header.size + token.size}`, ...parts.map((part) => part.replaceAll("counts.", ""))].join(" + ")}`,
  );
  file.block(`static encodedLengthFor(counts: ${values.countsName}): number`, () =>
    file.line(`return ${[`${header.size + token.size}`, ...parts].join(" + ")};`),
  );
  file.line("");
}

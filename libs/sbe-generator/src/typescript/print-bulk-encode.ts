import type { MessagePlan } from "./message-plan.js";
import { printBlockWrites, printRangeChecks } from "./print-block-writes.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { dimensionWrites } from "./print-group-encoder.js";
import { headerWrites, headerZeroed } from "./print-header.js";
import { lengthFunction } from "./print-lengths.js";
import { zeroing } from "./print-placement.js";
import type { SourceFile } from "./source-file.js";
import { type ValueElement, type ValueGroup, type ValuesPlan, valueGroups } from "./values-plan.js";
import { plus } from "./wire-access.js";

/**
 * The static method that writes a whole message from its values. One straight function: a row of setters is faster only
 * as long as the compiler takes all of them into their caller.
 */
export function printBulkEncode(
  file: SourceFile,
  plan: MessagePlan,
  values: ValuesPlan,
  context: PrintContext,
): void {
  const { header, token } = plan;
  const { className, leaves, elements } = values;
  const isFlat = elements.length === 0;
  const room = isFlat ? String(header.size + token.size) : "length";
  const what = isFlat ? "header and block" : "header, block, groups and data";
  file.line("");
  file.doc(
    `Writes ${what} at once, the same octets as all setters would write; gives their number.`,
    `Throws \`sbe.no-room\` unless ${isFlat ? room : "as many"} octets lie between offset and the end of the view${isFlat ? "." : ", and what"}`,
    ...(isFlat ? [] : ["`encodedLengthOf` throws, before anything is written."]),
  );
  file.block(`static encode(view: DataView, offset: number, values: ${className}): number`, () => {
    if (!isFlat) file.line(`const length = ${lengthFunction(values)}(values);`);
    file.block(`if (!(offset >= 0 && offset + ${room} <= view.byteLength))`, () =>
      file.line(
        `${useRuntime(file, "throwNoRoom", context)}(${JSON.stringify(token.name)}, offset, ${room}, view.byteLength);`,
      ),
    );
    printRangeChecks(file, leaves, context);
    file.line(...zeroing(file, "offset", headerZeroed(plan), context), ...headerWrites(plan, context));
    printBlockWrites(file, leaves, "offset", header.size, token.size, context);
    if (!isFlat) {
      const at = plus("offset", header.size + token.size);
      elements.forEach((element, index) => {
        const start = index === 0 ? at : "end";
        const write = elementWrite(file, plan, element, start, context);
        const isLast = index === elements.length - 1;
        const kept = index === 0 ? "let end = " : "end = ";
        file.line(`${isLast ? "" : kept}${write};`);
      });
    }
    file.line(`return ${room};`);
  });
  file.line("");
}

/** Expression that writes an element and gives the position behind it. */
function elementWrite(
  file: SourceFile,
  { littleEndian }: MessagePlan,
  element: ValueElement,
  at: string,
  context: PrintContext,
): string {
  if (element.kind === "group") return `${encodeFunction(element)}(view, ${at}, values.${element.name})`;
  const write = useRuntime(file, "writeDataValue", context);
  return `${write}(view, ${at}, values.${element.name}, ${element.plan.prefixSize}, ${littleEndian})`;
}

function encodeFunction({ plan }: ValueGroup): string {
  return `encode${plan.className}`;
}

/** Functions that write groups, for which there must be room, from their values; inner groups first. */
export function printGroupWrites(
  file: SourceFile,
  message: MessagePlan,
  values: ValuesPlan,
  context: PrintContext,
): void {
  for (const group of valueGroups(values)) {
    const { plan, entry } = group;
    const { token, dimension } = plan;
    useRuntime(file, "GroupValues", context);
    const head = `function ${encodeFunction(group)}(view: DataView, at: number, { count, entries }: GroupValues<${entry.className}>): number`;
    file.block(head, () => {
      file.line(...dimensionWrites(file, plan, context), `let end = at + ${dimension.size};`);
      file.block("for (let index = 0; index < count; index++)", () => {
        file.line("const values = entries[index]!;");
        printRangeChecks(file, entry.leaves, context);
        printBlockWrites(file, entry.leaves, "end", 0, token.size, context);
        if (token.size > 0) file.line(`end += ${token.size};`);
        for (const element of entry.elements) {
          file.line(`end = ${elementWrite(file, message, element, "end", context)};`);
        }
      });
      file.line("return end;");
    });
    file.line("");
  }
}

import { describeType } from "./documentation.js";
import type { DataPlan, MessagePlan } from "./message-plan.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import type { SourceFile } from "./source-file.js";
import { plus } from "./wire-access.js";

/**
 * Setters of the data of a message without groups. Each finds its place by the lengths in front, so that data may be
 * written again; what stands behind is emptied.
 */
export function printTrailingData(file: SourceFile, plan: MessagePlan, context: PrintContext): void {
  const all = plan.elements.filter((element): element is DataPlan => element.kind === "data");
  all.forEach((data, index) => {
    const before = all[index - 1];
    const at = before ? `this.${before.accessor}End()` : plus("this.offset", plan.token.size);
    printData(file, plan, data, at, all.slice(index + 1), context);
  });
}

function printData(
  file: SourceFile,
  { littleEndian }: MessagePlan,
  data: DataPlan,
  at: string,
  following: readonly DataPlan[],
  context: PrintContext,
): void {
  const { accessor, characterEncoding, bytesMax, prefixSize, token } = data;
  const label = JSON.stringify(data.label);
  const order = [
    `At most ${bytesMax} octets.`,
    ...(following.length > 0 ? ["Empties the data behind it: write data in schema order."] : []),
  ];
  const finish = (write: string) => {
    file.line(following.length === 0 ? `${write};` : `let end = ${write};`);
    const empty = () => useRuntime(file, "writeDataLength", context);
    following.forEach((next, index) => {
      const last = index === following.length - 1;
      file.line(
        `${last ? "" : "end = "}${empty()}(this.view, end, ${next.prefixSize}, ${littleEndian}, ${JSON.stringify(next.label)});`,
      );
    });
    file.line("return this;");
  };
  if (characterEncoding !== undefined) {
    file.doc(describeType(token.description, order.join(" ")));
    file.block(`${accessor}(value: string): this`, () => {
      const write = useRuntime(file, "writeDataText", context);
      finish(
        `${write}(this.view, this.bytes, ${at}, ${prefixSize}, ${littleEndian}, ${bytesMax}, value, ${JSON.stringify(characterEncoding)}, ${label})`,
      );
    });
    file.line("");
  }
  file.doc(`Octets source[start, start + length). ${order.join(" ")}`);
  file.block(`${accessor}Bytes(source: Uint8Array, start: number, length: number): this`, () => {
    const write = useRuntime(file, "writeDataBytes", context);
    finish(
      `${write}(this.view, this.bytes, ${at}, ${prefixSize}, ${littleEndian}, ${bytesMax}, source, start, length, ${label})`,
    );
  });
  file.line("");
  file.block(`private ${accessor}End(): number`, () => {
    file.line(
      `const at = ${at};`,
      `return at + ${prefixSize} + ${useRuntime(file, "dataLength", context)}(this.view, at, this.view.byteLength, ${prefixSize}, ${littleEndian}, ${label});`,
    );
  });
  file.line("");
}

import { describeType } from "./documentation.js";
import type { DataPlan, ElementPlan, GroupPlan, LevelPlan, MessagePlan } from "./message-plan.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import type { SourceFile } from "./source-file.js";

/**
 * Groups and data of one level, written one behind the other through the message's cursor. `progress` says how far a
 * level is: 2i before its element i, 2i + 1 within the entries of group i. What is skipped is written as empty, what is
 * behind is refused.
 *
 * @param root expression of the message's encoder, which has the cursor
 */
export function printElementWriters(
  file: SourceFile,
  level: LevelPlan,
  message: MessagePlan,
  root: string,
  context: PrintContext,
): void {
  level.elements.forEach((element, index) => {
    if (element.kind === "group") printGroup(file, element, index, root);
    else printData(file, element, index, message, root, context);
  });
  if (level.elements.length > 0) printAdvance(file, level, message, root, context);
}

function begin(file: SourceFile, index: number): void {
  file.line(`if (this.progress !== ${index * 2}) this.advance(${index * 2});`);
}

function printGroup(file: SourceFile, group: GroupPlan, index: number, root: string): void {
  const { accessor, className, dimension, token } = group;
  // Within a group its constructor, which knows the message, makes the flyweights.
  const made = root === "this" ? ` = new ${className}Encoder(this)` : `: ${className}Encoder`;
  file.line(`private readonly ${accessor}Group${made};`, "");
  file.doc(
    describeType(
      token.description,
      `Begins the group of ${dimension.countMin} to ${dimension.countMax} entries; call \`next()\` for each. The same flyweight on every call.`,
    ),
  );
  file.block(`${accessor}Count(count: number): ${className}Encoder`, () => {
    begin(file, index);
    file.line(`this.${accessor}Group.open(count);`, `this.progress = ${index * 2 + 1};`);
    file.line(`return this.${accessor}Group;`);
  });
  file.line("");
}

function printData(
  file: SourceFile,
  data: DataPlan,
  index: number,
  { littleEndian }: MessagePlan,
  root: string,
  context: PrintContext,
): void {
  const { accessor, characterEncoding, bytesMax, prefixSize, token } = data;
  const label = JSON.stringify(data.label);
  const write = (name: string, content: string) => {
    begin(file, index);
    file.line(
      `${root}.cursor = ${useRuntime(file, name, context)}(this.view, this.bytes, ${root}.cursor, ${prefixSize}, ${littleEndian}, ${bytesMax}, ${content}, ${label});`,
      `this.progress = ${index * 2 + 2};`,
      "return this;",
    );
  };
  if (characterEncoding !== undefined) {
    file.doc(describeType(token.description, `At most ${bytesMax} octets.`));
    file.block(`${accessor}(value: string): this`, () =>
      write("writeDataText", `value, ${JSON.stringify(characterEncoding)}`),
    );
    file.line("");
  }
  file.doc(`Octets source[start, start + length). At most ${bytesMax} octets.`);
  file.block(`${accessor}Bytes(source: Uint8Array, start: number, length: number): this`, () =>
    write("writeDataBytes", "source, start, length"),
  );
  file.line("");
}

function printAdvance(
  file: SourceFile,
  level: LevelPlan,
  message: MessagePlan,
  root: string,
  context: PrintContext,
): void {
  file.block("private advance(to: number): void", () => {
    file.line("let at = this.progress;");
    file.line(
      `if (at > to) ${useRuntime(file, "throwOrder", context)}(${JSON.stringify(level.label)}, ${JSON.stringify(level.elements.map(({ name }) => name).join(", "))});`,
    );
    level.elements.forEach((element, index) => {
      file.block(`if (at === ${index * 2} && to > at)`, () => {
        file.line(emptying(file, element, message, root, context), `at = ${index * 2 + 2};`);
      });
      if (element.kind === "group") {
        file.block(`if (at === ${index * 2 + 1})`, () =>
          file.line(`this.${element.accessor}Group.complete();`, `at = ${index * 2 + 2};`),
        );
      }
    });
    file.line("this.progress = at;");
  });
  file.line("");
}

function emptying(
  file: SourceFile,
  element: ElementPlan,
  { littleEndian }: MessagePlan,
  root: string,
  context: PrintContext,
): string {
  if (element.kind === "group") return `this.${element.accessor}Group.open(0);`;
  const { prefixSize, label } = element;
  return `${root}.cursor = ${useRuntime(file, "writeDataLength", context)}(this.view, ${root}.cursor, ${prefixSize}, ${littleEndian}, ${JSON.stringify(label)});`;
}

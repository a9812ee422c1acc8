import { describeType } from "./documentation.js";
import type { GroupPlan, MessagePlan } from "./message-plan.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { printElementWriters } from "./print-element-writers.js";
import { printEncoderMember } from "./print-encoder-member.js";
import { printViews, zeroing } from "./print-placement.js";
import type { SourceFile } from "./source-file.js";
import { plus, WireAccess } from "./wire-access.js";

/** The class that writes the entries of a group, and those of the groups within it. */
export function printGroupEncoder(
  file: SourceFile,
  group: GroupPlan,
  message: MessagePlan,
  context: PrintContext,
): void {
  const { token, className, label, elements, dimension } = group;
  for (const inner of elements) if (inner.kind === "group") printGroupEncoder(file, inner, message, context);
  file.doc(
    describeType(
      token.description,
      `Writes the entries of ${label}: \`next()\`, then the fields of that entry.`,
    ),
  );
  file.block(`export class ${className}Encoder`, () => {
    file.line(
      `static readonly BLOCK_LENGTH = ${token.size};`,
      `static readonly DIMENSION_LENGTH = ${dimension.size};`,
      "",
    );
    printViews(file, context);
    file.doc("Where the current entry starts.");
    file.line("offset = 0;");
    file.doc("Entries announced.");
    file.line("count = 0;");
    file.doc("The current entry; −1 before the first.");
    file.line("index = -1;", "private dimensionAt = 0;");
    if (elements.length > 0) file.line(`private progress = ${elements.length * 2};`);
    file.line("private readonly root: MessageCursor;", "");
    useRuntime(file, "type MessageCursor", context);
    file.block("constructor(root: MessageCursor)", () => {
      file.line("this.root = root;");
      for (const inner of elements) {
        if (inner.kind === "group") {
          file.line(`this.${inner.accessor}Group = new ${inner.className}Encoder(root);`);
        }
      }
    });
    file.line("");
    printOpen(file, group, context);
    printNext(file, group, context);
    printCount(file, group, context);
    for (const member of group.members) printEncoderMember(file, member, context);
    printElementWriters(file, group, message, "this.root", context);
    printComplete(file, group, context);
  });
  file.line("");
}

function printOpen(file: SourceFile, group: GroupPlan, context: PrintContext): void {
  const { dimension, label, token, elements } = group;
  const name = JSON.stringify(label);
  const isFlat = elements.length === 0;
  const room = isFlat ? `${dimension.size} + count * ${token.size}` : String(dimension.size);
  file.doc(
    "Writes the dimension; called by the message.",
    `Throws \`sbe.out-of-range\` unless count is ${dimension.countMin} to ${dimension.countMax}, \`sbe.no-room\` at the end of the view.`,
  );
  file.block("open(count: number): void", () => {
    file.line(
      `if (!(count >= ${dimension.countMin} && count <= ${dimension.countMax} && Math.floor(count) === count)) ${useRuntime(file, "throwCount", context)}(${name}, count, ${dimension.countMin}, ${dimension.countMax});`,
      "const { view, cursor: at } = this.root;",
      "this.view = view;",
      "this.bytes = this.root.bytes;",
      `if (at + ${room} > view.byteLength) ${useRuntime(file, "throwNoRoom", context)}(${name}, at, ${room}, view.byteLength);`,
      ...dimensionWrites(file, group, context),
      "this.dimensionAt = at;",
      "this.count = count;",
      "this.index = -1;",
      ...(isFlat
        ? [
            `${useRuntime(file, "zeroOctets", context)}(view, at + ${dimension.size}, count * ${token.size});`,
            `this.offset = at + ${dimension.size - token.size};`,
          ]
        : [`this.progress = ${elements.length * 2};`]),
      `this.root.cursor = at + ${room};`,
    );
  });
  file.line("");
}

/** Statements that write the dimension of `count` entries at `at` of `view`. */
export function dimensionWrites(
  file: SourceFile,
  { dimension, token }: GroupPlan,
  context: PrintContext,
): readonly string[] {
  const write = (member: typeof dimension.blockLength, value: string) => {
    const wire = new WireAccess(member, "view");
    return `${wire.write(plus("at", member.offset), wire.isWide ? `BigInt(${value})` : value)};`;
  };
  return [
    ...(dimension.hasPadding ? zeroing(file, "at", dimension.size, context) : []),
    ...(dimension.blockLength.presence === "constant"
      ? []
      : [write(dimension.blockLength, String(token.size))]),
    write(dimension.numInGroup, "count"),
  ];
}

function printNext(file: SourceFile, group: GroupPlan, context: PrintContext): void {
  const { label, token, elements } = group;
  const name = JSON.stringify(label);
  const end = elements.length * 2;
  const noEntry = `${useRuntime(file, "throwNoEntry", context)}(${name}, this.count);`;
  if (elements.length === 0) {
    // Room and zeros were seen to when the group was begun, so that this stays small enough to be inlined.
    file.doc("Moves to the next entry, which holds zeros. Throws `sbe.order` behind the last entry.");
    file.block("next(): this", () => {
      file.line(
        "const index = this.index + 1;",
        `if (index >= this.count) ${noEntry}`,
        "this.index = index;",
        `this.offset += ${token.size};`,
        "return this;",
      );
    });
    file.line("");
    return;
  }
  file.doc(
    "Moves to the next entry and zeroes its block. Groups and data of the entry before that were not written are empty.",
    "Throws `sbe.order` behind the last entry, `sbe.no-room` at the end of the view.",
  );
  file.block("next(): this", () => {
    file.line(
      `if (this.progress !== ${end}) this.advance(${end});`,
      `if (this.index + 1 >= this.count) ${noEntry}`,
      "const view = this.view;",
      "const at = this.root.cursor;",
      `if (at + ${token.size} > view.byteLength) ${useRuntime(file, "throwNoRoom", context)}(${name}, at, ${token.size}, view.byteLength);`,
      ...zeroing(file, "at", token.size, context),
      "this.index++;",
      "this.offset = at;",
      "this.progress = 0;",
      `this.root.cursor = ${plus("at", token.size)};`,
      "return this;",
    );
  });
  file.line("");
}

function printCount(
  file: SourceFile,
  { dimension, label, token, elements }: GroupPlan,
  context: PrintContext,
): void {
  const { numInGroup, countMin, countMax } = dimension;
  const wire = new WireAccess(numInGroup, "this.view");
  file.doc("Sets the count to the entries written so far, where it was not known before; ends the group.");
  file.block("resetCountToIndex(): this", () => {
    file.line("const count = this.index + 1;");
    if (countMin > 0) {
      file.line(
        `if (count < ${countMin}) ${useRuntime(file, "throwCount", context)}(${JSON.stringify(label)}, count, ${countMin}, ${countMax});`,
      );
    }
    file.line(
      `${wire.write(plus("this.dimensionAt", numInGroup.offset), wire.isWide ? "BigInt(count)" : "count")};`,
      "this.count = count;",
      ...(elements.length === 0
        ? [`this.root.cursor = ${plus("this.dimensionAt", dimension.size)} + count * ${token.size};`]
        : []),
      "return this;",
    );
  });
  file.line("");
}

function printComplete(file: SourceFile, { elements, label }: GroupPlan, context: PrintContext): void {
  const end = elements.length * 2;
  file.doc("Ends the last entry; called by the message. Throws `sbe.order` when entries are missing.");
  file.block("complete(): void", () => {
    if (elements.length > 0) file.line(`if (this.progress !== ${end}) this.advance(${end});`);
    file.line(
      `if (this.index + 1 !== this.count) ${useRuntime(file, "throwIncomplete", context)}(${JSON.stringify(label)}, this.count, this.index + 1);`,
    );
  });
}

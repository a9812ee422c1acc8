import { describeType } from "./documentation.js";
import type { GroupPlan, MessagePlan } from "./message-plan.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { printDecoderMember } from "./print-decoder-member.js";
import { elementsEnd, elementsJson, printElementReaders, resetOfEnds } from "./print-element-readers.js";
import { printToJson } from "./print-json.js";
import { printViews } from "./print-placement.js";
import { dimensionReads } from "./print-skip.js";
import type { SourceFile } from "./source-file.js";

/** The class that reads the entries of a group, and those of the groups within it. */
export function printGroupDecoder(
  file: SourceFile,
  group: GroupPlan,
  message: MessagePlan,
  context: PrintContext,
): void {
  const { token, className, label, elements, dimension } = group;
  for (const inner of elements) if (inner.kind === "group") printGroupDecoder(file, inner, message, context);
  file.doc(
    describeType(
      token.description,
      `Reads the entries of ${label}: \`while (group.hasNext()) group.next()\`.`,
    ),
  );
  file.block(`export class ${className}Decoder`, () => {
    file.line(
      `static readonly BLOCK_LENGTH = ${token.size};`,
      `static readonly DIMENSION_LENGTH = ${dimension.size};`,
      "",
    );
    printViews(file, context);
    file.doc("Where the current entry starts.");
    file.line("offset = 0;");
    file.doc("First octet behind the frame.");
    file.line("end = 0;");
    file.doc("Octets of the block of each entry in the frame.");
    file.line("actingBlockLength = 0;");
    file.doc("Schema version of the writer of the message.");
    file.line("actingVersion = 0;");
    file.doc("Entries in the frame.");
    file.line("count = 0;");
    file.doc("The current entry; −1 before the first.");
    file.line("index = -1;", "private first = 0;", "");
    printWrap(file, group, context);
    printIteration(file, group, context);
    for (const member of group.members) printDecoderMember(file, member, context);
    printElementReaders(file, group, message, context);
    file.doc("Every entry; the flyweight is behind the last one afterwards.");
    file.block("toJSON(): Record<string, unknown>[]", () => {
      file.line("const entries: Record<string, unknown>[] = [];", "this.sbeRewind();");
      file.line("while (this.hasNext()) entries.push(this.next().entryToJSON());", "return entries;");
    });
    file.line("");
    printToJson(file, group.members, context, elementsJson(file, group, context), "entryToJSON");
  });
  file.line("");
}

function printWrap(file: SourceFile, group: GroupPlan, context: PrintContext): void {
  const { requiredLength, label, dimension } = group;
  file.doc(
    "Places the flyweight on a dimension; called by the message.",
    "Throws `sbe.truncated` when the entries cannot lie within the frame, `sbe.out-of-range` for more entries than the schema allows.",
  );
  file.block(
    "wrap(view: DataView, bytes: Uint8Array, at: number, end: number, actingVersion: number): this",
    () => {
      file.line(...dimensionReads(file, group, context));
      file.line(
        `if (count > 0 && !(blockLength >= ${requiredLength})) ${useRuntime(file, "throwTruncated", context)}(${JSON.stringify(label)}, at, ${requiredLength}, at + blockLength);`,
        "this.view = view;",
        "this.bytes = bytes;",
        "this.end = end;",
        "this.actingBlockLength = blockLength;",
        "this.actingVersion = actingVersion;",
        "this.count = count;",
        `this.first = at + ${dimension.size};`,
        "return this.sbeRewind();",
      );
    },
  );
  file.line("");
  file.doc("A group that the version of the writer does not have: no entries.");
  file.block("wrapAbsent(view: DataView, bytes: Uint8Array): this", () =>
    file.line("this.view = view;", "this.bytes = bytes;", "this.count = 0;", "return this.sbeRewind();"),
  );
  file.line("");
}

function printIteration(file: SourceFile, group: GroupPlan, context: PrintContext): void {
  const { label, elements } = group;
  const name = JSON.stringify(label);
  file.block("hasNext(): boolean", () => file.line("return this.index + 1 < this.count;"));
  file.line("");
  file.doc(
    "Moves to the next entry, whatever was read of the one before. Throws `sbe.order` behind the last.",
  );
  file.block("next(): this", () => {
    file.line(
      `if (this.index + 1 >= this.count) ${useRuntime(file, "throwNoEntry", context)}(${name}, this.count);`,
    );
    if (elements.length === 0) {
      file.line("this.index++;", "this.offset = this.first + this.index * this.actingBlockLength;");
    } else {
      file.line(
        "const at = this.index < 0 ? this.first : this.entryEnd();",
        `if (at + this.actingBlockLength > this.end) ${useRuntime(file, "throwTruncated", context)}(${name}, at, this.actingBlockLength, this.end);`,
        "this.index++;",
        "this.offset = at;",
      );
    }
    file.line(...resetOfEnds(group), "return this;");
  });
  file.line("");
  file.doc("Before the first entry again.");
  file.block("sbeRewind(): this", () => {
    // No field of an entry can be read there: a view has no octets behind its end.
    file.line(
      "this.index = -1;",
      "this.offset = this.view.byteLength;",
      ...resetOfEnds(group),
      "return this;",
    );
  });
  file.line("");
  file.doc("Walks over the remaining entries; gives the position behind the group.");
  file.block("skip(): number", () => {
    if (elements.length === 0) {
      file.line("this.index = this.count - 1;", "return this.first + this.count * this.actingBlockLength;");
    } else {
      file.line(
        "while (this.hasNext()) this.next();",
        "return this.index < 0 ? this.first : this.entryEnd();",
      );
    }
  });
  file.line("");
  if (elements.length > 0) {
    file.block("private entryEnd(): number", () => file.line(`return ${elementsEnd(group)};`));
    file.line("");
  }
  file.doc("The entries in turn, each time the same flyweight.");
  file.block("*[Symbol.iterator](): Generator<this, void, undefined>", () =>
    file.line("while (this.hasNext()) yield this.next();"),
  );
  file.line("");
}

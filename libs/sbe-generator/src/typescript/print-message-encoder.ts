import { describeType } from "./documentation.js";
import type { MessagePlan } from "./message-plan.js";
import { printBulkEncode } from "./print-bulk-encode.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { printElementWriters } from "./print-element-writers.js";
import { printEncoderMember } from "./print-encoder-member.js";
import { headerWrites, headerZeroed } from "./print-header.js";
import { printLengthStatics } from "./print-lengths.js";
import { printConstantsOf } from "./print-message-constants.js";
import { printRenew, printViews, zeroing } from "./print-placement.js";
import { printTrailingData } from "./print-trailing-data.js";
import type { SourceFile } from "./source-file.js";
import type { ValuesPlan } from "./values-plan.js";
import { plus } from "./wire-access.js";

/** The class that writes a message. */
export function printMessageEncoder(
  file: SourceFile,
  plan: MessagePlan,
  context: PrintContext,
  values: ValuesPlan,
): void {
  const { token, className, hasGroups } = plan;
  const order = hasGroups
    ? "fields may be set in any order, groups and data in schema order."
    : "setters may come in any order.";
  file.doc(
    describeType(token.description, `Writes template ${token.id} in place; ${order}`),
    ...(token.deprecated === undefined ? [] : [`@deprecated since version ${token.deprecated}`]),
  );
  file.block(`export class ${className}Encoder`, () => {
    printConstantsOf(file, plan, context);
    if (values.elements.length > 0) printLengthStatics(file, plan, values);
    printViews(file, context);
    file.doc("Where the block starts: behind the header.");
    file.line("offset = 0;");
    if (hasGroups) {
      file.doc("Where the next group, entry or data goes.");
      file.line("cursor = 0;", "private progress = 0;");
    }
    file.line("");
    printWrapWithHeader(file, plan, context);
    printWrap(file, plan, context);
    printRenew(file, context);
    for (const member of plan.members) printEncoderMember(file, member, context);
    if (hasGroups) printElementWriters(file, plan, plan, "this", context);
    else printTrailingData(file, plan, context);
    printLength(file, plan);
    printBulkEncode(file, plan, values, context);
  });
}

/** With groups the tail is written as it is reached; without, empty data stand behind the block from the start. */
function roomNeeded({ header, token, hasGroups, emptyTail }: MessagePlan): number {
  return header.size + token.size + (hasGroups ? 0 : emptyTail);
}

function printWrapWithHeader(file: SourceFile, plan: MessagePlan, context: PrintContext): void {
  const { header } = plan;
  const room = roomNeeded(plan);
  file.doc(
    `Writes the header, then zeros for the whole block${plan.hasGroups ? "" : " and for the lengths of data"}: what is not set is 0, not null.`,
    `Throws \`sbe.no-room\` unless ${room} octets lie between offset and the end of the view.`,
  );
  file.block("wrapAndApplyHeader(view: DataView, offset: number): this", () => {
    printPlacement(file, plan, room, context);
    file.line(`const at = ${plus("offset", header.size)};`);
    file.line(
      ...zeroing(file, "offset", headerZeroed(plan), context),
      ...headerWrites(plan, context),
      ...zeroing(file, "at", room - header.size, context),
    );
    printStart(file, plan, "at");
  });
  file.line("");
}

function printWrap(file: SourceFile, plan: MessagePlan, context: PrintContext): void {
  file.doc("Places the flyweight on a block that exists, to change some of its fields; writes nothing.");
  file.block("wrap(view: DataView, offset: number): this", () => {
    printPlacement(file, plan, plan.token.size, context);
    printStart(file, plan, "offset");
  });
  file.line("");
}

function printStart(file: SourceFile, { token, hasGroups }: MessagePlan, block: string): void {
  file.line(`this.offset = ${block};`);
  if (hasGroups) file.line(`this.cursor = ${plus(block, token.size)};`, "this.progress = 0;");
  file.line("return this;");
}

function printPlacement(file: SourceFile, { token }: MessagePlan, room: number, context: PrintContext): void {
  file.line("if (view !== this.view) this.renew(view);");
  file.block(`if (!(offset >= 0 && offset + ${room} <= view.byteLength))`, () =>
    file.line(
      `${useRuntime(file, "throwNoRoom", context)}(${JSON.stringify(token.name)}, offset, ${room}, view.byteLength);`,
    ),
  );
}

function printLength(file: SourceFile, plan: MessagePlan): void {
  const { elements, token, hasGroups } = plan;
  const last = elements.at(-1);
  if (hasGroups) {
    file.doc(
      "Position of the first octet behind the message. Completes it: groups and data that were not written are empty.",
      "Throws `sbe.order` when a group has fewer entries than announced.",
    );
    file.block("get limit(): number", () =>
      file.line(
        `if (this.progress !== ${elements.length * 2}) this.advance(${elements.length * 2});`,
        "return this.cursor;",
      ),
    );
  } else {
    file.doc("Position of the first octet behind the message.");
    file.block("get limit(): number", () =>
      file.line(`return ${last ? `this.${last.accessor}End()` : plus("this.offset", token.size)};`),
    );
  }
  file.line("");
  file.doc("Octets behind the header: block, groups and data.");
  file.block("encodedLength(): number", () => file.line("return this.limit - this.offset;"));
}

import { describeType } from "./documentation.js";
import type { MessagePlan } from "./message-plan.js";
import { printBulkDecode } from "./print-bulk-decode.js";
import type { PrintContext } from "./print-context.js";
import { printDecoderMember } from "./print-decoder-member.js";
import { elementsEnd, elementsJson, printElementReaders, resetOfEnds } from "./print-element-readers.js";
import { printBlockChecks, printFrameChecks } from "./print-frame-checks.js";
import { printToJson } from "./print-json.js";
import { printConstantsOf } from "./print-message-constants.js";
import { printRenew, printViews } from "./print-placement.js";
import type { SourceFile } from "./source-file.js";
import type { ValuesPlan } from "./values-plan.js";

/** The class that reads a message. Once it is placed, no getter reads outside of the frame. */
export function printMessageDecoder(
  file: SourceFile,
  plan: MessagePlan,
  context: PrintContext,
  values: ValuesPlan,
): void {
  const { token, className } = plan;
  file.doc(
    describeType(token.description, `Reads template ${token.id} in place, in any order.`),
    ...(token.deprecated === undefined ? [] : [`@deprecated since version ${token.deprecated}`]),
  );
  file.block(`export class ${className}Decoder`, () => {
    printConstantsOf(file, plan, context);
    printViews(file, context);
    file.doc("Where the block starts: behind the header.");
    file.line("offset = 0;");
    file.doc("First octet behind the frame.");
    file.line("end = 0;");
    file.doc("Octets of the block in the frame, which a newer writer may have made longer.");
    file.line("actingBlockLength = 0;");
    file.doc("Schema version of the writer.");
    file.line("actingVersion = 0;", "");
    printWrapWithHeader(file, plan, context);
    printWrap(file, plan, context);
    printRenew(file, context);
    for (const member of plan.members) printDecoderMember(file, member, context);
    printElementReaders(file, plan, plan, context);
    printLength(file, plan);
    printBulkDecode(file, plan, values, context);
    printToJson(file, plan.members, context, elementsJson(file, plan, context));
  });
}

function printWrapWithHeader(file: SourceFile, plan: MessagePlan, context: PrintContext): void {
  file.doc(
    "Places the flyweight on a frame of `length` octets that starts with a header at `offset`.",
    "Throws `sbe.truncated`, `sbe.wrong-template` or `sbe.wrong-schema`. A newer version is accepted: what it added is skipped.",
  );
  file.block("wrapAndApplyHeader(view: DataView, offset: number, length: number): this", () => {
    printFrameChecks(file, plan, true, context);
    printPlacement(file, plan, "at");
  });
  file.line("");
}

function printWrap(file: SourceFile, plan: MessagePlan, context: PrintContext): void {
  file.doc(
    "Places the flyweight on a block whose length and version came in a header.",
    "Throws `sbe.truncated` when the block does not hold the required fields or does not lie within `end`.",
    "@param end first octet behind the frame",
  );
  file.line("wrap(", "  view: DataView,", "  offset: number,", "  actingBlockLength: number,");
  file.block("  actingVersion: number,\n    end = view.byteLength,\n  ): this", () => {
    const within = "offset >= 0 && offset + actingBlockLength <= end && end <= view.byteLength";
    printBlockChecks(file, plan, "offset", within, "Math.min(end, view.byteLength)", context);
    printPlacement(file, plan, "offset");
  });
  file.line("");
}

function printPlacement(file: SourceFile, plan: MessagePlan, at: string): void {
  file.line("if (view !== this.view) this.renew(view);");
  file.line(`this.offset = ${at};`);
  for (const name of ["end", "actingBlockLength", "actingVersion"]) file.line(`this.${name} = ${name};`);
  file.line(...resetOfEnds(plan), "return this;");
}

function printLength(file: SourceFile, plan: MessagePlan): void {
  file.doc(
    "Position of the first octet behind what this version knows of the message. Throws `sbe.truncated` when a group or",
    "data does not lie within the frame.",
  );
  file.block("get limit(): number", () => file.line(`return ${elementsEnd(plan)};`));
  file.line("");
  file.doc("Octets behind the header: block, groups and data.");
  file.block("encodedLength(): number", () => file.line("return this.limit - this.offset;"));
  file.line("");
  file.doc("The same; reading moves nothing, so that it may be asked at any time.");
  file.block("sbeDecodedLength(): number", () => file.line("return this.limit - this.offset;"));
  file.line("");
  file.doc("Walks over all groups and data; gives the position behind them.");
  file.block("skip(): number", () => file.line("return this.limit;"));
  file.line("");
  const groups = plan.elements.filter(({ kind }) => kind === "group");
  file.doc(
    groups.length > 0
      ? "Puts all groups before their first entry again."
      : "Nothing to put back: every getter finds its place by itself.",
  );
  file.block("sbeRewind(): this", () =>
    file.line(...groups.map(({ accessor }) => `this.${accessor}Group.sbeRewind();`), "return this;"),
  );
  file.line("");
}

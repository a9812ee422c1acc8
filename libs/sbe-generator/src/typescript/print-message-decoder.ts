import { describeType } from "./documentation.js";
import type { DataPlan, MessagePlan } from "./message-plan.js";
import { objectKey } from "./names.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { printDecoderMember } from "./print-decoder-member.js";
import { printToJson } from "./print-json.js";
import { printConstantsOf } from "./print-message-constants.js";
import type { SourceFile } from "./source-file.js";
import { plus } from "./wire-access.js";

/** The class that reads a message. Once it is placed, no getter reads outside of the frame. */
export function printMessageDecoder(file: SourceFile, plan: MessagePlan, context: PrintContext): void {
  const { token, className } = plan;
  file.doc(
    describeType(token.description, `Reads template ${token.id} in place; fields may be read in any order.`),
    ...(token.deprecated === undefined ? [] : [`@deprecated since version ${token.deprecated}`]),
  );
  file.block(`export class ${className}Decoder`, () => {
    printConstantsOf(file, plan, context);
    file.line(
      `view: DataView = ${useRuntime(file, "EMPTY_VIEW", context)};`,
      `bytes: Uint8Array = ${useRuntime(file, "EMPTY_BYTES", context)};`,
    );
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
    for (const member of plan.members) printDecoderMember(file, member, context);
    for (const data of plan.data) printData(file, plan, data, context);
    printLength(file, plan);
    const dataJson = plan.data.map((data) => `${objectKey(data.name)}: ${dataValue(file, data, context)}`);
    printToJson(file, plan.members, context, dataJson);
  });
}

function printWrapWithHeader(file: SourceFile, plan: MessagePlan, context: PrintContext): void {
  const { token, header, littleEndian } = plan;
  const name = JSON.stringify(token.name);
  const read = (at: number) => `view.getUint16(${plus("offset", at)}, ${littleEndian})`;
  file.doc(
    "Places the flyweight on a frame of `length` octets that starts with a header at `offset`.",
    "Throws `sbe.truncated`, `sbe.wrong-template` or `sbe.wrong-schema`. A newer version is accepted: what it added is skipped.",
  );
  file.block("wrapAndApplyHeader(view: DataView, offset: number, length: number): this", () => {
    file.line("const end = offset + length;");
    file.block(`if (!(offset >= 0 && length >= ${header.size} && end <= view.byteLength))`, () =>
      file.line(
        `${useRuntime(file, "throwTruncated", context)}(${name}, offset, ${header.size}, Math.min(end, view.byteLength));`,
      ),
    );
    file.line(`const templateId = ${read(header.templateId)};`);
    file.line(
      `if (templateId !== ${token.id}) ${useRuntime(file, "throwWrongTemplate", context)}(${name}, ${token.id}, templateId);`,
    );
    file.line(`const schemaId = ${read(header.schemaId)};`);
    file.line(
      `if (schemaId !== ${context.schema.id}) ${useRuntime(file, "throwWrongSchema", context)}(${name}, ${context.schema.id}, schemaId);`,
    );
    file.line(
      `return this.wrap(view, offset + ${header.size}, ${read(header.blockLength)}, ${read(header.version)}, end);`,
    );
  });
  file.line("");
}

function printWrap(file: SourceFile, plan: MessagePlan, context: PrintContext): void {
  const name = JSON.stringify(plan.token.name);
  const fail = useRuntime(file, "throwTruncated", context);
  file.doc(
    "Places the flyweight on a block whose length and version came in a header.",
    "Throws `sbe.truncated` when the block does not hold the required fields or does not lie within `end`.",
    "@param end first octet behind the frame",
  );
  file.line("wrap(", "  view: DataView,", "  offset: number,", "  actingBlockLength: number,");
  file.block("  actingVersion: number,\n    end = view.byteLength,\n  ): this", () => {
    file.block("if (view !== this.view)", () =>
      file.line("this.view = view;", `this.bytes = ${useRuntime(file, "bytesOf", context)}(view);`),
    );
    file.block(`if (!(actingBlockLength >= ${plan.requiredLength}))`, () =>
      file.line(`${fail}(${name}, offset, ${plan.requiredLength}, offset + actingBlockLength);`),
    );
    file.block("if (!(offset >= 0 && offset + actingBlockLength <= end && end <= view.byteLength))", () =>
      file.line(`${fail}(${name}, offset, actingBlockLength, Math.min(end, view.byteLength));`),
    );
    for (const name of ["offset", "end", "actingBlockLength", "actingVersion"])
      file.line(`this.${name} = ${name};`);
    file.line("return this;");
  });
  file.line("");
}

function printData(file: SourceFile, plan: MessagePlan, data: DataPlan, context: PrintContext): void {
  const { accessor, characterEncoding, prefixSize, token } = data;
  const at = data.prefixAt === "" ? "this.offset + this.actingBlockLength" : data.prefixAt;
  const length = `${useRuntime(file, "dataLength", context)}(this.view, at, this.end, ${prefixSize}, ${plan.littleEndian}, ${JSON.stringify(data.label)})`;
  const guard = (absent: string) =>
    token.sinceVersion > 0 ? [`if (this.actingVersion < ${token.sinceVersion}) return ${absent};`] : [];
  if (characterEncoding !== undefined) {
    file.doc(
      describeType(token.description, "Throws `sbe.truncated` when the frame ends before its last octet."),
    );
    file.block(`${accessor}(): string`, () => {
      file.line(...guard('""'), `const at = ${at};`, `const length = ${length};`);
      file.line(
        `return ${useRuntime(file, "decodeText", context)}(this.bytes, at + ${prefixSize}, length, ${JSON.stringify(characterEncoding)});`,
      );
    });
    file.line("");
  }
  file.doc("The octets in place: a window, valid as long as the buffer is.");
  file.block(`${accessor}Bytes(): Uint8Array`, () => {
    file.line(...guard("this.bytes.subarray(0, 0)"), `const at = ${at};`, `const length = ${length};`);
    file.line(`return this.bytes.subarray(at + ${prefixSize}, at + ${prefixSize} + length);`);
  });
  file.line("");
  file.doc("Where its octets start in `bytes`.");
  file.block(`${accessor}Start(): number`, () => file.line(...guard(at), `return ${at} + ${prefixSize};`));
  file.line("");
  file.doc("Its octets; throws `sbe.truncated` when the frame ends before the last of them.");
  file.block(`${accessor}Length(): number`, () =>
    file.line(...guard("0"), `const at = ${at};`, `return ${length};`),
  );
  file.line("");
  file.block(`private ${accessor}End(): number`, () =>
    file.line(`const at = ${at};`, ...guard("at"), `return at + ${prefixSize} + ${length};`),
  );
  file.line("");
}

function dataValue(
  file: SourceFile,
  { accessor, characterEncoding }: DataPlan,
  context: PrintContext,
): string {
  if (characterEncoding !== undefined) return `this.${accessor}()`;
  return `${useRuntime(file, "octetsToJson", context)}(this.${accessor}Bytes())`;
}

function printLength(file: SourceFile, plan: MessagePlan): void {
  const last = plan.data.at(-1);
  const end = last ? `this.${last.accessor}End()` : "this.offset + this.actingBlockLength";
  file.doc("Position of the first octet behind what this version knows of the message.");
  file.block("get limit(): number", () => file.line(`return ${end};`));
  file.line("");
  file.doc("Octets of block and data, without the header.");
  file.block("encodedLength(): number", () => file.line("return this.limit - this.offset;"));
  file.line("");
}

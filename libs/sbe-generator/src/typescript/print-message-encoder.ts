import { describeType } from "./documentation.js";
import type { DataPlan, MessagePlan } from "./message-plan.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { printEncoderMember } from "./print-encoder-member.js";
import { printConstantsOf } from "./print-message-constants.js";
import type { SourceFile } from "./source-file.js";
import { plus } from "./wire-access.js";

/** The class that writes a message. */
export function printMessageEncoder(file: SourceFile, plan: MessagePlan, context: PrintContext): void {
  const { token, className } = plan;
  file.doc(
    describeType(token.description, `Writes template ${token.id} in place; setters may come in any order.`),
    ...(token.deprecated === undefined ? [] : [`@deprecated since version ${token.deprecated}`]),
  );
  file.block(`export class ${className}Encoder`, () => {
    printConstantsOf(file, plan, context);
    file.line(
      `view: DataView = ${useRuntime(file, "EMPTY_VIEW", context)};`,
      `bytes: Uint8Array = ${useRuntime(file, "EMPTY_BYTES", context)};`,
    );
    file.doc("Where the block starts: behind the header.");
    file.line("offset = 0;", "");
    printWrapWithHeader(file, plan, context);
    printWrap(file, plan, context);
    for (const member of plan.members) printEncoderMember(file, member, context);
    plan.data.forEach((data, index) => {
      printData(file, plan, data, plan.data.slice(index + 1), context);
    });
    printLength(file, plan);
  });
}

/** Four uint16. */
const HEADER_MEMBERS_SIZE = 8;

/** Octets that an empty message takes behind its header: the block and the lengths of its data. */
function emptyLength({ token, data }: MessagePlan): number {
  return token.size + data.reduce((sum, { prefixSize }) => sum + prefixSize, 0);
}

function printWrapWithHeader(file: SourceFile, plan: MessagePlan, context: PrintContext): void {
  const { token, header, littleEndian } = plan;
  const room = header.size + emptyLength(plan);
  file.doc(
    "Writes the header, then zeros for the whole block and for the lengths of data: what is not set is 0, not null.",
    `Throws \`sbe.no-room\` unless ${room} octets lie between offset and the end of the view.`,
  );
  file.block("wrapAndApplyHeader(view: DataView, offset: number): this", () => {
    printPlacement(file, plan, "offset", room, context);
    // A header with more than the four members is zeroed with the rest, so that the caller may set them or not.
    const zeroFrom = header.size > HEADER_MEMBERS_SIZE ? 0 : header.size;
    file.line(
      `${useRuntime(file, "zeroOctets", context)}(view, ${plus("offset", zeroFrom)}, ${room - zeroFrom});`,
    );
    const members = [
      [header.blockLength, token.size],
      [header.templateId, token.id!],
      [header.schemaId, context.schema.id],
      [header.version, context.schema.version],
    ] as const;
    for (const [at, value] of members) {
      file.line(`view.setUint16(${plus("offset", at)}, ${value}, ${littleEndian});`);
    }
    file.line(`this.offset = offset + ${header.size};`, "return this;");
  });
  file.line("");
}

function printWrap(file: SourceFile, plan: MessagePlan, context: PrintContext): void {
  file.doc("Places the flyweight on a block that exists, to change some of its fields; writes nothing.");
  file.block("wrap(view: DataView, offset: number): this", () => {
    printPlacement(file, plan, "offset", plan.token.size, context);
    file.line("this.offset = offset;", "return this;");
  });
  file.line("");
}

function printPlacement(
  file: SourceFile,
  { token }: MessagePlan,
  offset: string,
  room: number,
  context: PrintContext,
): void {
  file.block("if (view !== this.view)", () =>
    file.line("this.view = view;", `this.bytes = ${useRuntime(file, "bytesOf", context)}(view);`),
  );
  file.block(`if (!(${offset} >= 0 && ${offset} + ${room} <= view.byteLength))`, () =>
    file.line(
      `${useRuntime(file, "throwNoRoom", context)}(${JSON.stringify(token.name)}, ${offset}, ${room}, view.byteLength);`,
    ),
  );
}

function printData(
  file: SourceFile,
  plan: MessagePlan,
  data: DataPlan,
  following: readonly DataPlan[],
  context: PrintContext,
): void {
  const { accessor, characterEncoding, bytesMax, prefixSize, token } = data;
  const label = JSON.stringify(data.label);
  const at = data.prefixAt === "" ? plus("this.offset", plan.token.size) : data.prefixAt;
  const order = [
    `At most ${bytesMax} octets.`,
    ...(following.length > 0 ? ["Empties the data behind it: write data in schema order."] : []),
  ];
  const finish = (write: string) => {
    if (following.length === 0) file.line(`${write};`);
    else file.line(`let end = ${write};`);
    const zero = () => useRuntime(file, "writeDataLength", context);
    for (const next of following) {
      file.line(
        `end = ${zero()}(this.view, end, ${next.prefixSize}, ${plan.littleEndian}, ${JSON.stringify(next.label)});`,
      );
    }
    file.line("return this;");
  };
  if (characterEncoding !== undefined) {
    file.doc(describeType(token.description, order.join(" ")));
    file.block(`${accessor}(value: string): this`, () => {
      const write = useRuntime(file, "writeDataText", context);
      finish(
        `${write}(this.view, this.bytes, ${at}, ${prefixSize}, ${plan.littleEndian}, ${bytesMax}, value, ${JSON.stringify(characterEncoding)}, ${label})`,
      );
    });
    file.line("");
  }
  file.doc(`Octets source[start, start + length). ${order.join(" ")}`);
  file.block(`${accessor}Bytes(source: Uint8Array, start: number, length: number): this`, () => {
    const write = useRuntime(file, "writeDataBytes", context);
    finish(
      `${write}(this.view, this.bytes, ${at}, ${prefixSize}, ${plan.littleEndian}, ${bytesMax}, source, start, length, ${label})`,
    );
  });
  file.line("");
  file.block(`private ${accessor}End(): number`, () => {
    file.line(
      `const at = ${at};`,
      `return at + ${prefixSize} + ${useRuntime(file, "dataLength", context)}(this.view, at, this.view.byteLength, ${prefixSize}, ${plan.littleEndian}, ${label});`,
    );
  });
  file.line("");
}

function printLength(file: SourceFile, plan: MessagePlan): void {
  const last = plan.data.at(-1);
  file.doc("Position of the first octet behind the message.");
  file.block("get limit(): number", () =>
    file.line(`return ${last ? `this.${last.accessor}End()` : plus("this.offset", plan.token.size)};`),
  );
  file.line("");
  file.doc("Octets of block and data, without the header.");
  file.block("encodedLength(): number", () => file.line("return this.limit - this.offset;"));
}

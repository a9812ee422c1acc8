import type { Token } from "../ir/token.js";
import type { HeaderPlan, MessagePlan } from "./message-plan.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import type { SourceFile } from "./source-file.js";
import { plus, WireAccess } from "./wire-access.js";

/** Octets of the four members, as far as they are on the wire. */
function membersSize({ blockLength, templateId, schemaId, version }: HeaderPlan): number {
  return [blockLength, templateId, schemaId, version].reduce((sum, { size }) => sum + size, 0);
}

/** Whether a header is the usual one in little-endian order: two words hold its four members. */
export function hasUsualHeader(plan: MessagePlan): boolean {
  const { header, littleEndian } = plan;
  const members = [header.blockLength, header.templateId, header.schemaId, header.version];
  return (
    littleEndian &&
    header.size === 8 &&
    members.every(
      ({ primitive, offset, presence }, index) =>
        primitive === "uint16" && presence !== "constant" && offset === index * 2,
    )
  );
}

/** Statements that write the header at `offset` of `view`. */
export function headerWrites(plan: MessagePlan, { schema }: PrintContext): readonly string[] {
  const { header, token, elements } = plan;
  if (hasUsualHeader(plan)) {
    const word = (low: number, high: number) => (low | (high << 16)) >> 0;
    return [
      `view.setInt32(offset, ${word(token.size, token.id!)}, true);`,
      `view.setInt32(offset + 4, ${word(schema.id, schema.version)}, true);`,
    ];
  }
  const members: (readonly [Token, number])[] = [
    [header.blockLength, token.size],
    [header.templateId, token.id!],
    [header.schemaId, schema.id],
    [header.version, schema.version],
    ...header.counts.map(
      (member) =>
        [
          member,
          elements.filter(({ kind }) => (kind === "group") === (member.name === "numGroups")).length,
        ] as const,
    ),
  ];
  return members
    .filter(([member]) => member.presence !== "constant")
    .map(([member, value]) => {
      const wire = new WireAccess(member, "view");
      return `${wire.write(plus("offset", member.offset), wire.literal(String(value)))};`;
    });
}

/** Octets in front of the block that have to be zeroed: a header with more than its four members may hold anything. */
export function headerZeroed({ header }: MessagePlan): number {
  return header.size > membersSize(header) ? header.size : 0;
}

/**
 * Statements for the usual header: two words hold it, and one condition accepts a frame. What is wrong with one that is
 * not accepted is found out elsewhere, so that this stays short.
 */
export function printUsualHeaderReads(
  file: SourceFile,
  { token, requiredLength }: MessagePlan,
  keepsVersion: boolean,
  context: PrintContext,
): void {
  const { id } = context.schema;
  const limits = `${JSON.stringify(token.name)}, ${token.id}, ${id}, ${requiredLength}`;
  file.line(
    "const at = offset + 8;",
    "const first = view.getInt32(offset, true);",
    "const second = view.getInt32(offset + 4, true);",
    "const actingBlockLength = first & 0xffff;",
  );
  file.block(
    `if (first >>> 16 !== ${token.id} || (second & 0xffff) !== ${id} || actingBlockLength < ${requiredLength} || at + actingBlockLength > end)`,
    () => file.line(`${useRuntime(file, "refuseFrame", context)}(${limits}, first, second, at, end);`),
  );
  if (keepsVersion) file.line("const actingVersion = second >>> 16;");
}

/** Statements that read the header at `offset` of `view`, check it, and leave block length and version as constants; the version only if asked. */
export function printHeaderReads(
  file: SourceFile,
  plan: MessagePlan,
  keepsVersion: boolean,
  context: PrintContext,
): void {
  const { header, token } = plan;
  const name = JSON.stringify(token.name);
  const fail = (what: "Template" | "Schema") => useRuntime(file, `throwWrong${what}`, context);
  const { id } = context.schema;
  const read = (member: Token) => {
    const wire = new WireAccess(member, "view");
    if (member.presence === "constant") return member.constant!;
    const value = wire.read(plus("offset", member.offset));
    return wire.isWide ? `Number(${value})` : value;
  };
  if (header.templateId.presence !== "constant") {
    file.line(
      `const templateId = ${read(header.templateId)};`,
      `if (templateId !== ${token.id}) ${fail("Template")}(${name}, ${token.id}, templateId);`,
    );
  }
  if (header.schemaId.presence !== "constant") {
    file.line(
      `const schemaId = ${read(header.schemaId)};`,
      `if (schemaId !== ${id}) ${fail("Schema")}(${name}, ${id}, schemaId);`,
    );
  }
  file.line(`const actingBlockLength = ${read(header.blockLength)};`);
  if (keepsVersion) file.line(`const actingVersion = ${read(header.version)};`);
}

import { describeType } from "./documentation.js";
import type { DataPlan, GroupPlan, LevelPlan, MessagePlan } from "./message-plan.js";
import { objectKey } from "./names.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { lengthRead, skipFunction } from "./print-skip.js";
import type { SourceFile } from "./source-file.js";

/**
 * Groups and data of one level. Each finds its place by walking over what is in front of it; the ends of groups are
 * remembered, so that a frame is walked over once. Hence reading needs no order.
 */
export function printElementReaders(
  file: SourceFile,
  level: LevelPlan,
  message: MessagePlan,
  context: PrintContext,
): void {
  let start = "this.offset + this.actingBlockLength";
  for (const element of level.elements) {
    if (element.kind === "group") printGroup(file, element, start);
    else printData(file, element, start, message, context);
    start = `this.${element.accessor}End()`;
  }
}

/** Expression of the first octet behind a level. */
export function elementsEnd({ elements }: LevelPlan): string {
  const last = elements.at(-1);
  return last ? `this.${last.accessor}End()` : "this.offset + this.actingBlockLength";
}

/** Statements that forget the ends of groups when the flyweight moves. */
export function resetOfEnds({ elements }: LevelPlan): readonly string[] {
  return elements.filter(({ kind }) => kind === "group").map(({ accessor }) => `this.${accessor}EndAt = -1;`);
}

/** Entries of the JSON of a level. */
export function elementsJson(
  file: SourceFile,
  { elements }: LevelPlan,
  context: PrintContext,
): readonly string[] {
  return elements.map((element) => {
    const key = objectKey(element.name);
    if (element.kind === "group") return `${key}: this.${element.accessor}().toJSON()`;
    if (element.characterEncoding !== undefined) return `${key}: this.${element.accessor}()`;
    return `${key}: ${useRuntime(file, "octetsToJson", context)}(this.${element.accessor}Bytes())`;
  });
}

function printGroup(file: SourceFile, group: GroupPlan, start: string): void {
  const { accessor, className, token } = group;
  const since = token.sinceVersion;
  file.line(
    `private readonly ${accessor}Group = new ${className}Decoder();`,
    `private ${accessor}EndAt = -1;`,
    "",
  );
  file.doc(
    describeType(
      token.description,
      `The entries, before the first${since > 0 ? `; none before version ${since}` : ""}. The same flyweight on every call.`,
    ),
  );
  file.block(`${accessor}(): ${className}Decoder`, () => {
    file.line(`const at = ${start};`);
    if (since > 0)
      file.line(
        `if (this.actingVersion < ${since}) return this.${accessor}Group.wrapAbsent(this.view, this.bytes);`,
      );
    file.line(`return this.${accessor}Group.wrap(this.view, this.bytes, at, this.end, this.actingVersion);`);
  });
  file.line("");
  file.block(`private ${accessor}End(): number`, () => {
    file.block(`if (this.${accessor}EndAt < 0)`, () => {
      file.line(`const at = ${start};`);
      const skip = `${skipFunction(group)}(this.view, at, this.end, this.actingVersion)`;
      file.line(
        `this.${accessor}EndAt = ${since > 0 ? `this.actingVersion < ${since} ? at : ${skip}` : skip};`,
      );
    });
    file.line(`return this.${accessor}EndAt;`);
  });
  file.line("");
}

function printData(
  file: SourceFile,
  data: DataPlan,
  at: string,
  { littleEndian }: MessagePlan,
  context: PrintContext,
): void {
  const { accessor, characterEncoding, prefixSize, token } = data;
  const length = lengthRead(file, data, ["this.view", "at", "this.end"], littleEndian, context);
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

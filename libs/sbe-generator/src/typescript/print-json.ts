import type { Member } from "./member.js";
import { className, objectKey, propertyName } from "./names.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { enumNullName, useType } from "./print-types.js";
import type { SourceFile } from "./source-file.js";
import { WireAccess } from "./wire-access.js";

/** The `toJSON` method: every field in schema order, constants included. */
export function printToJson(
  file: SourceFile,
  members: readonly Member[],
  context: PrintContext,
  further: readonly string[] = [],
  name = "toJSON",
): void {
  file.doc(
    "Every field in schema order: 64-bit integers as text, enums by name, sets as lists of names, nulls as null.",
  );
  file.block(`${name}(): Record<string, unknown>`, () => {
    file.line("return {");
    for (const member of members) file.line(`  ${objectKey(member.name)}: ${jsonOf(file, member, context)},`);
    for (const entry of further) file.line(`  ${entry},`);
    file.line("};");
  });
}

function jsonOf(file: SourceFile, member: Member, context: PrintContext): string {
  const { accessor, type, kind } = member;
  const call = `this.${accessor}()`;
  const nullable = member.optional || member.absent !== undefined;
  switch (kind) {
    case "composite":
      return nullable ? `${call}?.toJSON() ?? null` : `${call}.toJSON()`;
    case "text":
      return member.absent === undefined ? call : `${member.absent} ? null : ${call}`;
    case "set":
      return setJson(file, member, context, nullable);
    case "array": {
      const elements = `Array.from({ length: ${type.length} }, (_, index) => ${scalar(file, `this.${accessor}(index)`, type.primitive!, context)})`;
      return member.absent === undefined ? elements : `${member.absent} ? null : ${elements}`;
    }
    default:
      break;
  }
  if (type.signal === "beginEnum") return enumJson(file, member, context);
  if (kind === "constant" && type.length !== 1) return call;
  return scalar(file, call, type.primitive!, context);
}

function scalar(file: SourceFile, value: string, primitive: string, context: PrintContext): string {
  if (primitive === "char") return `${useRuntime(file, "charToJson", context)}(${value})`;
  if (primitive.endsWith("64")) return `${useRuntime(file, "wideToJson", context)}(${value})`;
  if (primitive === "float" || primitive === "double")
    return `${useRuntime(file, "floatToJson", context)}(${value})`;
  return value;
}

function enumJson(file: SourceFile, { accessor, type }: Member, context: PrintContext): string {
  const typeName = type.typeName!;
  const nameOf = useType(file, `${propertyName(typeName)}Name`, typeName);
  const nullName = useType(file, enumNullName(typeName), typeName);
  const enumToJson = useRuntime(file, "enumToJson", context);
  return `${enumToJson}(this.${accessor}(), ${nameOf}(this.${accessor}()), ${nullName})`;
}

function setJson(
  file: SourceFile,
  { accessor, type }: Member,
  context: PrintContext,
  nullable: boolean,
): string {
  const constants = useType(file, className(type.typeName!), type.typeName!);
  const wide = new WireAccess(type).isWide;
  const convert = useRuntime(file, wide ? "wideSetToJson" : "setToJson", context);
  const json = `${convert}(this.${accessor}()${nullable ? "!" : ""}, ${constants})`;
  return nullable ? `this.${accessor}() === null ? null : ${json}` : json;
}

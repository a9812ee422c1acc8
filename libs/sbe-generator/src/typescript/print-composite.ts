import type { TokenNode } from "../ir/token-tree.js";
import { describeType } from "./documentation.js";
import { compositeMembers, hasVersions, type Member } from "./member.js";
import { className, MemberNames } from "./names.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { printDecoderMember } from "./print-decoder-member.js";
import { printEncoderMember } from "./print-encoder-member.js";
import { printToJson } from "./print-json.js";
import { printRenew, printViews } from "./print-placement.js";
import type { SourceFile } from "./source-file.js";

/** Encoder and decoder of a composite: flyweights placed by the message that holds it. */
export function printComposite(file: SourceFile, node: TokenNode, context: PrintContext): void {
  const members = compositeMembers(node, new MemberNames());
  printClass(file, node, "Encoder", members, context);
  file.line("");
  printClass(file, node, "Decoder", members, context);
}

function printClass(
  file: SourceFile,
  node: TokenNode,
  role: "Encoder" | "Decoder",
  members: readonly Member[],
  context: PrintContext,
): void {
  const { token } = node;
  const keepsVersion = role === "Decoder" && hasVersions(node);
  const version = context.schema.version;
  const verb = role === "Encoder" ? "Writes" : "Reads";
  file.doc(
    describeType(token.description, `${verb} the ${token.size} octets of ${token.typeName} in place.`),
  );
  file.block(`export class ${className(token.typeName!)}${role}`, () => {
    file.line(`static readonly ENCODED_LENGTH = ${token.size};`, "");
    printViews(file, context);
    file.line("offset = 0;");
    if (keepsVersion) {
      file.doc("Schema version of the writer: members that came later are absent.");
      file.line(`actingVersion = ${version};`);
    }
    file.line("");
    printRenew(file, context);
    file.doc(
      `Places the flyweight; throws \`sbe.${role === "Encoder" ? "no-room" : "truncated"}\` when it does not fit the view.`,
    );
    const parameters = `view: DataView, offset: number${keepsVersion ? `, actingVersion = ${version}` : ""}`;
    file.block(`wrap(${parameters}): this`, () => {
      const fail = useRuntime(file, role === "Encoder" ? "throwNoRoom" : "throwTruncated", context);
      file.line("if (view !== this.view) this.renew(view);");
      file.block(`if (!(offset >= 0 && offset + ${token.size} <= view.byteLength))`, () =>
        file.line(`${fail}(${JSON.stringify(token.typeName)}, offset, ${token.size}, view.byteLength);`),
      );
      file.line(
        "this.offset = offset;",
        ...(keepsVersion ? ["this.actingVersion = actingVersion;"] : []),
        "return this;",
      );
    });
    file.line("");
    for (const member of members) {
      if (role === "Encoder") printEncoderMember(file, member, context);
      else printDecoderMember(file, member, context);
    }
    if (role === "Decoder") printToJson(file, members, context);
  });
}

import type { MessagePlan } from "./message-plan.js";
import type { PrintContext } from "./print-context.js";
import type { SourceFile } from "./source-file.js";

/** Numbers of a message, on the class and on its instances. */
export function printConstantsOf(file: SourceFile, plan: MessagePlan, { schema }: PrintContext): void {
  const { token, header } = plan;
  const constants = [
    ["BLOCK_LENGTH", token.size],
    ["TEMPLATE_ID", token.id!],
    ["SCHEMA_ID", schema.id],
    ["SCHEMA_VERSION", schema.version],
    ["HEADER_LENGTH", header.size],
    ["ENCODED_LENGTH", header.size + token.size],
  ] as const;
  for (const [name, value] of constants) file.line(`static readonly ${name} = ${value};`);
  file.line("");
  for (const [name, value] of constants) {
    file.block(`get ${name}(): number`, () => file.line(`return ${value};`));
  }
  file.line("");
}

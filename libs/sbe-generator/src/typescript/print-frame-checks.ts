import type { MessagePlan } from "./message-plan.js";
import { type PrintContext, useRuntime } from "./print-context.js";
import { hasUsualHeader, printHeaderReads, printUsualHeaderReads } from "./print-header.js";
import type { SourceFile } from "./source-file.js";
import { plus } from "./wire-access.js";

/**
 * Statements that refuse a frame which is of another message or not whole, and leave `at`, `end`, `actingBlockLength` and
 * `actingVersion` (where it is kept) as constants.
 */
export function printFrameChecks(
  file: SourceFile,
  plan: MessagePlan,
  keepsVersion: boolean,
  context: PrintContext,
): void {
  const { token, header } = plan;
  const name = JSON.stringify(token.name);
  file.line("const end = offset + length;");
  file.block(`if (!(offset >= 0 && length >= ${header.size} && end <= view.byteLength))`, () =>
    file.line(`${useRuntime(file, "throwTruncated", context)}(${name}, offset, ${header.size}, end);`),
  );
  if (hasUsualHeader(plan)) {
    printUsualHeaderReads(file, plan, keepsVersion, context);
  } else {
    printHeaderReads(file, plan, keepsVersion, context);
    file.line(`const at = ${plus("offset", header.size)};`);
    printBlockChecks(file, plan, "at", "at + actingBlockLength <= end", "end", context);
  }
}

/** Statements that refuse a block which lacks required fields or does not lie within the frame. */
export function printBlockChecks(
  file: SourceFile,
  { token, requiredLength }: MessagePlan,
  at: string,
  within: string,
  end: string,
  context: PrintContext,
): void {
  const name = JSON.stringify(token.name);
  const fail = useRuntime(file, "throwTruncated", context);
  file.block(`if (!(actingBlockLength >= ${requiredLength}))`, () =>
    file.line(`${fail}(${name}, ${at}, ${requiredLength}, ${at} + actingBlockLength);`),
  );
  file.block(`if (!(${within}))`, () => file.line(`${fail}(${name}, ${at}, actingBlockLength, ${end});`));
}

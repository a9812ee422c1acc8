import type { ImsError } from "@ims/common";
import { fail } from "../errors.js";
import type { PendingAppend } from "./append-queue.js";
import type { LogContext } from "./log-context.js";

/**
 * What a record handed to a log says of itself.
 * @param nextOffset the offset that it must begin with
 * @returns `log.record-invalid` for one that is not whole or does not continue the log
 */
export function checkedAppend(
  { format, directory }: LogContext,
  record: Uint8Array,
  nextOffset: number,
): Omit<PendingAppend, "resolve" | "reject"> | ImsError {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const isWhole = record.length >= format.headerBytes && record.length <= format.recordBytesMax;
  if (!isWhole || format.recordBytes(view, 0) !== record.length) {
    return fail("log.record-invalid", `a record of ${record.length} bytes for ${directory} is not whole`);
  }
  const baseOffset = format.baseOffset(view, 0);
  const messageCount = format.messageCount(view, 0);
  if (baseOffset !== nextOffset || messageCount < 1) {
    return fail(
      "log.record-invalid",
      `a record for ${directory} carries offset ${baseOffset} and ${messageCount} messages where offset ${nextOffset} is next`,
    );
  }
  return { record, baseOffset, messageCount, timestampMicros: format.timestampMicros(view, 0) };
}

import { asObject, type ControlReply, type JsonObject } from "@ims/integration-kit";

/**
 * Reads the answer to a control message [Live Subscribing/Unsubscribing to streams], undefined if the record is none. Errors are documented as `{"code":2,"msg":"…","id":…}` and were seen
 * on the wire as `{"error":{"code":2,"msg":"…"},"id":…}`.
 */
export function readControlReply(record: JsonObject): ControlReply | undefined {
  if (Object.hasOwn(record, "e") || Object.hasOwn(record, "stream")) return undefined;
  const id = typeof record.id === "number" || typeof record.id === "string" ? record.id : null;
  const error = asObject(record.error) ?? (Object.hasOwn(record, "code") ? record : undefined);
  if (error) {
    const code = typeof error.code === "number" ? error.code : -1;
    return { id, error: { code, message: typeof error.msg === "string" ? error.msg : "no message" } };
  }
  return Object.hasOwn(record, "result") ? { id, error: undefined } : undefined;
}

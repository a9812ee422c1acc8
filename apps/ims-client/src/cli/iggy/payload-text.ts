import { Decimal, exchangeName, isImsError } from "@ims/common";
import { decodeRecord, peekSchemaId, peekTemplateId, type StreamRecord, v2 } from "@ims/sbe";
import { jsonLine } from "./listing.js";

export const DECODINGS = ["auto", "sbe", "text", "json", "hex"] as const;
export type Decoding = (typeof DECODINGS)[number];

/** A payload made readable. */
export interface ReadablePayload {
  /** `trade`, `bar` and so on for records, else how it was read. */
  readonly kind: string;
  /** For JSON output; bytes as hexadecimal text. */
  readonly value: unknown;
  /** For one line of a table. */
  readonly text: string;
}

/** Both schema versions have this one. */
const { SCHEMA_ID } = v2;
const HEX_TABLE_BYTES = 48;
/** Text has no control characters but these. */
const LAYOUT = /[\t\r\n]/g;
const CONTROL = /\p{Cc}/u;

/**
 * Reads a payload as it was asked for. `auto` tries what a payload says of itself: our SBE schemas by their id, then
 * JSON, then text, then bytes. What cannot be read as asked is shown as bytes, with the reason as its kind.
 */
export function readPayload(payload: Uint8Array, decoding: Decoding): ReadablePayload {
  switch (decoding) {
    case "hex":
      return hex(payload, "bytes");
    case "sbe":
      return sbe(payload) ?? hex(payload, "not SBE");
    case "json":
      return json(payload) ?? hex(payload, "not JSON");
    case "text":
      return text(payload) ?? hex(payload, "not text");
    case "auto":
      return sbe(payload) ?? json(payload) ?? text(payload) ?? hex(payload, "bytes");
  }
}

function sbe(payload: Uint8Array): ReadablePayload | undefined {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (peekSchemaId(view, 0, payload.length) !== SCHEMA_ID) return undefined;
  try {
    const record = decodeRecord(view, 0, payload.length);
    if (record === undefined) return hex(payload, `template ${peekTemplateId(view, 0, payload.length)}`);
    return { kind: record.type, value: record, text: recordText(record) };
  } catch (error) {
    // Other bytes may happen to have the schema's number at its place.
    if (isImsError(error)) return undefined;
    throw error;
  }
}

/** The fields of a record on one line: the subject first, then what is a value of its own. */
function recordText(record: StreamRecord): string {
  const { type: _type, schemaVersion: _version, ...fields } = record;
  const { exchangeId, symbol, ...rest } = fields as typeof fields & { exchangeId?: number; symbol?: string };
  const parts = [exchangeId ? exchangeName(exchangeId) : undefined, symbol].filter((part) => part);
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined || name === "flags" || name.endsWith("Micros")) continue;
    if (value instanceof Decimal) parts.push(`${name} ${value.toString()}`);
    else if (Array.isArray(value)) parts.push(`${name} ×${value.length}`);
    else if (typeof value !== "object") parts.push(`${name} ${value}`);
  }
  return parts.join("  ");
}

function json(payload: Uint8Array): ReadablePayload | undefined {
  const first = payload.find((byte) => byte > 0x20);
  // Numbers and words alone are text to a reader.
  if (first !== 0x7b && first !== 0x5b) return undefined;
  try {
    const value: unknown = JSON.parse(utf8(payload));
    return { kind: "json", value, text: jsonLine(value).trimEnd() };
  } catch {
    return undefined;
  }
}

function text(payload: Uint8Array): ReadablePayload | undefined {
  try {
    const value = utf8(payload);
    return CONTROL.test(value.replace(LAYOUT, ""))
      ? undefined
      : { kind: "text", value, text: value.replace(/\s*[\r\n]+\s*/g, " ⏎ ") };
  } catch {
    return undefined;
  }
}

function hex(payload: Uint8Array, kind: string): ReadablePayload {
  const value = Buffer.from(payload).toString("hex");
  const isCut = payload.length > HEX_TABLE_BYTES;
  return {
    kind,
    value,
    text: isCut ? `${value.slice(0, 2 * HEX_TABLE_BYTES)}… ${payload.length} bytes` : value,
  };
}

/** @throws TypeError for bytes that are no UTF-8 */
function utf8(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

import { extname } from "node:path";
import { Readable } from "node:stream";
import { isImsError } from "@ims/common";
import { decodeRecord } from "@ims/sbe";
import { splitFrames, splitLines } from "../iggy/split-input.js";
import { fail } from "./filter-errors.js";

/** A record with the time at which the broker stored it. */
export interface InputRecord {
  readonly bytes: Uint8Array;
  /** Microseconds since 1970. */
  readonly timeMicros: number;
}

const HEX = /^(?:[0-9a-f]{2})+$/i;

/**
 * The records of a recording: lines of `ims tail … --decode hex --json` where the name ends with .jsonl, else frames of a
 * length in four octets, little-endian, and a record. A frame's time is the one at which its record was published.
 * @throws ImsError (rejected) `filter.bad-input` naming the line
 */
export async function readRecords(name: string, content: Uint8Array): Promise<InputRecord[]> {
  const input = Readable.from([content]);
  const records: InputRecord[] = [];
  if (extname(name) !== ".jsonl") {
    for await (const bytes of splitFrames(input)) records.push({ bytes, timeMicros: publishMicros(bytes) });
    return records;
  }
  for await (const line of splitLines(input)) records.push(lineRecord(line, records.length + 1, name));
  return records;
}

function lineRecord(line: Uint8Array, number: number, name: string): InputRecord {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
  } catch (error) {
    throw fail("filter.bad-input", `record ${number} of ${name} is no JSON in UTF-8`, { cause: error });
  }
  const { payload, timestampMicros = 0 } = (value ?? {}) as { payload?: unknown; timestampMicros?: unknown };
  if (typeof payload !== "string" || !HEX.test(payload)) {
    const hint = typeof payload === "object" ? ": it was decoded, add --decode hex" : "";
    throw fail("filter.bad-input", `record ${number} of ${name} has no payload of hexadecimal digits${hint}`);
  }
  if (!Number.isSafeInteger(timestampMicros)) {
    throw fail("filter.bad-input", `record ${number} of ${name} has no whole number as timestampMicros`);
  }
  return { bytes: Buffer.from(payload, "hex"), timeMicros: timestampMicros as number };
}

function publishMicros(bytes: Uint8Array): number {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const record = decodeRecord(view, 0, bytes.length);
    return record !== undefined && "publishMicros" in record ? (record.publishMicros ?? 0) : 0;
  } catch (error) {
    // What is no record of ours is for the filter to judge.
    if (isImsError(error)) return 0;
    throw error;
  }
}

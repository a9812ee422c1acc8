import { isImsError } from "@ims/common";
import { decodeRecord } from "../records/decode-record.js";
import { readHeader } from "../runtime/message-header.js";
import type { DecoderUnderTest } from "./subjects.js";

/** What reading an input came to: a value, a typed error, or a fault of the decoder. */
export interface Outcome {
  readonly kind: "value" | "refusal" | "fault";
  /** JSON of the value, `code: message` of an error. */
  readonly text: string;
  /** Code of a refusal. */
  readonly code: string;
}

/** How much of a decoder a reading uses. */
export interface Reading {
  /** Getters to call besides, each on its own: the number, word, octet and position forms of fields. */
  readonly getters?: readonly string[];
  /** Also as a record of the domain. */
  readonly record?: boolean;
}

/** Reads the window of `length` octets at `offset`; never throws. */
export function readOutcome(
  decoder: DecoderUnderTest,
  view: DataView,
  offset: number,
  length: number,
  { getters, record = false }: Reading = {},
): Outcome {
  try {
    decoder.wrapAndApplyHeader(view, offset, length);
    let text = `${JSON.stringify(decoder.toJSON())} ${decoder.limit - offset} ${decoder.skip() - offset}`;
    if (getters !== undefined) text += readGetters(decoder, getters);
    if (record) text += ` ${readRecord(view, offset, length)}`;
    return { kind: "value", text, code: "" };
  } catch (error) {
    return refusalOf(error);
  }
}

/** The input as any reader of a topic takes it: by its header alone; never throws. */
export function recordOutcome(view: DataView, offset: number, length: number): Outcome {
  try {
    const header = readHeader(view, offset, length);
    return { kind: "value", text: `${JSON.stringify(header)} ${readRecord(view, offset, length)}`, code: "" };
  } catch (error) {
    return refusalOf(error);
  }
}

/**
 * A typed error as a refusal, any other as a fault.
 *
 * @param code of errors that are typed in another way than those of the project
 */
export function refusalOf(error: unknown, code = isImsError(error) ? error.code : undefined): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  if (code !== undefined) return { kind: "refusal", text: `${code}: ${message}`, code };
  return { kind: "fault", text: error instanceof Error ? `${error.name}: ${message}` : message, code: "" };
}

function readRecord(view: DataView, offset: number, length: number): string {
  return JSON.stringify(decodeRecord(view, offset, length), jsonOf);
}

function jsonOf(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function readGetters(decoder: DecoderUnderTest, getters: readonly string[]): string {
  let text = "";
  for (const name of getters) {
    const getter = (decoder as unknown as Readonly<Record<string, () => unknown>>)[name]!;
    try {
      text += `;${JSON.stringify(getter.call(decoder), jsonOf)}`;
    } catch (error) {
      if (!isImsError(error)) throw error;
      text += `;${error.code}`;
    }
  }
  return text;
}

import { HEADER_LENGTH } from "../runtime/message-header.js";
import { type Outcome, refusalOf } from "./outcome.js";
import type { Subject } from "./subjects.js";

/**
 * A decoder that works from the tokens of a schema, without generated code, and reads the message that the header
 * names. It stands behind an interface since this library may not know the generator.
 */
export interface TokenDecoder {
  /** Throws errors with a code that begins with `sbe.`. */
  decode(
    bytes: Uint8Array,
    offset: number,
  ): { readonly message: string; readonly values: unknown; readonly length: number };
}

/** By schema version as in the names of subjects: `v1`, `v2`. */
export type TokenDecoders = Readonly<Record<string, TokenDecoder>>;

/** Reads what stands at `offset` and ends with `bytes`, without generated code; never throws. */
export function tokenOutcome(decoder: TokenDecoder, bytes: Uint8Array, offset: number): Outcome {
  try {
    const { message, values, length } = decoder.decode(bytes, offset);
    return { kind: "value", text: `${message} ${JSON.stringify(values)} ${length}`, code: "" };
  } catch (error) {
    return refusalOf(error, isCodecError(error) ? error.code : undefined);
  }
}

function isCodecError(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("sbe.")
  );
}

/** Generated decoders of one schema version by template id, read as a decoder of tokens reads. */
export class CodeByTemplate {
  private readonly subjects: ReadonlyMap<number, Subject>;

  constructor(subjects: readonly Subject[]) {
    this.subjects = new Map(subjects.map((subject) => [subject.templateId, subject]));
  }

  /**
   * Undefined when no message has the template that the header names, so that no generated code would be asked. A fault
   * when reading at once and reading by getters do not both give a value or both refuse.
   */
  read(view: DataView, offset: number, length: number): Outcome | undefined {
    const templateId = length < HEADER_LENGTH ? undefined : view.getUint16(offset + 2, true);
    // Without a header any decoder must refuse.
    const subject = templateId === undefined ? [...this.subjects.values()][0] : this.subjects.get(templateId);
    if (subject === undefined) return undefined;
    const outcome = plainOutcome(subject, view, offset, length);
    const bulk = bulkOutcome(subject, view, offset, length);
    if (bulk.kind === outcome.kind) return outcome;
    const text = `reading at once and by getters differ: ${shown(bulk)} | ${shown(outcome)}`;
    return { kind: "fault", text, code: "" };
  }
}

function plainOutcome(
  { decoder, messageName }: Subject,
  view: DataView,
  offset: number,
  length: number,
): Outcome {
  try {
    decoder.wrapAndApplyHeader(view, offset, length);
    const values = JSON.stringify(decoder.toJSON());
    return { kind: "value", text: `${messageName} ${values} ${decoder.limit - offset}`, code: "" };
  } catch (error) {
    return refusalOf(error);
  }
}

function bulkOutcome({ bulkDecode }: Subject, view: DataView, offset: number, length: number): Outcome {
  try {
    bulkDecode(view, offset, length);
    return { kind: "value", text: "values", code: "" };
  } catch (error) {
    return refusalOf(error);
  }
}

/** Why two ways of reading one input do not agree: one gives a value and the other none, or other values. */
export function disagreement(tokens: Outcome, code: Outcome | undefined): string | undefined {
  if (tokens.kind === "fault") return `reading by tokens throws ${tokens.text}`;
  if (code === undefined) {
    return tokens.kind === "value" ? `tokens read an unknown template: ${shown(tokens)}` : undefined;
  }
  if (code.kind === "fault") return `it throws ${code.text}`;
  if (tokens.kind === code.kind && (tokens.kind === "refusal" || tokens.text === code.text)) return undefined;
  return `tokens and generated code differ: ${shown(tokens)} | ${shown(code)}`;
}

function shown({ text }: Outcome): string {
  return text.slice(0, 200);
}

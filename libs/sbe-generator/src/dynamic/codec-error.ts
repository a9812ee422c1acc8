/**
 * - `sbe.truncated`: a frame ends before what it must hold
 * - `sbe.unknown-template`: no message of the schema has the frame's template id
 * - `sbe.wrong-schema`: the frame's schema id is another
 * - `sbe.count-too-large`: a group counts more entries than its dimension or the bound on empty entries allows
 * - `sbe.length-too-large`: data is longer than the maximum of its length
 * - `sbe.invalid-value`: a value to write is missing, of the wrong form, or does not fit
 * - `sbe.unknown-message`: no message of the schema has the name
 */
export type CodecErrorCode =
  | "sbe.truncated"
  | "sbe.unknown-template"
  | "sbe.wrong-schema"
  | "sbe.count-too-large"
  | "sbe.length-too-large"
  | "sbe.invalid-value"
  | "sbe.unknown-message";

/** A frame that cannot be read, or values that cannot be written; `code` says why. */
export class CodecError extends Error {
  override readonly name = "CodecError";

  constructor(
    readonly code: CodecErrorCode,
    /** Path of the element within the message, such as `Car.fuelFigures[2].speed`. */
    readonly path: string,
    problem: string,
    advice: string,
  ) {
    super(`${path}: ${problem}. ${advice}.`);
  }
}

/** @param end first octet that is not there */
export function truncated(path: string, at: number, octets: number, end: number): CodecError {
  return new CodecError(
    "sbe.truncated",
    path,
    `needs ${octets} octets at ${at}, but the frame ends at ${end}`,
    "Discard the frame and check how its length was found",
  );
}

export function invalidValue(path: string, problem: string, advice: string): CodecError {
  return new CodecError("sbe.invalid-value", path, problem, advice);
}

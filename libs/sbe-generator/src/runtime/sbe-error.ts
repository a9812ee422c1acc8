/** What an {@link SbeError} says went wrong. */
export type SbeErrorCode =
  | "sbe.truncated"
  | "sbe.wrong-template"
  | "sbe.wrong-schema"
  | "sbe.no-room"
  | "sbe.text-too-long"
  | "sbe.text-not-encodable"
  | "sbe.unsafe-integer"
  | "sbe.out-of-range"
  | "sbe.order";

/** The only error that generated code throws: a frame that is not whole, or a value that its field cannot hold. */
export class SbeError extends Error {
  override readonly name = "SbeError";
  readonly code: SbeErrorCode;
  /** Names and numbers of the case: the field, its place, the limit. */
  readonly context: Readonly<Record<string, unknown>>;

  constructor(code: SbeErrorCode, message: string, context: Readonly<Record<string, unknown>>) {
    super(message);
    this.code = code;
    this.context = context;
  }
}

/** Makes the error of a code; the one place to change where a project has errors of its own. */
export function fail(
  code: SbeErrorCode,
  message: string,
  options: { readonly context: Readonly<Record<string, unknown>> },
): Error {
  return new SbeError(code, message, options.context);
}

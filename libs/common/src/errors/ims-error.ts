/** What the reference table says of one error code, in whole sentences. */
export interface ErrorEntry {
  /** What the code means, whatever the occasion. */
  readonly summary: string;
  /** What the reader does next; ends every message with this code. */
  readonly action: string;
  /** Whether the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;
}

/** Codes of one library, `subject.reason` in lower case, for example `decimal.overflow`. */
export type ErrorTable = Readonly<Record<string, ErrorEntry>>;

export interface ErrorOptions {
  readonly cause?: unknown;
  /** Facts for logs and tests; never secrets. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/**
 * The one error class of the platform. Callers compare `code`, never the message.
 * The message says what was wrong and where; `action` says what to do.
 */
export class ImsError<Code extends string = string> extends Error {
  override readonly name = "ImsError";
  readonly retryable: boolean;
  readonly action: string;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: Code,
    entry: ErrorEntry,
    detail: string,
    options: ErrorOptions = {},
  ) {
    super(
      `${sentence(detail)} ${sentence(entry.action)}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.retryable = entry.retryable;
    this.action = entry.action;
    this.context = options.context ?? {};
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/**
 * Binds a table to a constructor: `const fail = errorFactory(TABLE); throw fail("decimal.overflow", "price 1e40 at BTCUSDT")`.
 * The detail says what was wrong and where; the table's action follows it. Final points are added where missing.
 */
export function errorFactory<T extends ErrorTable>(table: T) {
  return <Code extends keyof T & string>(
    code: Code,
    detail: string,
    options?: ErrorOptions,
  ): ImsError<Code> => new ImsError(code, table[code]!, detail, options);
}

/** True for an {@link ImsError}, of the given code if one is named. */
export function isImsError(error: unknown, code?: string): error is ImsError {
  return error instanceof ImsError && (code === undefined || error.code === code);
}

const CAUSE_DEPTH_MAX = 8;

/** The message of anything thrown, with the messages of its causes, at most eight deep. */
export function describeError(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.message || error.name;
  if (error.cause === undefined || depth >= CAUSE_DEPTH_MAX) return own;
  return `${own} (cause: ${describeError(error.cause, depth + 1)})`;
}

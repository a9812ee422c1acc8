import type { CommandCodec } from "../commands/command-codec.js";
import { IggyErrorCode } from "../errors/iggy-error-code.js";
import { committedOperation, isResultFramed, Operation } from "../frame/operation.js";
import type { PermissionRule } from "./permission-rule.js";

/**
 * What a client may do after an unknown outcome.
 * - `read`: send again, nothing changes.
 * - `numbered`: the same frame on the same session is executed once; on a new session it would be executed again.
 * - `repeatable`: executing it twice has the effect of once.
 * - `appends`: sending again may store the messages twice.
 */
export type RetryClass = "read" | "numbered" | "repeatable" | "appends";

/** One row of the command table. `Request` and `Reply` are the types of the codec. */
export interface Command<Request, Reply> {
  /** Dotted noun and verb, for logs and documentation. */
  readonly name: string;
  readonly code: number;
  /** Operation byte of the request; `NonReplicated` requests carry the code in their header. */
  readonly operation: number;
  /** Operation byte of a committed reply. */
  readonly replyOperation: number;
  /** Whether a successful reply has a result section in front of its payload. */
  readonly resultFramed: boolean;
  readonly needsSession: boolean;
  readonly permission: PermissionRule;
  readonly retry: RetryClass;
  /** Error numbers of this command besides {@link COMMON_REFUSALS}, rising (errors.md section 2). */
  readonly refusals: readonly number[];
  /** The body as documentation shows it, empty for an empty body. */
  readonly request: string;
  /** The payload behind the result section, empty for none. */
  readonly reply: string;
  readonly codec: CommandCodec<Request, Reply>;
}

/** What the two constructors of rows cannot derive. */
export interface CommandFacts {
  readonly permission: PermissionRule;
  readonly request?: string;
  readonly reply?: string;
  readonly retry?: RetryClass;
  readonly refusals?: readonly number[];
}

/** Any command may get these: a body, checksum or session that is wrong, no permission, or a log that is not ready. */
export const COMMON_REFUSALS: readonly number[] = [
  IggyErrorCode.InvalidCommand,
  IggyErrorCode.InvalidFormat,
  IggyErrorCode.FeatureUnavailable,
  IggyErrorCode.Unauthenticated,
  IggyErrorCode.Unauthorized,
  IggyErrorCode.TransientNotCommitted,
  IggyErrorCode.TransientNotAccepted,
  IggyErrorCode.RequestAlreadyApplied,
];

/** A row of operation `NonReplicated`: served at once, without the log. */
export function read<Request, Reply>(
  name: string,
  code: number,
  codec: CommandCodec<Request, Reply>,
  facts: CommandFacts,
): Command<Request, Reply> {
  return row(name, code, Operation.NonReplicated, codec, { retry: "read", ...facts });
}

/** A row with an operation of its own: goes through a log. */
export function write<Request, Reply>(
  name: string,
  code: number,
  operation: number,
  codec: CommandCodec<Request, Reply>,
  facts: CommandFacts,
): Command<Request, Reply> {
  return row(name, code, operation, codec, { retry: "numbered", ...facts });
}

function row<Request, Reply>(
  name: string,
  code: number,
  operation: number,
  codec: CommandCodec<Request, Reply>,
  facts: CommandFacts & { readonly retry: RetryClass },
): Command<Request, Reply> {
  const replyOperation = committedOperation(operation);
  return {
    name,
    code,
    operation,
    replyOperation,
    resultFramed: isResultFramed(replyOperation, 4),
    needsSession: facts.permission !== "anyone",
    permission: facts.permission,
    retry: facts.retry,
    refusals: facts.refusals ?? [],
    request: facts.request ?? "",
    reply: facts.reply ?? "",
    codec,
  };
}

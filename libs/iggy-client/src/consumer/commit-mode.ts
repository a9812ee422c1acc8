import { fail } from "../errors.js";

/** After which messages a commit is due. `batch`: the last one of a poll. Counted per partition. */
export type CommitPoint = "each" | "batch" | { readonly every: number };

/**
 * When a consumer stores how far it is.
 * - `manual`: only on `commit` and `storeOffset`.
 * - `poll`: the server does when it answers a poll. What was fetched and not taken is lost when the process dies.
 * - `interval`: every so often, what was handled.
 * - `when`: as soon as the application has taken a message. One taken and not handled is lost when the process dies.
 * - `after`: once a message was handled: the handler of `run` is through, or an iterator was asked for the next one.
 * With an interval, `when` and `after` commit at whichever comes first.
 */
export type CommitMode =
  | { readonly kind: "manual" }
  | { readonly kind: "poll"; readonly intervalMillis?: number }
  | { readonly kind: "interval"; readonly intervalMillis: number }
  | { readonly kind: "when"; readonly point: CommitPoint; readonly intervalMillis?: number }
  | { readonly kind: "after"; readonly point: CommitPoint; readonly intervalMillis?: number };

/** A commit mode taken apart. */
export interface CommitRules {
  /** The consumer commits by itself. */
  readonly automatic: boolean;
  readonly onPoll: boolean;
  /** `undefined` = none. */
  readonly intervalMillis: number | undefined;
  /** What counts as done. */
  readonly basis: "taken" | "handled";
  /** Messages of a partition after which a commit is due; `Infinity` = no such number. */
  readonly every: number;
  readonly atBatchEnd: boolean;
}

/** Nothing is committed that was not handled, and at most a second or a batch is repeated after a crash. */
export const DEFAULT_COMMIT_MODE: CommitMode = { kind: "after", point: "batch", intervalMillis: 1000 };

const INTERVAL_MILLIS_MAX = 3_600_000;

/** Throws `iggy-client.argument` for an interval outside 1 ms to 1 h and a count below 1. */
export function commitRules(mode: CommitMode): CommitRules {
  const intervalMillis = "intervalMillis" in mode ? mode.intervalMillis : undefined;
  if (intervalMillis !== undefined && !(intervalMillis >= 1 && intervalMillis <= INTERVAL_MILLIS_MAX)) {
    throw fail(
      "iggy-client.argument",
      `the commit interval is ${intervalMillis} ms, allowed are 1 to ${INTERVAL_MILLIS_MAX}`,
    );
  }
  const point = "point" in mode ? mode.point : undefined;
  const every = point === "each" ? 1 : typeof point === "object" ? point.every : Number.POSITIVE_INFINITY;
  if (typeof point === "object" && !(Number.isInteger(every) && every >= 1)) {
    throw fail("iggy-client.argument", `a commit every ${every} messages is not possible`);
  }
  return {
    automatic: mode.kind !== "manual",
    onPoll: mode.kind === "poll",
    intervalMillis,
    basis: mode.kind === "when" ? "taken" : "handled",
    every,
    atBatchEnd: point === "batch",
  };
}

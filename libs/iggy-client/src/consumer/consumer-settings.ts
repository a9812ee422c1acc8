import type { Consumer as ConsumerIdentity, Identifier } from "@ims/iggy-protocol";
import type { PollStart } from "../client/client-requests.js";
import type { Encryptor } from "../encryption/encryptor.js";
import { fail } from "../errors.js";
import { type CommitRules, commitRules, DEFAULT_COMMIT_MODE } from "./commit-mode.js";
import type { ConsumerOptions } from "./consumer-options.js";

const MIB = 1024 * 1024;
const MILLIS_MAX = 3_600_000;

/** Consumer options, checked and complete. */
export interface ConsumerSettings {
  readonly stream: Identifier;
  readonly topic: Identifier;
  readonly identity: ConsumerIdentity;
  /** `undefined` for all partitions and for groups. */
  readonly partitionId: number | undefined;
  /** `undefined` for single consumers. */
  readonly group: string | undefined;
  readonly createGroup: boolean;
  readonly start: PollStart;
  readonly batchCount: number;
  readonly batchBytesMax: number;
  readonly pollIntervalMillis: number;
  readonly idleMillis: number;
  readonly idleMillisMax: number;
  readonly prefetchBatches: number;
  readonly prefetchBytesMax: number;
  readonly commit: CommitRules;
  readonly allowReplay: boolean;
  readonly verifyChecksums: boolean;
  readonly skipUnreadable: boolean;
  readonly encryptor: Encryptor | undefined;
  readonly pollRetryMillis: number;
  readonly initRetries: number;
  readonly initRetryMillis: number;
  readonly assignmentMillis: number;
  readonly drainMillis: number;
  readonly revocationMillis: number;
}

/** Throws `iggy-client.argument` for a value outside its range. */
export function consumerSettings(options: ConsumerOptions): ConsumerSettings {
  const group = "group" in options ? options.group : undefined;
  const partitionId = "consumer" in options ? options.partitionId : undefined;
  if (group !== undefined && group.length === 0) throw fail("iggy-client.argument", "the group has no name");
  if (partitionId !== undefined) wholeNumber("partitionId", partitionId, 0, 0xffff_fffe);
  const idleMillis = wholeNumber("idleMillis", options.idleMillis ?? 1, 1, MILLIS_MAX);
  return {
    stream: options.stream,
    topic: options.topic,
    identity:
      "consumer" in options
        ? { kind: "consumer", id: options.consumer }
        : { kind: "group", id: options.group },
    partitionId,
    group,
    createGroup: !("createGroup" in options) || options.createGroup !== false,
    start: checkedStart(options.start ?? { kind: "next" }),
    batchCount: wholeNumber("batchCount", options.batchCount ?? 1000, 1, 1_000_000),
    batchBytesMax: wholeNumber("batchBytesMax", options.batchBytesMax ?? 8 * MIB, 1, 1024 * MIB),
    pollIntervalMillis: wholeNumber("pollIntervalMillis", options.pollIntervalMillis ?? 0, 0, MILLIS_MAX),
    idleMillis,
    idleMillisMax: wholeNumber(
      "idleMillisMax",
      options.idleMillisMax ?? Math.max(100, idleMillis),
      idleMillis,
      MILLIS_MAX,
    ),
    prefetchBatches: wholeNumber("prefetchBatches", options.prefetchBatches ?? 1, 0, 1000),
    prefetchBytesMax: wholeNumber("prefetchBytesMax", options.prefetchBytesMax ?? 16 * MIB, 1, 1024 * MIB),
    commit: commitRules(options.commit ?? DEFAULT_COMMIT_MODE),
    allowReplay: options.allowReplay === true,
    verifyChecksums: options.verifyChecksums !== false,
    skipUnreadable: options.onUnreadable === "skip",
    encryptor: options.encryptor,
    pollRetryMillis: wholeNumber("pollRetryMillis", options.pollRetryMillis ?? 1000, 1, MILLIS_MAX),
    initRetries: wholeNumber("initRetries", options.initRetries ?? 0, 0, 1_000_000),
    initRetryMillis: wholeNumber("initRetryMillis", options.initRetryMillis ?? 1000, 1, MILLIS_MAX),
    assignmentMillis: wholeNumber("assignmentMillis", options.assignmentMillis ?? 5000, 10, MILLIS_MAX),
    drainMillis: wholeNumber("drainMillis", options.drainMillis ?? 5000, 0, MILLIS_MAX),
    revocationMillis: wholeNumber("revocationMillis", options.revocationMillis ?? 30_000, 0, MILLIS_MAX),
  };
}

function checkedStart(start: PollStart): PollStart {
  if ("value" in start) wholeNumber(`start ${start.kind}`, Number(start.value), 0, Number.MAX_SAFE_INTEGER);
  return start;
}

function wholeNumber(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw fail("iggy-client.argument", `${name} is ${value}, allowed are ${min} to ${max}`);
  }
  return value;
}

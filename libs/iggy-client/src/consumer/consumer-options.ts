import type { Identifier } from "@ims/iggy-protocol";
import type { PollStart } from "../client/client-requests.js";
import type { Encryptor } from "../encryption/encryptor.js";
import type { CommitMode } from "./commit-mode.js";

interface CommonConsumerOptions {
  readonly stream: Identifier;
  readonly topic: Identifier;
  /**
   * Where reading begins, in each partition; from then on it goes forward message by message. `next` continues behind
   * the stored offset, or at the first message when none is stored. Default `next`.
   */
  readonly start?: PollStart;
  /** Messages of one poll at most, 1 to 1,000,000. Fewer are asked for where they are large. Default 1000. */
  readonly batchCount?: number;
  /** Bytes that one poll aims at, at most. Default 8 MiB. */
  readonly batchBytesMax?: number;
  /** Shortest time between the beginnings of two polls of a partition. Default 0. */
  readonly pollIntervalMillis?: number;
  /** Pause after a poll without messages; doubles up to the maximum while nothing comes. Default 1 and 100. */
  readonly idleMillis?: number;
  readonly idleMillisMax?: number;
  /**
   * Batches fetched ahead per partition while the application works; 0 = none. From 2 on a single consumer that is
   * behind has two polls under way at once. Default 1.
   */
  readonly prefetchBatches?: number;
  /** Bytes fetched ahead per partition above which no further poll begins. Default 16 MiB. */
  readonly prefetchBytesMax?: number;
  /** Default: after every batch, and every second. */
  readonly commit?: CommitMode;
  /**
   * Give messages again that were handled before, where the server repeats them, and let commits go back. Default false.
   */
  readonly allowReplay?: boolean;
  /** Check every message and batch checksum. Default true. */
  readonly verifyChecksums?: boolean;
  /**
   * What becomes of a message with a wrong checksum or one that cannot be decrypted. `error`: reading rejects with
   * `iggy-client.message-unreadable`, and again until `seek` goes behind it. `skip`: it is left out, counted, and
   * reported as `unreadable`. A poll with a wrong checksum is repeated for single messages first, so only the damaged
   * ones are concerned. Default `error`.
   */
  readonly onUnreadable?: "error" | "skip";
  /** Decrypts payloads and headers. */
  readonly encryptor?: Encryptor;
  /** Pause before a failed request is repeated. Default 1000. */
  readonly pollRetryMillis?: number;
  /** How often a stream, topic, partition or group that is missing at the start is looked for again. Default 0. */
  readonly initRetries?: number;
  readonly initRetryMillis?: number;
  /** Age at which the assignment of a group, or the number of partitions, is looked up again. Default 5000. */
  readonly assignmentMillis?: number;
  /** Time for the last commits and the leaving of the group in `close`. Default 5000. */
  readonly drainMillis?: number;
  /**
   * A revoked partition is given up after this time, handled or not; servers hand it over after 30 s by themselves.
   * Default 30,000.
   */
  readonly revocationMillis?: number;
}

/** Reads one partition, or all of a topic, under a number or name of its own. */
export interface SingleConsumerOptions extends CommonConsumerOptions {
  readonly consumer: Identifier;
  /** Absent: all partitions, those added later included. */
  readonly partitionId?: number;
}

/** Reads the partitions that the server assigns to it among the members of a group. */
export interface GroupConsumerOptions extends CommonConsumerOptions {
  readonly group: string;
  /** Create the group when it is missing. Default true. */
  readonly createGroup?: boolean;
}

export type ConsumerOptions = SingleConsumerOptions | GroupConsumerOptions;

export interface ConsumerEvents {
  /** A partition is read from now on, its first message being at or behind `offset`. */
  assigned: [event: { readonly partitionId: number; readonly offset: number }];
  /**
   * A partition is no longer read. `complete`: everything fetched was handled and committed. Otherwise another member
   * gets again what was not committed.
   */
  revoked: [event: { readonly partitionId: number; readonly complete: boolean }];
  /**
   * The server does not have what was due next. `retention`: older messages were deleted, reading goes on at `found`.
   * `truncated`: the partition was purged or lost its end, reading goes on at `found`.
   */
  gap: [event: PartitionGap];
  /** A message was left out, see `onUnreadable`. */
  unreadable: [event: { readonly partitionId: number; readonly offset: number; readonly error: Error }];
  /** A request failed and is repeated after a pause. */
  retrying: [error: Error];
  /** A commit was given up; a later one may succeed. */
  commitFailed: [event: { readonly partitionId: number; readonly offset: number; readonly error: Error }];
  /** Became a member of the group, for the first time or again. */
  joined: [];
}

export interface PartitionGap {
  readonly partitionId: number;
  readonly expected: number;
  readonly found: number;
  readonly cause: "retention" | "truncated";
}

/** Where a consumer is in one partition. */
export interface PartitionStatus {
  readonly partitionId: number;
  /** Offset behind the last message taken. */
  readonly position: number;
  /** Messages in the partition that were not taken yet; `undefined` before the first answer. */
  readonly lag: number | undefined;
  /** Last offset handled and last one committed, −1 = none by this consumer. */
  readonly handled: number;
  readonly committed: number;
  readonly paused: boolean;
  readonly revoked: boolean;
}

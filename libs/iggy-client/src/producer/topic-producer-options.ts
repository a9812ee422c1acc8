import type { ImsError } from "@ims/common";
import type { Identifier, TopicOptions, UserHeader } from "@ims/iggy-protocol";
import type { Encryptor } from "../encryption/encryptor.js";

/** A message for a topic. Its arrays must stay unchanged until the call that sends it has settled. */
export interface ProducerMessage {
  /** 1 byte to 64,000,000, and as much as a batch takes. */
  readonly payload: Uint8Array;
  /** 128 bits; one of the producer's own when absent or 0. */
  readonly id?: bigint;
  /** Given as fields or already encoded; at most 100,000 bytes. */
  readonly headers?: readonly UserHeader[] | Uint8Array;
  /** When the message came into being, microseconds since 1970; the time of the call when absent. */
  readonly originMicros?: number;
  /** 1 to 255 bytes, text as UTF-8: places the message whatever the call or the producer says. */
  readonly key?: Uint8Array | string;
}

/**
 * Which partition messages go to.
 * - `balanced`: one after the other. The producer stays with a partition until its batch is on its way, so that
 *   batches become full, then takes the next one; the first is 0.
 * - `partition`: always the given one. One that the producer has not seen fails with `iggy-client.partition-missing`, and
 *   makes it look at the topic again.
 * - `key`: XXH32 with seed 0 of the key modulo the partition count, as servers and the Rust SDK do it. More partitions
 *   move keys.
 */
export type SendPartitioning =
  | { readonly kind: "balanced" }
  | { readonly kind: "partition"; readonly partitionId: number }
  | { readonly kind: "key"; readonly key: Uint8Array | string };

/** Chooses a partition, a whole number from 0 to below `partitionCount`. */
export type Partitioner = (message: ProducerMessage, partitionCount: number) => number;

export interface TopicProducerOptions {
  readonly stream: Identifier;
  readonly topic: Identifier;
  /** For messages without a key in calls without a partitioning. Default balanced. */
  readonly partitioning?: SendPartitioning;
  /** Decides for every message, before its key, the call and `partitioning`. */
  readonly partitioner?: Partitioner;
  /** Encrypts payloads and user headers; default: none. `reserve` is refused then. */
  readonly encryptor?: Encryptor;

  /** Create the stream when it is missing: at the start, after a reconnect and when sends are refused. Default true. */
  readonly createStream?: boolean;
  /** The same for the topic; an object says how. Default: 1 partition and the server's defaults. */
  readonly createTopic?: boolean | { readonly partitionCount?: number; readonly options?: TopicOptions };
  /** Pause between looks at the topic's partition count; 0 = only after reconnects and refusals. Default 30,000. */
  readonly topicRefreshMillis?: number;

  /** Messages after which a batch is sent. Default 1000. */
  readonly batchCountMax?: number;
  /** Memory of one batch, headers included, a multiple of 8; it bounds the payload too. Default 1 MiB. */
  readonly batchBytesMax?: number;
  /** A started batch waits at most this long for more messages; 0 = until the event loop turns. Default 1. */
  readonly lingerMillis?: number;
  /** Memory of all batches, being filled and on their way; rounded down to whole batches. Default 32 MiB. */
  readonly bufferBytesMax?: number;
  /**
   * What happens to a message that finds no room: its call waits (`wait`, the default), fails with
   * `iggy-client.buffer-full` (`fail`), or goes on without the message, which is counted (`drop`).
   */
  readonly whenFull?: "wait" | "fail" | "drop";
  /** Longest wait for room, after which a call fails with `iggy-client.buffer-timeout`. Default: none. */
  readonly waitMillisMax?: number;
  /** Calls that may wait for room at once; one more fails with `iggy-client.buffer-full`. Default 1024. */
  readonly waitingCallsMax?: number;

  /**
   * Batches of a partition on the wire without a reply. Default 4. With more than 1, a batch that an overloaded server
   * refuses for the moment may be overtaken by those behind it; 1 keeps the order in that case too.
   */
  readonly inFlightMax?: number;
  /**
   * Whether a batch whose reply was lost is sent again, so that it is stored at least once and perhaps twice. If false,
   * its messages fail with `iggy-client.outcome-unknown`, and are stored at most once. Default true.
   */
  readonly resend?: boolean;
  /**
   * How often a batch is sent again after a lost connection, a missing reply or a refusal because the topic or partition
   * was missing. Refusals for the moment (57, 58) are repeated every 50 ms and not counted. Default 3.
   */
  readonly retriesMax?: number;
  /** Pause before a batch goes out again after the server missed the topic or partition. Default 1000. */
  readonly retryMillis?: number;
  /** Longest time from the first message of a batch to its outcome, also without a server. Default 120,000. */
  readonly deliveryMillisMax?: number;

  /** A batch is stored. */
  readonly onConfirmed?: (partitionId: number, baseOffset: number, messageCount: number) => void;
  /** Messages whose call does not wait for them (`post`, `commit`) are given up. */
  readonly onFailed?: (error: ImsError, partitionId: number, messageCount: number) => void;
}

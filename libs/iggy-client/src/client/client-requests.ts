import type {
  Consumer,
  Identifier,
  Option,
  Partitioning,
  Permissions,
  TopicOptions,
  UserHeader,
  UserStatus,
} from "@ims/iggy-protocol";

export interface NewTopic {
  readonly name: string;
  /** 0 to 1000. */
  readonly partitionCount: number;
  readonly options?: TopicOptions;
  /** Options of the wire that {@link TopicOptions} does not name. */
  readonly otherOptions?: readonly Option[];
}

/** What {@link Topics.update} changes; options as in {@link NewTopic}. */
export interface TopicChange {
  /** The new name, or the present one. */
  readonly name: string;
  readonly options?: Pick<TopicOptions, "compressionAlgorithm" | "messageExpiryMicros" | "maxTopicBytes">;
  readonly otherOptions?: readonly Option[];
}

export interface NewUser {
  /** 3 to 50 bytes. */
  readonly username: string;
  /** 3 to 100 bytes. */
  readonly password: string;
  /** Default active. */
  readonly status?: UserStatus;
  /** Default `null`: what every user may, nothing more. */
  readonly permissions?: Permissions | null;
}

export interface UserChange {
  readonly username?: string;
  readonly status?: UserStatus;
}

export interface OutgoingMessage {
  /** 128 bits; a random one when absent. */
  readonly id?: bigint;
  readonly payload: Uint8Array;
  readonly headers?: readonly UserHeader[];
  /** When the message came into being, microseconds since 1970; the clock's time when absent. */
  readonly originMicros?: number;
}

export interface SendRequest {
  readonly stream: Identifier;
  readonly topic: Identifier;
  readonly partitioning: Partitioning;
  readonly messages: readonly OutgoingMessage[];
  /** Whether the batch may be stored twice: it is then sent again after a lost connection. Default false. */
  readonly resend?: boolean;
}

/** Where a poll starts; offsets and microseconds as numbers. */
export type PollStart =
  | { readonly kind: "offset"; readonly value: number | bigint }
  | { readonly kind: "timestamp"; readonly value: number | bigint }
  | { readonly kind: "first" }
  | { readonly kind: "last" }
  | { readonly kind: "next" };

export interface OffsetRequest {
  readonly stream: Identifier;
  readonly topic: Identifier;
  readonly partitionId: number | null;
  readonly consumer: Consumer;
}

export interface PollRequest extends OffsetRequest {
  readonly strategy: PollStart;
  /** Messages at most; keep `count` times message size below 64 MiB. */
  readonly count: number;
  /** The server stores the last offset of the reply as consumed. Default false. */
  readonly autoCommit?: boolean;
  /** Check every message and batch checksum. Default true. */
  readonly verifyChecksums?: boolean;
}

export interface StoreOffsetArguments extends OffsetRequest {
  readonly offset: number | bigint;
}

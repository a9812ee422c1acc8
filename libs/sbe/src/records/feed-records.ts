import type { NumberedRecordBase } from "./record-base.js";

/** Records that were not received, from `v2.Gap`. */
export interface GapRecord extends NumberedRecordBase {
  readonly type: "gap";
  /** A number of `DataType`. */
  readonly dataType: number;
  /** A time resolution number; 0 for anything but bars. */
  readonly resolution: number;
  /** A number of `v2.GapReason`, or of a newer schema. */
  readonly reason: number;
  /** First and last missing id; undefined where the data has no ids. */
  readonly fromId: number | undefined;
  readonly toId: number | undefined;
  /** Times of the records around it. */
  readonly fromMicros: number | undefined;
  readonly toMicros: number | undefined;
  /** Records that stay missing; undefined where ids do not tell. */
  readonly missingCount: number | undefined;
  /** Records that were read later and published with the flag BackFilled. */
  readonly filledCount: number;
}

/** State of what a service reads of one instrument, from `v2.FeedStatus`. */
export interface FeedStatusRecord extends NumberedRecordBase {
  readonly type: "feed-status";
  readonly dataType: number;
  readonly resolution: number;
  /** A number of `v2.FeedState`, or of a newer schema. */
  readonly state: number;
  readonly sinceMicros: number;
  readonly lastRecordMicros: number | undefined;
  /** Usual time between records; undefined until it is learned. */
  readonly expectedIntervalMicros: number | undefined;
  readonly text: string;
}

/** Signature over a run of messages of a partition, from `v2.BatchSignature`. */
export interface BatchSignatureRecord {
  readonly type: "batch-signature";
  readonly schemaVersion: number;
  readonly signedMicros: number;
  readonly stream: string;
  readonly topic: string;
  readonly partitionId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly messageCount: number;
  /** A number of `v2.SignatureAlgorithm`, or of a newer schema. */
  readonly algorithm: number;
  readonly keyId: string;
  /** Copies: 32 octets, and as many as the algorithm makes. */
  readonly merkleRoot: Uint8Array;
  readonly signature: Uint8Array;
}

import type { DataType, FeedState, GapReason, TimeResolution } from "@ims/common";
import type { RecordHead } from "./record-head.js";

/** Records that a feed lacks and that could not be had later. */
export interface GapFields extends RecordHead {
  dataType: DataType;
  /** 0 for data without one. */
  resolution: TimeResolution | 0;
  reason: GapReason;
  /** First and last id that is missing; 0 where ids are not known. */
  fromId: number;
  toId: number;
  /** Last time before and first time behind the gap. */
  fromMicros: number;
  toMicros: number;
  /** −1 where it is not known. */
  missingCount: number;
  /** Records of the same loss that were had later. */
  filledCount: number;
}

/** What is known about one feed, told at every change of state. */
export interface FeedStatusFields extends RecordHead {
  dataType: DataType;
  resolution: TimeResolution | 0;
  state: FeedState;
  /** Since when, microseconds since 1970. */
  sinceMicros: number;
  /** Of the last record; 0 before the first. */
  lastRecordMicros: number;
  /** Usual time between records, microseconds; 0 while it is not known. */
  expectedMicros: number;
  /** One sentence for people. */
  text: string;
}

import { FeedStatusDecoder, GapDecoder } from "../generated/v2/index.js";
import { decodePrefix } from "./decode-prefix.js";
import { orUndefined } from "./exact-values.js";
import type { FeedStatusRecord, GapRecord } from "./feed-records.js";

const gapDecoder = new GapDecoder();
const statusDecoder = new FeedStatusDecoder();

/** Template 220 to a record. Throws the decoder's errors and `sbe.unsafe-integer`. */
export function decodeGap(view: DataView, offset: number, length: number): GapRecord {
  const gap = gapDecoder.wrapAndApplyHeader(view, offset, length);
  return {
    type: "gap",
    ...decodePrefix(gap),
    dataType: gap.dataType(),
    resolution: gap.resolution(),
    reason: gap.reason(),
    fromId: orUndefined(gap.fromIdNumber()),
    toId: orUndefined(gap.toIdNumber()),
    fromMicros: orUndefined(gap.fromTimeNumber()),
    toMicros: orUndefined(gap.toTimeNumber()),
    missingCount: orUndefined(gap.missingCount()),
    filledCount: gap.filledCount(),
  };
}

/** Template 221 to a record. Throws as {@link decodeGap}. */
export function decodeFeedStatus(view: DataView, offset: number, length: number): FeedStatusRecord {
  const status = statusDecoder.wrapAndApplyHeader(view, offset, length);
  return {
    type: "feed-status",
    ...decodePrefix(status),
    dataType: status.dataType(),
    resolution: status.resolution(),
    state: status.state(),
    sinceMicros: status.sinceNumber(),
    lastRecordMicros: orUndefined(status.lastRecordTimeNumber()),
    expectedIntervalMicros: orUndefined(status.expectedIntervalNumber()),
    text: status.text(),
  };
}

import { DataType, GapReason } from "@ims/common";
import type { GapFields } from "@ims/traits";

export function createGapFields(instrumentId: number, dataType: DataType): GapFields {
  return {
    instrumentId,
    eventMicros: 0,
    sendMicros: 0,
    receiveMicros: 0,
    flags: 0,
    dataType,
    resolution: 0,
    reason: GapReason.Unknown,
    fromId: 0,
    toId: 0,
    fromMicros: 0,
    toMicros: 0,
    missingCount: -1,
    filledCount: 0,
  };
}

import type { ExchangeId } from "@ims/common";
import { v2 } from "@ims/sbe";
import type { FeedStatusFields, GapFields } from "@ims/traits";
import { type SymbolOctets, writeHead } from "./record-head.js";

export const GAP_BYTES = v2.GapEncoder.ENCODED_LENGTH;

const STATUS_BYTES_MIN = v2.FeedStatusEncoder.encodedLengthFor({ text: 0 });
/** What the schema allows for a text. */
const TEXT_BYTES_MAX = 1024;

/** Octets of a status with this text. */
export function feedStatusBytes(text: Uint8Array): number {
  return STATUS_BYTES_MIN + text.length;
}

/** A status text as it is published: UTF-8, cut at a character where it is longer than a message allows. */
export function statusText(text: string): Uint8Array {
  const octets = Buffer.from(text, "utf8");
  if (octets.length <= TEXT_BYTES_MAX) return octets;
  let end = TEXT_BYTES_MAX;
  while ((octets[end]! & 0xc0) === 0x80) end--;
  return octets.subarray(0, end);
}

/** Writes what is told about feeds instead of by them. */
export class FeedEncoder {
  private readonly gapEncoder = new v2.GapEncoder();
  private readonly statusEncoder = new v2.FeedStatusEncoder();

  constructor(private readonly exchange: ExchangeId) {}

  /** Message 220 at `view[at, at + GAP_BYTES)`. */
  gap(view: DataView, at: number, gap: GapFields, symbol: SymbolOctets, publishMicros: number): void {
    const encoder = this.gapEncoder.wrapAndApplyHeader(view, at);
    writeHead(encoder, gap, this.exchange, symbol, publishMicros);
    if (gap.fromId === 0) encoder.fromIdNull();
    else encoder.fromIdNumber(gap.fromId);
    if (gap.toId === 0) encoder.toIdNull();
    else encoder.toIdNumber(gap.toId);
    if (gap.fromMicros === 0) encoder.fromTimeNull();
    else encoder.fromTimeNumber(gap.fromMicros);
    if (gap.toMicros === 0) encoder.toTimeNull();
    else encoder.toTimeNumber(gap.toMicros);
    if (gap.missingCount === -1) encoder.missingCountNull();
    else encoder.missingCount(gap.missingCount);
    encoder.filledCount(gap.filledCount).dataType(gap.dataType).resolution(gap.resolution).reason(gap.reason);
  }

  /** Message 221 at `view[at, at + feedStatusBytes(text))`; `text` is of {@link statusText}. */
  feedStatus(
    view: DataView,
    at: number,
    status: FeedStatusFields,
    text: Uint8Array,
    symbol: SymbolOctets,
    publishMicros: number,
  ): void {
    const encoder = this.statusEncoder.wrapAndApplyHeader(view, at);
    writeHead(encoder, status, this.exchange, symbol, publishMicros);
    encoder.sinceNumber(status.sinceMicros);
    if (status.lastRecordMicros === 0) encoder.lastRecordTimeNull();
    else encoder.lastRecordTimeNumber(status.lastRecordMicros);
    if (status.expectedMicros === 0) encoder.expectedIntervalNull();
    else encoder.expectedIntervalNumber(status.expectedMicros);
    encoder
      .dataType(status.dataType)
      .resolution(status.resolution)
      .state(status.state)
      .textBytes(text, 0, text.length);
  }
}

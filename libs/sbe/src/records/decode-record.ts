import { throwTruncated } from "../generated/runtime/failures.js";
import { DataBarDecoder, TradeBarDecoder } from "../generated/v1/index.js";
import * as v2 from "../generated/v2/index.js";
import { HEADER_LENGTH, peekTemplateId } from "../runtime/message-header.js";
import { decodeBar, decodeVersion1Bar } from "./decode-bar.js";
import { decodeBookDelta, decodeBookSnapshot, decodeTopOfBook } from "./decode-book.js";
import { decodeLiquidation, decodeMarkPrice, decodeOptionTicker } from "./decode-derivatives.js";
import { decodeFeedStatus, decodeGap } from "./decode-feed.js";
import { decodeInstrument } from "./decode-instrument.js";
import { decodeMergedBook } from "./decode-merged-book.js";
import { decodeBookOrder, decodeOrderSnapshot } from "./decode-order.js";
import { decodeBatchSignature } from "./decode-signature.js";
import { decodeAverage, decodeTicker } from "./decode-statistics.js";
import { decodeTrade, decodeVersion1Trade } from "./decode-trade.js";
import type { StreamRecord } from "./stream-record.js";

type DecodeFrame = (view: DataView, offset: number, length: number) => StreamRecord;

const DECODERS: ReadonlyMap<number, DecodeFrame> = new Map<number, DecodeFrame>([
  [v2.TradeDecoder.TEMPLATE_ID, decodeTrade],
  [v2.BarDecoder.TEMPLATE_ID, decodeBar],
  [v2.TopOfBookDecoder.TEMPLATE_ID, decodeTopOfBook],
  [v2.BookSnapshotDecoder.TEMPLATE_ID, decodeBookSnapshot],
  [v2.BookDeltaDecoder.TEMPLATE_ID, decodeBookDelta],
  [v2.MarkPriceDecoder.TEMPLATE_ID, decodeMarkPrice],
  [v2.LiquidationDecoder.TEMPLATE_ID, decodeLiquidation],
  [v2.OptionTickerDecoder.TEMPLATE_ID, decodeOptionTicker],
  [v2.TickerDecoder.TEMPLATE_ID, decodeTicker],
  [v2.InstrumentDecoder.TEMPLATE_ID, decodeInstrument],
  [v2.GapDecoder.TEMPLATE_ID, decodeGap],
  [v2.FeedStatusDecoder.TEMPLATE_ID, decodeFeedStatus],
  [v2.BookOrderDecoder.TEMPLATE_ID, decodeBookOrder],
  [v2.OrderSnapshotDecoder.TEMPLATE_ID, decodeOrderSnapshot],
  [v2.MergedBookDecoder.TEMPLATE_ID, decodeMergedBook],
  [v2.AverageDecoder.TEMPLATE_ID, decodeAverage],
  [v2.BatchSignatureDecoder.TEMPLATE_ID, decodeBatchSignature],
  [TradeBarDecoder.TEMPLATE_ID, decodeVersion1Trade],
  [DataBarDecoder.TEMPLATE_ID, decodeVersion1Bar],
]);

/**
 * Any message of data streams, of either schema version, to a record; undefined for other templates, which readers
 * skip. Allocates: for clients and tests. Services read flyweights.
 *
 * @throws `sbe.truncated`, `sbe.wrong-schema`, `sbe.out-of-range` (more entries than a group may have),
 * `sbe.unsafe-integer` (a time or id from 2^53), `sbe.invalid-value`
 */
export function decodeRecord(view: DataView, offset: number, length: number): StreamRecord | undefined {
  const templateId = peekTemplateId(view, offset, length);
  if (templateId < 0) return throwTruncated("header", offset, HEADER_LENGTH, offset + length);
  return DECODERS.get(templateId)?.(view, offset, length);
}

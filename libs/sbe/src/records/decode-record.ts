import { DataBarDecoder, TradeBarDecoder } from "../generated/v1/index.js";
import { BarDecoder, InstrumentDecoder, TradeDecoder } from "../generated/v2/index.js";
import { throwTruncated } from "../runtime/failures.js";
import { HEADER_LENGTH, peekTemplateId } from "../runtime/message-header.js";
import { decodeBar, decodeVersion1Bar } from "./decode-bar.js";
import { decodeInstrument } from "./decode-instrument.js";
import { decodeTrade, decodeVersion1Trade } from "./decode-trade.js";
import type { MarketRecord } from "./record-types.js";

/**
 * Any market-data message of either schema version to a record; undefined for other templates, which readers skip.
 * Allocates: for clients and tests. Services read flyweights.
 *
 * @throws `sbe.truncated`, `sbe.wrong-schema`, `sbe.unsafe-integer` (a time or id from 2^53), `sbe.invalid-value`
 */
export function decodeRecord(view: DataView, offset: number, length: number): MarketRecord | undefined {
  const templateId = peekTemplateId(view, offset, length);
  switch (templateId) {
    case TradeDecoder.TEMPLATE_ID:
      return decodeTrade(view, offset, length);
    case BarDecoder.TEMPLATE_ID:
      return decodeBar(view, offset, length);
    case InstrumentDecoder.TEMPLATE_ID:
      return decodeInstrument(view, offset, length);
    case TradeBarDecoder.TEMPLATE_ID:
      return decodeVersion1Trade(view, offset, length);
    case DataBarDecoder.TEMPLATE_ID:
      return decodeVersion1Bar(view, offset, length);
    case -1:
      return throwTruncated("header", offset, HEADER_LENGTH, offset + length);
    default:
      return undefined;
  }
}

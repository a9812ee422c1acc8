import { NO_RESOLUTION } from "@ims/common";
import { DataBarDecoder, type DecimalPriceDecoder } from "../generated/v1/index.js";
import { BarDecoder } from "../generated/v2/index.js";
import { decodePrefix, version1Symbol } from "./decode-prefix.js";
import { exactDecimal } from "./exact-values.js";
import type { BarRecord } from "./record-types.js";

const decoder = new BarDecoder();
const version1Decoder = new DataBarDecoder();

/** Template 211 to a record. Throws the decoder's errors, `sbe.unsafe-integer` and `sbe.invalid-value`. */
export function decodeBar(view: DataView, offset: number, length: number): BarRecord {
  const bar = decoder.wrapAndApplyHeader(view, offset, length);
  const priceScale = bar.priceScale();
  const quantityScale = bar.quantityScale();
  return {
    type: "bar",
    ...decodePrefix(bar),
    resolution: bar.resolution(),
    state: bar.state(),
    openMicros: bar.openTimeNumber(),
    closeMicros: bar.closeTimeNumber(),
    open: exactDecimal(bar.open(), priceScale, "Bar.open"),
    high: exactDecimal(bar.high(), priceScale, "Bar.high"),
    low: exactDecimal(bar.low(), priceScale, "Bar.low"),
    close: exactDecimal(bar.close(), priceScale, "Bar.close"),
    volume: exactDecimal(bar.volume(), quantityScale, "Bar.volume"),
    quoteVolume: exactDecimal(bar.quoteVolume(), bar.quoteScale(), "Bar.quoteVolume"),
    takerVolume: exactDecimal(bar.takerVolume(), quantityScale, "Bar.takerVolume"),
    tradeCount: bar.tradeCount(),
  };
}

/** Template 204, the reference system's bar, to a record: it says neither its length nor whether it is closed. */
export function decodeVersion1Bar(view: DataView, offset: number, length: number): BarRecord {
  const bar = version1Decoder.wrapAndApplyHeader(view, offset, length);
  const price = (cell: DecimalPriceDecoder, field: string) => exactDecimal(cell.num(), cell.scale(), field);
  const volume = bar.volume();
  return {
    type: "bar",
    schemaVersion: bar.actingVersion,
    exchangeId: 0,
    instrumentId: undefined,
    symbol: version1Symbol(bar.bytes, bar.symbolIDStart()),
    flags: 0,
    eventMicros: bar.dateTimeNumber(),
    sendMicros: undefined,
    receiveMicros: undefined,
    publishMicros: undefined,
    resolution: NO_RESOLUTION,
    state: undefined,
    openMicros: undefined,
    closeMicros: undefined,
    open: price(bar.openPrice(), "DataBar.openPrice"),
    high: price(bar.highPrice(), "DataBar.highPrice"),
    low: price(bar.lowPrice(), "DataBar.lowPrice"),
    close: price(bar.closePrice(), "DataBar.closePrice"),
    volume: exactDecimal(volume.num(), volume.scale(), "DataBar.volume"),
    quoteVolume: undefined,
    takerVolume: undefined,
    tradeCount: undefined,
  };
}

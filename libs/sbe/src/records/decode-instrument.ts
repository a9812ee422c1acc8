import {
  type ExchangeId,
  exchangeName,
  type Instrument,
  type InstrumentKind,
  type InstrumentStatus,
} from "@ims/common";
import * as v2 from "../generated/v2/index.js";
import { fail } from "../runtime/sbe-errors.js";
import { decodePrefix } from "./decode-prefix.js";
import { exactDecimal, namedCode, optionalDecimal, orUndefined } from "./exact-values.js";
import type { InstrumentRecord } from "./record-types.js";

const KINDS: ReadonlyMap<number, InstrumentKind> = new Map([
  [v2.InstrumentKind.Spot, "spot"],
  [v2.InstrumentKind.Perpetual, "perpetual"],
  [v2.InstrumentKind.Future, "future"],
  [v2.InstrumentKind.Option, "option"],
]);

const STATUSES: ReadonlyMap<number, InstrumentStatus> = new Map([
  [v2.InstrumentStatus.Trading, "trading"],
  [v2.InstrumentStatus.Halted, "halted"],
  [v2.InstrumentStatus.Pending, "pending"],
  [v2.InstrumentStatus.Expired, "expired"],
]);

const OPTION_TYPES: ReadonlyMap<number, "call" | "put"> = new Map([
  [v2.OptionType.Call, "call"],
  [v2.OptionType.Put, "put"],
]);

/** Call or put; undefined for what is no option. */
export function optionTypeOf(code: number): "call" | "put" | undefined {
  return OPTION_TYPES.get(code);
}

const decoder = new v2.InstrumentDecoder();

/** Template 219 to a record. Throws the decoder's errors, `sbe.unsafe-integer` and `sbe.invalid-value`. */
export function decodeInstrument(view: DataView, offset: number, length: number): InstrumentRecord {
  const instrument = decoder.wrapAndApplyHeader(view, offset, length);
  const priceScale = instrument.priceScale();
  const quantityScale = instrument.quantityScale();
  return {
    type: "instrument",
    ...decodePrefix(instrument),
    base: instrument.base(),
    quote: instrument.quote(),
    settle: instrument.settle(),
    kind: namedCode(KINDS, instrument.kind(), "Instrument.kind"),
    status: STATUSES.get(instrument.status()) ?? "unknown",
    priceScale,
    quantityScale,
    priceIncrement: exactDecimal(instrument.priceIncrement(), priceScale, "Instrument.priceIncrement"),
    quantityIncrement: exactDecimal(
      instrument.quantityIncrement(),
      quantityScale,
      "Instrument.quantityIncrement",
    ),
    contractSize: optionalDecimal(
      instrument.contractSize(),
      instrument.contractScale(),
      "Instrument.contractSize",
    ),
    expiryMicros: orUndefined(instrument.expiryTimeNumber()),
    strike: optionalDecimal(instrument.strike(), priceScale, "Instrument.strike"),
    optionType: optionTypeOf(instrument.optionType()),
    underlying: instrument.underlying(),
  };
}

/** The instrument of a record; throws `sbe.invalid-value` for an exchange number that is not known here. */
export function toInstrument(record: InstrumentRecord): Instrument {
  if (exchangeName(record.exchangeId) === undefined) {
    throw fail("sbe.invalid-value", `Instrument.exchangeId is ${record.exchangeId}, which is not defined`, {
      context: { symbol: record.symbol, exchangeId: record.exchangeId },
    });
  }
  return {
    exchange: record.exchangeId as ExchangeId,
    symbol: record.symbol,
    base: record.base,
    quote: record.quote,
    settle: record.settle,
    kind: record.kind,
    status: record.status,
    priceScale: record.priceScale,
    quantityScale: record.quantityScale,
    priceIncrement: record.priceIncrement.toString(),
    quantityIncrement: record.quantityIncrement.toString(),
    contractSize: record.contractSize?.toString(),
    expiryMicros: record.expiryMicros,
    strike: record.strike?.toString(),
    optionType: record.optionType,
  };
}

import type { Liquidation } from "../../sources/synthetic/liquidation.js";
import type { MarkPrice } from "../../sources/synthetic/mark-price.js";
import type { SimulatedInstrument } from "../markets/instrument.js";
import type { BinanceMarketName } from "../markets/market.js";
import { decimalText } from "./decimal-text.js";
import { productNumber } from "./depth-frames.js";
import type { PrintStyle } from "./print-style.js";

/** Funding rates print with 8 decimals and may be negative. */
export function fundingText(units: number): string {
  return units < 0 ? `-${decimalText(-units, 8)}` : decimalText(units, 8);
}

/**
 * `<symbol>@markPrice`. Key order recorded 2026-09 (COIN-M with `ap` and `st`). A delivery contract has no funding:
 * USD-M prints `"r":"0.00000000","T":0` (recorded 2021), COIN-M an empty rate and 0, as its REST does.
 */
export function markPriceFrame(
  market: BinanceMarketName,
  instrument: SimulatedInstrument,
  style: PrintStyle,
  mark: MarkPrice,
  sendMillis: number,
): string {
  const rate =
    mark.nextFundingMillis === 0
      ? market === "coin-future"
        ? ""
        : fundingText(0)
      : fundingText(mark.fundingRateUnits);
  return `{"e":"markPriceUpdate","E":${sendMillis},"s":"${instrument.symbol}","p":"${style.markPrice(mark.mark)}","ap":"${style.markPrice(mark.average)}","P":"${style.markPrice(mark.settle)}","i":"${style.markPrice(mark.index)}","r":"${rate}","T":${mark.nextFundingMillis},"st":${productNumber(market)}}`;
}

/** `<symbol>@forceOrder`: one object, also on `!forceOrder@arr`; `ps` and `st` inside `o`, as recorded 2026-10. */
export function forceOrderFrame(
  market: BinanceMarketName,
  instrument: SimulatedInstrument,
  style: PrintStyle,
  liquidation: Liquidation,
  sendMillis: number,
): string {
  const quantity = style.quantity(liquidation.quantity);
  return `{"e":"forceOrder","E":${sendMillis},"o":{"s":"${instrument.symbol}","S":"${liquidation.side}","o":"LIMIT","f":"IOC","q":"${quantity}","p":"${style.price(liquidation.price)}","ap":"${style.price(liquidation.averagePrice)}","X":"FILLED","l":"${style.quantity(liquidation.lastQuantity)}","z":"${quantity}","T":${Math.floor(liquidation.eventMicros / 1000)},"ps":"${instrument.pair}","st":${productNumber(market)}}}`;
}

/** `!contractInfo`: a futures contract was listed or changed its status. Documented 2026-07; no frame was recorded. */
export function contractInfoFrame(
  market: BinanceMarketName,
  instrument: SimulatedInstrument,
  onboardMillis: number,
  sendMillis: number,
): string {
  return `{"e":"contractInfo","E":${sendMillis},"s":"${instrument.symbol}","ct":"${instrument.contractType}","dt":${instrument.deliveryMillis},"ot":${onboardMillis},"cs":"${instrument.status}","bks":[{"bs":1,"bnf":0,"bnc":5000,"mmr":0.01,"cf":0,"mi":21,"ma":50}],"st":${productNumber(market)}}`;
}

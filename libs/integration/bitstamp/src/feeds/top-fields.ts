import type { BookLevels, MantissaCell } from "@ims/common";
import type { BookFields, TopOfBookFields } from "@ims/traits";

/** Sets what is best on both sides; an empty side has zeros. */
export function fillTop(
  { asks, bids, lastUpdateId, priceScale, quantityScale }: BookFields,
  top: TopOfBookFields,
) {
  top.updateId = lastUpdateId;
  top.eventMicros = lastUpdateId;
  top.sendMicros = 0;
  top.flags = 0;
  top.hasBid = bids.count > 0;
  top.hasAsk = asks.count > 0;
  setLevel(bids, top.bidPrice, top.bidQuantity, priceScale, quantityScale);
  setLevel(asks, top.askPrice, top.askQuantity, priceScale, quantityScale);
}

/** Whether prices, quantities and their scales are the same. */
export function isSameTop(left: TopOfBookFields, right: TopOfBookFields): boolean {
  return (
    left.hasBid === right.hasBid &&
    left.hasAsk === right.hasAsk &&
    isSameCell(left.bidPrice, right.bidPrice) &&
    isSameCell(left.bidQuantity, right.bidQuantity) &&
    isSameCell(left.askPrice, right.askPrice) &&
    isSameCell(left.askQuantity, right.askQuantity)
  );
}

/** Whether the best bid meets or crosses the best ask. */
export function isCrossed({ asks, bids }: BookFields): boolean {
  if (bids.count === 0 || asks.count === 0) return false;
  const [bidHi, askHi] = [bids.priceHi[0]!, asks.priceHi[0]!];
  return bidHi > askHi || (bidHi === askHi && bids.priceLo[0]! >>> 0 >= asks.priceLo[0]! >>> 0);
}

function setLevel(
  side: BookLevels,
  price: MantissaCell,
  quantity: MantissaCell,
  priceScale: number,
  quantityScale: number,
): void {
  const isThere = side.count > 0;
  price.lo = isThere ? side.priceLo[0]! : 0;
  price.hi = isThere ? side.priceHi[0]! : 0;
  price.scale = priceScale;
  quantity.lo = isThere ? side.quantityLo[0]! : 0;
  quantity.hi = isThere ? side.quantityHi[0]! : 0;
  quantity.scale = quantityScale;
}

function isSameCell(left: MantissaCell, right: MantissaCell): boolean {
  return left.lo === right.lo && left.hi === right.hi && left.scale === right.scale;
}

/** One bar in integers: price units, quantity units, and quote units of the market's `quoteUnits`. */
export interface Bar {
  openMillis: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  quoteVolume: bigint;
  /** Parts of the volumes where the taker bought. */
  takerVolume: number;
  takerQuoteVolume: bigint;
  tradeCount: number;
  /** −1 while no trade fell into the bar. */
  firstTradeId: number;
  lastTradeId: number;
}

/** A bar without trades: all prices are the close before it. */
export function flatBar(openMillis: number, price: number): Bar {
  return {
    openMillis,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 0,
    quoteVolume: 0n,
    takerVolume: 0,
    takerQuoteVolume: 0n,
    tradeCount: 0,
    firstTradeId: -1,
    lastTradeId: -1,
  };
}

export function addTrade(
  bar: Bar,
  tradeId: number,
  price: number,
  quantity: number,
  quote: bigint,
  buyerIsMaker: boolean,
): void {
  if (bar.tradeCount === 0) {
    bar.open = price;
    bar.high = price;
    bar.low = price;
    bar.firstTradeId = tradeId;
  } else {
    if (price > bar.high) bar.high = price;
    if (price < bar.low) bar.low = price;
  }
  bar.close = price;
  bar.volume += quantity;
  bar.quoteVolume += quote;
  if (!buyerIsMaker) {
    bar.takerVolume += quantity;
    bar.takerQuoteVolume += quote;
  }
  bar.tradeCount++;
  bar.lastTradeId = tradeId;
}

/** Appends a later bar to an earlier one; a bar without trades changes nothing. */
export function addBar(bar: Bar, later: Bar): void {
  if (later.tradeCount === 0) return;
  if (bar.tradeCount === 0) {
    bar.open = later.open;
    bar.high = later.high;
    bar.low = later.low;
    bar.firstTradeId = later.firstTradeId;
  } else {
    if (later.high > bar.high) bar.high = later.high;
    if (later.low < bar.low) bar.low = later.low;
  }
  bar.close = later.close;
  bar.volume += later.volume;
  bar.quoteVolume += later.quoteVolume;
  bar.takerVolume += later.takerVolume;
  bar.takerQuoteVolume += later.takerQuoteVolume;
  bar.tradeCount += later.tradeCount;
  bar.lastTradeId = later.lastTradeId;
}

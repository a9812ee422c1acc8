import type { BarMessage, MarketMessage, TradeMessage } from "ims-client";

const SIDES = { buyer: "buy ", seller: "sell", unknown: "-   " } as const;

/** One line per message, trades and bars under one another. */
export function messageLine(message: MarketMessage): string {
  return message.type === "trade" ? tradeLine(message) : message.type === "bar" ? barLine(message) : "";
}

function tradeLine(trade: TradeMessage): string {
  const kind = trade.kind === "regular" ? "" : `  (${trade.kind})`;
  const { price, quantity } = trade;
  return `trade  ${time(trade.eventMicros ?? trade.receiveMicros)}  ${trade.symbol.padEnd(12)}  ${SIDES[trade.aggressor]}  ${String(quantity).padStart(12)} @ ${String(price).padEnd(12)}  #${trade.tradeId}${kind}`;
}

function barLine(bar: BarMessage): string {
  const { open, high, low, close, volume } = bar;
  return `bar    ${time(bar.openMicros)}  ${bar.symbol.padEnd(12)}  ${bar.resolution.padEnd(4)}  open ${open}  high ${high}  low ${low}  close ${close}  volume ${volume}  (${bar.state})`;
}

/** Time of day in UTC, to the millisecond. */
function time(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString().slice(11, 23);
}

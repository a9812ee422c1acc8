import { fileURLToPath } from "node:url";
import { DataType, ExchangeId, type Instrument, SimulatedClock } from "@ims/common";
import type { OpenFeed } from "@ims/integration-kit";
import type { MarketDataSink } from "@ims/traits";
import { OptionTickerFeed } from "../feeds/option-ticker-feed.js";
import { readFrames } from "../frame-reader.js";
import { termsOfName } from "../instruments.js";

const SYMBOLS = 100;

export interface TickerFigures {
  /** Tickers per second of the process's own CPU time, from the bytes of a frame to the sink's call. */
  readonly usual: number;
  /** The same with another order of keys, which is read as JSON. */
  readonly asJson: number;
}

/** Measures with `frameCount` frames a round. */
export function benchOptionTickers(frameCount: number): TickerFigures {
  return { usual: rate(frameCount, true), asJson: rate(frameCount, false) };
}

/** The best of three rounds, after one of warming up. */
function rate(frameCount: number, isUsual: boolean): number {
  const frames = Array.from({ length: SYMBOLS * 10 }, (_, at) => Buffer.from(frameOf(at, isUsual)));
  const seen = { count: 0 };
  const reader = createReader(seen);
  let best = 0;
  for (let round = 0; round < 4; round++) {
    const before = process.cpuUsage();
    for (let at = 0; at < frameCount; at++) reader.decode(frames[at % frames.length]!, 1);
    if (round > 0) {
      const { system, user } = process.cpuUsage(before);
      best = Math.max(best, (frameCount * 1e6) / (user + system));
    }
  }
  if (seen.count !== frameCount * 4) throw new Error(`${seen.count} of ${frameCount * 4} tickers came`);
  return Math.round(best);
}

const symbolOf = (at: number) => `BTC-25DEC26-${60_000 + (at % SYMBOLS) * 1000}-C`;

function frameOf(at: number, isUsual: boolean): string {
  const symbol = symbolOf(at);
  const data = `{"timestamp":${1790755218559 + at},"stats":{"volume":12.5,"volume_usd":104321.55,"price_change":-3.1423,"low":0.0755,"high":0.0825},"state":"open","settlement_price":0.08034,"open_interest":${3963 + at}.1,"min_price":0.051,"max_price":0.1225,"mark_price":0.08${4155 + (at % 99)},"mark_iv":58.74,"last_price":0.0795,"interest_rate":0.0,"instrument_name":"${symbol}","index_price":83251.03,"greeks":{"vega":120.46511,"theta":-25.09811,"rho":40.16173,"gamma":0.00001,"delta":0.8609},"estimated_delivery_price":83251.03,"bid_iv":57.06,"best_bid_price":0.0835,"best_bid_amount":4.0,"best_ask_price":0.0845,"best_ask_amount":15.2,"ask_iv":59.97,"underlying_price":84115.89,"underlying_index":"BTC-25DEC26"}`;
  const channel = `"channel":"ticker.${symbol}.100ms"`;
  const params = isUsual ? `{${channel},"data":${data}}` : `{"data":${data},${channel}}`;
  return `{"jsonrpc":"2.0","method":"subscription","params":${params}}`;
}

function createReader(seen: { count: number }) {
  const clock = new SimulatedClock();
  const ignore = () => {};
  const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const sink = {
    optionTicker: () => void seen.count++,
    rejected({ detail }: { detail: string }) {
      throw new Error(detail);
    },
    gap: ignore,
  } as unknown as MarketDataSink;
  const context = { clock, logger, random: () => 0.5, sink };
  const entries = new Map(
    Array.from({ length: SYMBOLS }, (_, at) => {
      const symbol = symbolOf(at);
      const stream = `ticker.${symbol}.100ms`;
      const feed: OpenFeed = {
        stream,
        group: "",
        liveness: { kind: "driven" },
        request: { dataType: DataType.OptionTicker },
        instrument: instrumentOf(symbol),
        instrumentId: at,
        seen: ignore,
        restart: ignore,
      };
      return [
        stream,
        { feed, handler: new OptionTickerFeed({ feed, context }, termsOfName(symbol).option!) },
      ];
    }),
  );
  const events = { onReply: ignore, onEndAnnounced: ignore, send: () => true };
  const feeds = { find: (stream: string) => entries.get(stream) };
  return readFrames({ events, feeds, instruments: { renewWithin: ignore }, sink, logger });
}

function instrumentOf(symbol: string): Instrument {
  return {
    exchange: ExchangeId.Deribit,
    symbol,
    base: "BTC",
    quote: "BTC",
    settle: "BTC",
    kind: "option",
    status: "trading",
    priceScale: 4,
    quantityScale: 1,
    priceIncrement: "0.0001",
    quantityIncrement: "0.1",
    expiryMicros: 1_798_185_600_000_000,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { asJson, usual } = benchOptionTickers(Number(process.argv[2] ?? 100_000));
  process.stdout.write(`tickers of options per CPU second: ${usual} walked, ${asJson} read as JSON\n`);
}

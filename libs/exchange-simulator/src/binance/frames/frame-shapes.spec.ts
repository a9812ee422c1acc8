import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, inject, it } from "vitest";
import { flatBar } from "../../sources/synthetic/bar.js";
import type { DayTicker } from "../../sources/synthetic/day-window.js";
import type { Liquidation } from "../../sources/synthetic/liquidation.js";
import type { SimulatedInstrument } from "../markets/instrument.js";
import type { BinanceMarketName } from "../markets/market.js";
import { BINANCE_MARKETS } from "../markets/markets.js";
import { bookTickerFrame } from "./book-ticker-frame.js";
import { changesText, depthFrame } from "./depth-frames.js";
import { forceOrderFrame, markPriceFrame } from "./derivative-frames.js";
import { klineFrame, klineRow } from "./kline-frame.js";
import { PrintStyle } from "./print-style.js";
import { miniTickerFrame, tickerFrame } from "./ticker-frames.js";
import { aggregateTradeFrame, tradeFrame } from "./trade-frames.js";

const times = { eventMicros: 1_723_161_255_342_567, sendMicros: 1_723_161_255_343_001 };

function frames(name: BinanceMarketName) {
  const market = BINANCE_MARKETS[name];
  const instrument: SimulatedInstrument = market.instruments(0)[0]!;
  const style = new PrintStyle(market, instrument);
  const price = instrument.startPriceUnits;
  const side = { price, quantity: 20, buyerIsMaker: true };
  const bar = { ...flatBar(1_723_161_240_000, price), volume: 20, quoteVolume: 12_345_678n, tradeCount: 1 };
  const unit = "MILLISECOND";
  const day: DayTicker = {
    ...bar,
    open: price + 10 * instrument.tickUnits,
    closeMillis: 1_723_161_255_000,
    lastQuantity: 7,
    previousClose: price,
    bid: price,
    bidQuantity: 3,
    ask: price + instrument.tickUnits,
    askQuantity: 4,
  };
  const mark = {
    mark: 6_742_140_000_000n,
    average: 6_742_140_000_001n,
    settle: 6_742_140_000_002n,
    index: 6_742_140_000_003n,
    fundingRateUnits: -573,
    nextFundingMillis: 1_723_161_600_000,
  };
  const liquidation: Liquidation = {
    side: "SELL",
    price: price - instrument.tickUnits,
    averagePrice: price,
    quantity: 20,
    lastQuantity: 5,
    eventMicros: times.eventMicros,
  };
  return {
    trade: tradeFrame(name, instrument, style, { ...times, ...side, tradeId: 77, origin: "MARKET" }, unit),
    empty: tradeFrame(name, instrument, style, { ...times, ...side, tradeId: 78, origin: "NA" }, unit),
    aggTrade: aggregateTradeFrame(
      name,
      instrument,
      style,
      { ...times, ...side, aggregateId: 5, firstTradeId: 76, lastTradeId: 77 },
      unit,
    ),
    bookTicker: bookTickerFrame(
      name,
      instrument,
      style,
      {
        ...times,
        bookUpdateId: 9,
        bid: price,
        bidQuantity: 3,
        ask: price + instrument.tickUnits,
        askQuantity: 4,
      },
      unit,
    ),
    kline: klineFrame(name, instrument, style, "1m", bar, 1_723_161_299_999, false, times.sendMicros, unit),
    depthUpdate: depthFrame(
      name,
      instrument,
      { ...times, firstUpdateId: 5, lastUpdateId: 9, previousUpdateId: 3 },
      changesText(style, new Map([[price, 3]]), name === "spot"),
      changesText(style, new Map([[price + instrument.tickUnits, 0]]), false),
      unit,
    ),
    "24hrTicker": tickerFrame(name, instrument, style, day, times.sendMicros, unit),
    "24hrMiniTicker": miniTickerFrame(name, instrument, style, day, times.sendMicros, unit),
    markPriceUpdate: markPriceFrame(name, instrument, style, mark, 1_723_161_255_000),
    forceOrder: forceOrderFrame(name, instrument, style, liquidation, 1_723_161_256_000),
    row: klineRow(style, bar, 1_723_161_299_999, unit),
  };
}

describe("frames", () => {
  it("of spot", () => {
    const { trade, aggTrade, bookTicker, kline, row } = frames("spot");
    expect(trade).toBe(
      `{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":77,"p":"67421.37000000","q":"0.00020000","T":1723161255342,"m":true,"M":true}`,
    );
    expect(aggTrade).toBe(
      `{"e":"aggTrade","E":1723161255343,"s":"BTCUSDT","a":5,"p":"67421.37000000","q":"0.00020000","f":76,"l":77,"T":1723161255342,"m":true,"M":true}`,
    );
    expect(bookTicker).toBe(
      `{"u":9,"s":"BTCUSDT","b":"67421.37000000","B":"0.00003000","a":"67421.38000000","A":"0.00004000"}`,
    );
    expect(kline).toBe(
      `{"e":"kline","E":1723161255343,"s":"BTCUSDT","k":{"t":1723161240000,"T":1723161299999,"s":"BTCUSDT","i":"1m","f":-1,"L":-1,"o":"67421.37000000","c":"67421.37000000","h":"67421.37000000","l":"67421.37000000","v":"0.00020000","n":1,"x":false,"q":"1.23456780","V":"0.00000000","Q":"0.00000000","B":"0"}}`,
    );
    expect(row).toBe(
      `[1723161240000,"67421.37000000","67421.37000000","67421.37000000","67421.37000000","0.00020000",1723161299999,"1.23456780",1,"0.00000000","0.00000000","0"]`,
    );
  });

  it("of USD-M", () => {
    const { trade, empty, aggTrade, bookTicker, kline } = frames("usd-future");
    expect(trade).toBe(
      `{"e":"trade","E":1723161255343,"T":1723161255342,"s":"BTCUSDT","t":77,"p":"67421.40","q":"0.020","X":"MARKET","m":true,"st":1}`,
    );
    expect(empty).toContain(`"t":78,"p":"0","q":"0","X":"NA"`);
    expect(aggTrade).toBe(
      `{"e":"aggTrade","E":1723161255343,"a":5,"s":"BTCUSDT","p":"67421.40","q":"0.020","nq":"0.020","f":76,"l":77,"T":1723161255342,"m":true,"st":1}`,
    );
    expect(bookTicker).toBe(
      `{"e":"bookTicker","u":9,"s":"BTCUSDT","ps":"BTCUSDT","b":"67421.40","B":"0.003","a":"67421.50","A":"0.004","T":1723161255342,"E":1723161255343,"st":1}`,
    );
    expect(kline).toContain(`"k":{"t":1723161240000, "T":1723161299999, "s":"BTCUSDT", "i":"1m"`);
    expect(kline).toContain(`"q":"123.45678"`);
  });

  it("of depth, tickers, marks and liquidations", () => {
    const spot = frames("spot");
    expect(spot.depthUpdate).toBe(
      `{"e":"depthUpdate","E":1723161255343,"s":"BTCUSDT","U":5,"u":9,"b":[["67421.37000000","0.00003000"]],"a":[["67421.38000000","0.00000000"]]}`,
    );
    expect(spot["24hrTicker"]).toContain(`"p":"-0.10000000","P":"0.000","w":`);
    const usd = frames("usd-future");
    expect(usd.depthUpdate).toBe(
      `{"e":"depthUpdate","E":1723161255343,"T":1723161255342,"s":"BTCUSDT","ps":"BTCUSDT","U":5,"u":9,"pu":3,"b":[["67421.40","0.003"]],"a":[["67421.50","0.000"]],"st":1}`,
    );
    expect(usd.forceOrder).toBe(
      `{"e":"forceOrder","E":1723161256000,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"0.020","p":"67421.30","ap":"67421.40","X":"FILLED","l":"0.005","z":"0.020","T":1723161255342,"ps":"BTCUSDT","st":1}}`,
    );
    expect(frames("coin-future").markPriceUpdate).toBe(
      `{"e":"markPriceUpdate","E":1723161255000,"s":"BTCUSD_PERP","p":"67421.40000000","ap":"67421.40000001","P":"67421.40000002","i":"67421.40000003","r":"-0.00000573","T":1723161600000,"st":2}`,
    );
  });

  it("of COIN-M", () => {
    const { trade, kline } = frames("coin-future");
    expect(trade).toBe(
      `{"e":"trade","E":1723161255343,"T":1723161255342,"s":"BTCUSD_PERP","t":77,"p":"67421.4","q":"20","X":"MARKET","m":true}`,
    );
    expect(kline).toContain(`"v":"20","n":1,"x":false,"q":"0.12345678"`);
  });
});

const sharedDir = inject("sharedDir");

describe.skipIf(!sharedDir)("frames beside recorded ones", () => {
  const folders = {
    spot: "binance-spot",
    "usd-future": "binance-usdm",
    "coin-future": "binance-coinm",
  } as const;
  /** Keys that came or went over the years; everything else must be there in the recorded order. */
  const comings = ["nq", "ps", "st", "ap", "i"];
  const goings: Record<BinanceMarketName, readonly string[]> = {
    // Order ids on spot trades ended about 2023.
    spot: ["b", "a"],
    "usd-future": [],
    "coin-future": [],
  };

  interface Shape {
    readonly e?: string;
    readonly s?: string;
    readonly X?: string;
    readonly E?: number;
    readonly k?: object;
  }
  function recorded(market: BinanceMarketName): Shape[] {
    const folder = `${sharedDir}/exchanges/recordings/${folders[market]}`;
    const text = gunzipSync(readFileSync(`${folder}/single-frames.jsonl.gz`)).toString();
    const lines = text.split("\n").filter((line) => line !== "");
    return lines
      .map((line) => JSON.parse(line) as { url: string; data: { data?: Shape } & Shape; grade: string })
      .filter(({ url, grade }) => url.startsWith("ws") && grade === "B")
      .map(({ data }) => data.data ?? data);
  }

  it.each(["spot", "usd-future", "coin-future"] as const)(
    "have the same keys in the same order (%s)",
    (market) => {
      const own = Object.fromEntries(
        Object.entries(frames(market)).map(([kind, text]) => [kind, JSON.parse(text) as Shape]),
      );
      let compared = 0;
      for (const frame of recorded(market)) {
        const kind = frame.e ?? ("u" in frame && "A" in frame ? "bookTicker" : "");
        const mine = own[kind];
        if (!mine || Array.isArray(frame)) continue;
        // COIN-M printed `u` before `e` until 2024; the present order is the one to follow.
        if (market === "coin-future" && kind === "bookTicker" && Object.keys(frame)[0] === "u") continue;
        compared++;
        const keys = Object.keys(frame);
        const gone = kind === "trade" ? goings[market] : [];
        const reduced = (list: string[]) =>
          list.filter((key) => !comings.includes(key) && !gone.includes(key));
        expect(reduced(Object.keys(mine))).toEqual(reduced(keys));
        for (const key of comings) if (keys.includes(key)) expect(Object.keys(mine)).toContain(key);
        if (frame.k && mine.k) expect(Object.keys(mine.k)).toEqual(Object.keys(frame.k));
      }
      expect(compared).toBeGreaterThanOrEqual(4);
    },
  );

  it("put the new keys of 2026 where they were recorded", () => {
    for (const market of ["usd-future", "coin-future"] as const) {
      const own = frames(market);
      const recent = recorded(market).filter(({ E }) => E !== undefined && E >= Date.UTC(2026, 5, 1));
      const kinds = recent.filter(({ e }) => e !== undefined && e in own);
      expect(kinds.length).toBeGreaterThanOrEqual(2);
      for (const frame of kinds) {
        const mine = JSON.parse(own[frame.e as keyof typeof own]) as object;
        expect(Object.keys(mine)).toEqual(Object.keys(frame));
      }
    }
  });
});

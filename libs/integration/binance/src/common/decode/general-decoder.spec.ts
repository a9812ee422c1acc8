import { OrderStatus, Side } from "@ims/common";
import { describe, expect, it } from "vitest";
import { DecoderBench } from "../../spec-support/decoder-bench.js";

const MARK_PRICE =
  '{"e":"markPriceUpdate","E":1790373638000,"s":"BTCUSDT","p":"83732.50000000","ap":"83732.50000000","P":"83805.72765516","i":"83786.17543766","r":"-0.00000573","T":1790380800000,"st":1}';
const LIQUIDATION =
  '{"e":"forceOrder","E":1786172557615,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"5","p":"0.1336000","ap":"0.1355000","X":"FILLED","l":"5","z":"4.5","T":1786172556607,"ps":"BTCUSDT","st":1}}';
const TICKER =
  '{"e":"24hrTicker","E":1653812650349,"s":"BTCUSDT","p":"28.23000000","P":"1.600","w":"1781.16275609","x":"1764.61000000","c":"1792.84000000","Q":"0.55720000","b":"1792.83000000","B":"1.62740000","a":"1792.84000000","A":"20.29140000","o":"1764.61000000","h":"1808.98000000","l":"1748.94000000","v":"471703.53110000","q":"840180761.51358100","O":1653726250344,"C":1653812650344,"F":841094172,"L":841646650,"n":552479}';
const CONTRACT =
  '{"e":"contractInfo","E":1669647330137,"s":"IOTAUSDT","ct":"PERPETUAL","dt":4133404800000,"ot":1569398400000,"cs":"SETTLING","bks":[{"bs":1}],"st":1}';

const wrapped = (stream: string, data: string) => `{"stream":"${stream}","data":${data}}`;
const bench = () => new DecoderBench(["BTCUSDT", "ETHUSDT"], 1);

describe("GeneralDecoder", () => {
  it("reads a mark price with its funding", () => {
    expect(bench().decode(wrapped("btcusdt@markPrice@1s", MARK_PRICE), 9)).toEqual([
      {
        markPrice: {
          instrumentId: 1,
          eventMicros: 1790373638000000,
          sendMicros: 1790373638000000,
          receiveMicros: 9,
          flags: 0,
          priceScale: 8,
          markPrice: 8373250000000n,
          indexPrice: 8378617543766n,
          settlementEstimate: 8380572765516n,
          fundingRate: -573n,
          fundingScale: 8,
          nextFundingMicros: 1790380800000000,
        },
      },
    ]);
  });

  it.each([
    ["0 and a time of 0", '"r":"0.00000000","T":0'],
    ["an empty text and a time of 0", '"r":"","T":0'],
  ])("takes %s for no funding, as on delivery contracts", (_, fields) => {
    const frame = MARK_PRICE.replace('"r":"-0.00000573","T":1790380800000', fields);
    expect(bench().decode(frame)).toMatchObject([{ markPrice: { fundingRate: null, nextFundingMicros: 0 } }]);
  });

  it("reads the mark price of older years, without index, rate and time", () => {
    const frame = '{"e":"markPriceUpdate","E":1592265602000,"s":"BTCUSDT","p":"9501.15","P":"9429.3967"}';
    expect(bench().decode(frame)).toMatchObject([
      {
        markPrice: {
          priceScale: 4,
          markPrice: 95011500n,
          settlementEstimate: 94293967n,
          indexPrice: null,
          fundingRate: null,
          nextFundingMicros: 0,
        },
      },
    ]);
  });

  it("reads lists of all symbols, each record by itself, and passes over those nobody asked for", () => {
    const one = bench();
    const records = [
      MARK_PRICE,
      MARK_PRICE.replace("BTCUSDT", "DOGEUSDT"),
      MARK_PRICE.replace('"p":"83732.50000000"', '"p":"high"'),
      MARK_PRICE.replace("BTCUSDT", "ETHUSDT").replace('"st":1', '"st":2'),
      "7",
      MARK_PRICE.replace("BTCUSDT", "ETHUSDT"),
    ];
    expect(one.decode(wrapped("!markPrice@arr@1s", `[${records.join(",")}]`))).toMatchObject([
      { markPrice: { instrumentId: 1 } },
      { rejected: { reason: "bad-number", symbol: "BTCUSDT" } },
      { rejected: { reason: "unexpected" } },
      { markPrice: { instrumentId: 2 } },
    ]);
    expect(one.counters).toMatchObject({ unsubscribedCount: 1, otherProductCount: 1, rejectedCount: 2 });
  });

  it("reads liquidations, alone and of all symbols", () => {
    const expected = {
      liquidation: {
        instrumentId: 1,
        eventMicros: 1786172556607000,
        sendMicros: 1786172557615000,
        receiveMicros: 3,
        flags: 0,
        priceScale: 4,
        quantityScale: 5,
        side: Side.Sell,
        status: OrderStatus.Filled,
        price: 1336n,
        averagePrice: 1355n,
        quantity: 500000n,
        filledQuantity: 450000n,
      },
    };
    expect(bench().decode(wrapped("btcusdt@forceOrder", LIQUIDATION), 3)).toEqual([expected]);
    expect(bench().decode(wrapped("!forceOrder@arr", LIQUIDATION), 3)).toEqual([expected]);
  });

  it("drops liquidations of the other product, wherever its number stands", () => {
    const one = bench();
    expect(one.decode(LIQUIDATION.replace('"st":1', '"st":2'))).toEqual([]);
    expect(one.decode(LIQUIDATION.replace(',"st":1}}', '},"st":2}'))).toEqual([]);
    expect(one.counters.otherProductCount).toBe(2);
  });

  it("gives an order that was not filled no average price", () => {
    const frame = LIQUIDATION.replace('"ap":"0.1355000","X":"FILLED"', '"ap":"0","X":"NEW"');
    expect(bench().decode(frame)).toMatchObject([
      { liquidation: { averagePrice: null, status: OrderStatus.New } },
    ]);
    expect(bench().decode(LIQUIDATION.replace("SELL", "BOTH"))).toMatchObject([
      { rejected: { reason: "unexpected" } },
    ]);
  });

  it("reads tickers, without prices where nothing was traded", () => {
    expect(bench().decode(wrapped("btcusdt@ticker", TICKER))).toEqual([
      {
        ticker: {
          instrumentId: 1,
          eventMicros: 1653812650349000,
          sendMicros: 1653812650349000,
          receiveMicros: 1,
          flags: 0,
          priceScale: 2,
          quantityScale: 5,
          quoteScale: 6,
          open: 176461n,
          high: 180898n,
          low: 174894n,
          last: 179284n,
          volume: 47170353110n,
          quoteVolume: 840180761513581n,
          windowStartMicros: 1653726250344000,
          tradeCount: 552479,
        },
      },
    ]);
    const untraded = TICKER.replace(/"([cohl])":"[0-9.]+"/g, '"$1":"0.00000000"');
    expect(bench().decode(untraded)).toMatchObject([
      { ticker: { open: null, high: null, low: null, last: null } },
    ]);
  });

  it("tells of contracts whose state changes, also of those that nobody asked for", () => {
    const one = bench();
    expect(one.decode(wrapped("!contractInfo", CONTRACT))).toEqual([
      {
        contract: {
          symbol: "IOTAUSDT",
          contractType: "PERPETUAL",
          venueStatus: "SETTLING",
          deliveryMicros: 4133404800000000,
          onboardMicros: 1569398400000000,
        },
      },
    ]);
    expect(one.decode(CONTRACT.replace('"st":1', '"st":2'))).toEqual([]);
  });

  it("tells a side of the top of book that is empty", () => {
    const frame =
      '{"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"0.00000000","B":"0.00000000","a":"1.5","A":"2"}}';
    for (const way of ["decode", "decodeGeneral"] as const) {
      expect(bench()[way](frame)).toMatchObject([
        { top: { hasBid: false, hasAsk: true, askPrice: [150n, 2], eventMicros: 0, sendMicros: 0 } },
      ]);
    }
  });

  it("tells best levels from changes by the stream's name, and refuses the book with other orders in it", () => {
    const data =
      '{"e":"depthUpdate","E":1648006221596,"T":1648006221340,"s":"BTCUSDT","U":395028983849,"u":395028983849,"pu":-1,"b":[],"a":[["8.4400","2"]]}';
    const decode = (stream: string) => bench().decode(wrapped(stream, data));
    expect(decode("btcusdt@depth5@100ms")).toMatchObject([
      { partialDepth: { horizon: 5, previousUpdateId: 0 } },
    ]);
    expect(decode("btcusdt@depth@500ms")).toMatchObject([{ depth: { horizon: 0 } }]);
    expect(decode("btcusdt@rpiDepth@500ms")).toMatchObject([{ rejected: { reason: "unexpected" } }]);
  });

  it("lets no record of a feed through that is not subscribed", () => {
    const one = bench();
    const feed = one.table.find("BTCUSDT")!;
    for (const data of [feed.markPrice, feed.liquidations, feed.ticker, feed.topOfBook]) data.active = false;
    expect([...one.decode(MARK_PRICE), ...one.decode(LIQUIDATION), ...one.decode(TICKER)]).toEqual([]);
    expect(one.counters).toMatchObject({ unsubscribedCount: 3, markPriceCount: 0, tickerCount: 0 });
  });
});

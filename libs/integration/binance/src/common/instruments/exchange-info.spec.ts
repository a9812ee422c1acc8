import { join } from "node:path";
import { ExchangeId } from "@ims/common";
import { describe, expect, inject, it } from "vitest";
import { listedRow } from "../../spec-support/fake-binance.js";
import { readGzipJson } from "../../spec-support/recording.js";
import type { BinanceMarketName } from "../market/binance-market.js";
import { BINANCE_MARKETS } from "../market/markets.js";
import { readExchangeInfo } from "./exchange-info.js";

function read(market: BinanceMarketName, body: unknown) {
  const { production, symbolRules } = BINANCE_MARKETS[market];
  return readExchangeInfo(body, production, symbolRules);
}

function readOne(market: BinanceMarketName, symbol: string, fields: object = {}) {
  return read(market, { symbols: [listedRow(symbol, fields)] }).listed.get(symbol)!;
}

describe("readExchangeInfo", () => {
  it("reads a spot row: scales from the filters, zeros stripped", () => {
    expect(readOne("spot", "BTCUSDT")).toEqual({
      venueStatus: "TRADING",
      instrument: {
        exchange: ExchangeId.BinanceSpot,
        symbol: "BTCUSDT",
        base: "BTC",
        quote: "USDT",
        settle: "USDT",
        kind: "spot",
        status: "trading",
        priceScale: 2,
        quantityScale: 5,
        priceIncrement: "0.01",
        quantityIncrement: "0.00001",
      },
    });
  });

  it("reads COIN-M's own status key, contract size and margin asset", () => {
    const fields = { status: undefined, contractStatus: "PRE_DELIVERING", marginAsset: "BTC" };
    expect(readOne("coin-future", "BTCUSD_PERP", fields)).toMatchObject({
      venueStatus: "PRE_DELIVERING",
      instrument: { status: "halted", contractSize: "100", settle: "BTC", kind: "perpetual" },
    });
    expect(readOne("usd-future", "BTCUSDT").instrument.contractSize).toBeUndefined();
  });

  it.each([
    ["BTCUSDT", "PERPETUAL", "perpetual", undefined],
    ["TSLAUSDT", "TRADIFI_PERPETUAL", "perpetual", undefined],
    ["BTCUSDT_260925", "CURRENT_QUARTER", "future", 1790294400000000],
    ["BTCUSD_260925", "CURRENT_QUARTER DELIVERING", "future", 1790294400000000],
    ["BTCUSDT_260925", "", "future", 1790294400000000],
    ["NEWUSDT", "", "perpetual", undefined],
  ])("takes %s of type %j for a %s", (symbol, contractType, kind, expiryMicros) => {
    const { instrument } = readOne("usd-future", symbol, { contractType, deliveryDate: 1790294400000 });
    expect(instrument.kind).toBe(kind);
    expect(instrument.expiryMicros).toBe(expiryMicros);
  });

  it("takes the precision where a filter says 0, and an unknown status for unknown", () => {
    const filters = [{ filterType: "PRICE_FILTER", tickSize: "0.00000000" }];
    const { instrument } = readOne("spot", "BTCUSDT", {
      filters,
      quotePrecision: 8,
      baseAssetPrecision: 0,
      status: "constructor",
    });
    expect(instrument).toMatchObject({ priceIncrement: "0.00000001", priceScale: 8, quantityIncrement: "1" });
    expect(instrument.status).toBe("unknown");
  });

  it("skips rows that cannot be used, tells why, and keeps the others", () => {
    const { listed, skipped, skippedCount } = read("spot", {
      symbols: [
        null,
        listedRow(""),
        listedRow('BAD"NAME'),
        listedRow("X".repeat(33)),
        listedRow("NOBASE", { baseAsset: 1 }),
        listedRow("NOFILTER", { filters: "none" }),
        listedRow("币安人生USDT"),
      ],
    });
    expect([...listed.keys()]).toEqual(["币安人生USDT"]);
    expect(skippedCount).toBe(6);
    expect(skipped[3]).toContain("longer than 32 bytes");
  });

  it.each([[null], [[]], [{}], [{ symbols: {} }], [{ symbols: [] }], [{ symbols: [{}] }], ["text"], [7]])(
    "refuses %j",
    (body) => expect(() => read("spot", body)).toThrow(expect.objectContaining({ code: "venue.bad-reply" })),
  );
});

describe.skipIf(inject("sharedDir") === "")("recorded exchangeInfo bodies", () => {
  const folder = join(inject("sharedDir"), "exchanges/recordings");
  it.each([
    ["spot", "binance-spot/exchangeInfo-20211012.json.gz", "ETHBTC", { priceScale: 6, quantityScale: 4 }],
    [
      "usd-future",
      "binance-usdm/exchangeInfo-20210722.json.gz",
      "BTCUSDT",
      { priceScale: 2, settle: "USDT" },
    ],
    ["usd-future", "binance-usdm/exchangeInfo-20250306-demo.json.gz", "BTCUSDT", { priceIncrement: "0.1" }],
    [
      "coin-future",
      "binance-coinm/exchangeInfo-20210722.json.gz",
      "BTCUSD_210924",
      { kind: "future", contractSize: "100", quantityScale: 0, expiryMicros: 1632470400000000 },
    ],
  ] as const)("%s of %s are read whole", (market, file, symbol, fields) => {
    const body = readGzipJson(join(folder, file)) as { symbols: unknown[] };
    const { listed, skippedCount } = read(market, body);
    expect(skippedCount).toBe(0);
    expect(listed.size).toBe(body.symbols.length);
    expect(listed.get(symbol)!.instrument).toMatchObject(fields);
    for (const { instrument } of listed.values()) expect(instrument.status).not.toBe("unknown");
  });
});

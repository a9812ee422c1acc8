import { ExchangeId, type Instrument } from "@ims/common";
import { expect, it } from "vitest";
import { CanonicalSymbols } from "./canonical-symbols.js";

function instrument(symbol: string, base: string, quote: string, kind: Instrument["kind"] = "spot") {
  return {
    exchange: ExchangeId.BinanceSpot,
    symbol,
    base,
    quote,
    settle: quote,
    kind,
    status: "trading",
    priceScale: 2,
    quantityScale: 5,
    priceIncrement: "0.01",
    quantityIncrement: "0.00001",
  } satisfies Instrument;
}

it("joins spot instruments of equal base and quote, whatever the venues call them", () => {
  const symbols = new CanonicalSymbols({ assetAliases: { XBT: "BTC" } });
  symbols.setVenue("binancespot", [instrument("BTCUSD", "BTC", "USD")]);
  symbols.setVenue("bitstamp", [instrument("btcusd", "btc", "usd"), instrument("ethusd", "eth", "usd")]);
  symbols.setVenue("kraken", [instrument("XXBTZUSD", "XBT", "USD")]);
  symbols.setVenue("deribit", [instrument("BTC-PERPETUAL", "BTC", "USD", "perpetual")]);
  expect(symbols.find("btc/usd")?.venues).toEqual([
    { venue: "binancespot", symbol: "BTCUSD" },
    { venue: "bitstamp", symbol: "btcusd" },
    { venue: "kraken", symbol: "XXBTZUSD" },
  ]);
  expect(symbols.all.map(({ name }) => name)).toEqual(["BTCUSD", "ETHUSD"]);
  expect(symbols.find("BTCUSDT")).toBeUndefined();
  expect(symbols.suggestions("BTCUSDT")).toEqual(["BTCUSD"]);
});

it("takes a mapping over what the lists say, as far as the venues have it", () => {
  const symbols = new CanonicalSymbols({
    mapping: { "BTC-PERP": ["deribit:BTC-PERPETUAL", "binancespot:NONE"], BTCUSD: ["nowhere:BTCUSD"] },
  });
  symbols.setVenue("binancespot", [instrument("BTCUSD", "BTC", "USD")]);
  symbols.setVenue("deribit", [instrument("BTC-PERPETUAL", "BTC", "USD", "perpetual")]);
  expect(symbols.find("BTCPERP")?.venues).toEqual([{ venue: "deribit", symbol: "BTC-PERPETUAL" }]);
  expect(symbols.leftOut.map(({ reason, venue }) => `${venue}: ${reason}`)).toEqual([
    "binancespot: the venue does not list it",
    "nowhere: the venue is not read",
  ]);
  expect(symbols.find("BTCUSD")).toBeUndefined();
});

it("does not merge other pairs whose names make the same letters", () => {
  const symbols = new CanonicalSymbols();
  symbols.setVenue("binancespot", [instrument("XUSDTUSD", "XUSDT", "USD")]);
  symbols.setVenue("bitstamp", [instrument("xusd-tusd", "XUSD", "TUSD")]);
  expect(symbols.find("XUSDTUSD")?.venues).toEqual([{ venue: "binancespot", symbol: "XUSDTUSD" }]);
  expect(symbols.leftOut).toEqual([
    {
      name: "XUSDTUSD",
      venue: "bitstamp",
      symbol: "xusd-tusd",
      reason: "XUSD/TUSD is another pair than XUSDT/USD",
    },
  ]);
});

it("does not merge quantities in dollars with quantities in coins, though a mapping says so", () => {
  const symbols = new CanonicalSymbols({
    mapping: { BTCUSD: ["bitstamp:btcusd", "deribit:BTC-PERPETUAL", "binancespot:BTCUSDT"] },
  });
  const inverse: Instrument = {
    ...instrument("BTC-PERPETUAL", "BTC", "USD", "perpetual"),
    contractSize: "1",
  };
  symbols.setVenue("deribit", [inverse]);
  expect(symbols.find("BTCUSD")?.venues).toEqual([{ venue: "deribit", symbol: "BTC-PERPETUAL" }]);
  symbols.setVenue("bitstamp", [instrument("btcusd", "BTC", "USD")]);
  symbols.setVenue("binancespot", [instrument("BTCUSDT", "BTC", "USDT")]);
  expect(symbols.find("BTCUSD")?.venues.map(({ venue }) => venue)).toEqual(["bitstamp", "binancespot"]);
  expect(symbols.leftOut).toMatchObject([
    { symbol: "BTC-PERPETUAL", reason: "it counts in contracts of 1, btcusd in BTC" },
  ]);
});

it("lets a mapped contract go when it expires", () => {
  const symbols = new CanonicalSymbols({ mapping: { BTCDEC: ["deribit:BTC-25DEC26"] } });
  const future: Instrument = { ...instrument("BTC-25DEC26", "BTC", "USD", "future"), contractSize: "1" };
  symbols.setVenue("deribit", [future]);
  expect(symbols.find("BTCDEC")?.venues).toHaveLength(1);
  symbols.setVenue("deribit", [{ ...future, status: "expired" }]);
  expect(symbols.find("BTCDEC")).toBeUndefined();
});

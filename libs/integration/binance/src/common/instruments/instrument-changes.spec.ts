import type { Instrument } from "@ims/common";
import type { ListedSymbol } from "@ims/integration-kit";
import { diffInstruments } from "@ims/integration-kit";
import { describe, expect, it } from "vitest";
import { instrumentNamed } from "../../spec-support/decoder-bench.js";
import { BINANCE_MARKETS } from "../market/markets.js";
import { readExchangeInfo } from "./exchange-info.js";
import { withContractInfo } from "./instrument-changes.js";

const list = (...instruments: readonly Instrument[]) =>
  new Map(
    instruments.map((instrument): [string, ListedSymbol] => [
      instrument.symbol,
      { instrument, venueStatus: "TRADING" },
    ]),
  );
const [bitcoin, ether, doge] = ["BTCUSDT", "ETHUSDT", "DOGEUSDT"].map(instrumentNamed) as [
  Instrument,
  Instrument,
  Instrument,
];

describe("diffInstruments", () => {
  it("finds nothing between equal lists, whatever their order and the order of keys", () => {
    const turned = Object.fromEntries(Object.entries(bitcoin).reverse()) as unknown as Instrument;
    expect(diffInstruments(list(bitcoin, ether), list({ ...ether }, turned))).toEqual({
      listed: [],
      changed: [],
      removed: [],
    });
  });

  it("finds new listings, changes and what is gone", () => {
    const halted: Instrument = { ...ether, status: "halted" };
    expect(diffInstruments(list(bitcoin, ether), list(halted, doge))).toEqual({
      listed: [doge],
      changed: [halted],
      removed: [{ ...bitcoin, status: "expired" }],
    });
  });

  it.each<Partial<Instrument>>([
    { status: "pending" },
    { priceScale: 3, priceIncrement: "0.001" },
    { quantityIncrement: "0.00002" },
    { expiryMicros: 5 },
    { contractSize: "100" },
  ])("finds a change of %o, and its end", (change) => {
    const other = { ...bitcoin, ...change };
    expect(diffInstruments(list(bitcoin), list(other)).changed).toEqual([other]);
    expect(diffInstruments(list(other), list(bitcoin)).changed).toEqual([bitcoin]);
  });
});

describe("withContractInfo", () => {
  const market = BINANCE_MARKETS["coin-future"];
  const { listed } = readExchangeInfo(
    {
      symbols: [
        {
          symbol: "BTCUSD_261225",
          baseAsset: "BTC",
          quoteAsset: "USD",
          marginAsset: "BTC",
          contractStatus: "TRADING",
          contractType: "CURRENT_QUARTER",
          contractSize: 100,
          deliveryDate: 1798185600000,
          filters: [
            { filterType: "PRICE_FILTER", tickSize: "0.1" },
            { filterType: "LOT_SIZE", stepSize: "1" },
          ],
        },
      ],
    },
    market.production,
    market.symbolRules,
  );
  const entry = listed.get("BTCUSD_261225")!;
  const info = {
    symbol: "BTCUSD_261225",
    contractType: "CURRENT_QUARTER DELIVERING",
    venueStatus: "DELIVERING",
    deliveryMicros: 1798185600000000,
    onboardMicros: 0,
  };

  it("takes the announced state on, and tells when nothing changed", () => {
    expect(entry.instrument).toMatchObject({ kind: "future", status: "trading", contractSize: "100" });
    expect(withContractInfo(entry, info, market.symbolRules)).toEqual({
      instrument: { ...entry.instrument, status: "halted" },
      venueStatus: "DELIVERING",
    });
    expect(withContractInfo(entry, { ...info, venueStatus: "TRADING" }, market.symbolRules)).toBeUndefined();
    expect(withContractInfo(entry, { ...info, venueStatus: "NOVEL" }, market.symbolRules)).toMatchObject({
      instrument: { status: "unknown" },
    });
  });

  it("takes another delivery on", () => {
    const moved = { ...info, venueStatus: "TRADING", deliveryMicros: 1798185600000001 };
    expect(withContractInfo(entry, moved, market.symbolRules)).toMatchObject({
      instrument: { expiryMicros: 1798185600000001 },
    });
  });
});

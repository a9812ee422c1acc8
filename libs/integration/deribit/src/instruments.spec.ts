import { ExchangeId } from "@ims/common";
import { describe, expect, it } from "vitest";
import { readInstruments, termsOfName } from "./instruments.js";
import { parseExactJson } from "./json/exact-json.js";

function read(...rows: readonly string[]) {
  const { listed, skipped } = readInstruments(
    parseExactJson(`{"result":[${rows.join(",")}]}`),
    ExchangeId.Deribit,
  );
  return { skipped, listed: [...listed.values()] };
}

const row = (fields: object) =>
  JSON.stringify({
    instrument_name: "BTC-PERPETUAL",
    kind: "future",
    base_currency: "BTC",
    quote_currency: "USD",
    settlement_currency: "BTC",
    instrument_type: "reversed",
    settlement_period: "perpetual",
    tick_size: 0.5,
    min_trade_amount: 10,
    is_active: true,
    state: "open",
    expiration_timestamp: 32_503_708_800_000,
    ...fields,
  });

describe("the list of instruments", () => {
  it("has inverse amounts in dollars, and no expiry of perpetuals", () => {
    expect(read(row({})).listed).toMatchObject([
      {
        venueStatus: "open",
        terms: { option: undefined, isCombo: false },
        instrument: {
          kind: "perpetual",
          status: "trading",
          settle: "BTC",
          contractSize: "1",
          priceIncrement: "0.5",
          quantityIncrement: "10",
          priceScale: 1,
          quantityScale: 0,
        },
      },
    ]);
    expect(read(row({})).listed[0]!.instrument.expiryMicros).toBeUndefined();
  });

  it("has options with strike, type, expiry, and the smallest of their ticks", () => {
    const option = row({
      instrument_name: "XRP_USDC-30JUN23-0d625-C",
      kind: "option",
      instrument_type: "linear",
      strike: 0.625,
      option_type: "call",
      tick_size: 0.0005,
      tick_size_steps: [{ tick_size: 0.0001, above_price: 0.005 }],
      expiration_timestamp: 1_688_112_000_000,
    });
    const { listed } = read(option);
    expect(listed).toMatchObject([
      {
        terms: { option: { strike: { mantissa: 625n, scale: 3 }, type: "call" } },
        instrument: {
          kind: "option",
          strike: "0.625",
          optionType: "call",
          priceIncrement: "0.0001",
          priceScale: 4,
          expiryMicros: 1_688_112_000_000_000,
        },
      },
    ]);
    expect(listed[0]!.instrument.contractSize).toBeUndefined();
    expect(termsOfName("XRP_USDC-30JUN23-0d625-C")).toEqual(listed[0]!.terms);
  });

  it("reads increments in exponent form", () => {
    const text = row({ tick_size: "T" }).replace('"T"', "1.0e-4");
    expect(read(text).listed).toMatchObject([{ instrument: { priceIncrement: "0.0001", priceScale: 4 } }]);
  });

  it("has combos under the kind of their legs, without a strike", () => {
    const combo = row({
      instrument_name: "BTC-CS-19MAY26-70000_75000",
      kind: "option_combo",
      expiration_timestamp: 1_779_177_600_000,
    });
    const spread = row({
      instrument_name: "BTC-FS-25DEC26_PERP",
      kind: "future_combo",
      settlement_period: "month",
      expiration_timestamp: 1_779_177_600_000,
    });
    expect(read(combo, spread).listed).toMatchObject([
      { instrument: { kind: "option" }, terms: { option: undefined, isCombo: true } },
      { instrument: { kind: "future" }, terms: { isCombo: true } },
    ]);
    expect([termsOfName("BTC-FS-25DEC26_PERP").isCombo, termsOfName("BTC-PERPETUAL").isCombo]).toEqual([
      true,
      false,
    ]);
  });

  it.each([
    [{ state: "settlement" }, "halted"],
    [{ state: "archivized" }, "expired"],
    [{ state: "open", is_active: false }, "halted"],
    [{ state: undefined }, "trading"],
    [{ state: undefined, is_active: false }, "halted"],
    [{ state: "new word" }, "unknown"],
  ])("tells the state of %j", (fields, status) => {
    expect(read(row(fields)).listed).toMatchObject([{ instrument: { status } }]);
  });

  it("leaves out rows that cannot be read, names them, and refuses a list without any", () => {
    const long = row({ instrument_name: "X".repeat(33) });
    const odd = row({ kind: "swap" });
    expect(read(long, "null", odd, row({})).skipped).toEqual([
      `${"X".repeat(33)}: the name is longer than 32 octets`,
      "undefined: instrument_name is missing",
      'BTC-PERPETUAL: its kind is "swap"',
    ]);
    for (const body of ["[]", "{}", '{"result":[]}', '{"result":[{}]}', "null"]) {
      expect(() => readInstruments(parseExactJson(body), ExchangeId.Deribit)).toThrow(/get_instruments/);
    }
  });
});

import type { Instrument } from "@ims/common";
import { beforeEach, expect, it } from "vitest";
import { spot } from "../spec-support/scripted-source.js";
import { InstrumentList } from "./instrument-list.js";

let told: string[][];
let list: InstrumentList;

beforeEach(() => {
  told = [];
  list = new InstrumentList((instruments) =>
    told.push(instruments.map(({ status, symbol }) => `${symbol} ${status}`)),
  );
});

const expired = (instrument: Instrument): Instrument => ({ ...instrument, status: "expired" });

it("tells a list again only when something of it is different", () => {
  const btc = spot("BTCUSD", "BTC", "USD");
  list.replace([btc]);
  list.replace([{ ...btc, priceScale: 5 }]);
  list.replace([btc, spot("ETHUSD", "ETH", "USD")]);
  list.replace([btc]);
  expect(told).toEqual([["BTCUSD trading"], ["BTCUSD trading", "ETHUSD trading"], ["BTCUSD trading"]]);
});

it("takes changes of single instruments once the list is there", async () => {
  const btc = spot("BTCUSD", "BTC", "USD");
  list.change(btc);
  await Promise.resolve();
  expect(told).toEqual([]);
  list.replace([btc]);
  list.change(btc);
  await Promise.resolve();
  expect(told).toHaveLength(1);
  list.change(spot("ETHUSD", "ETH", "USD"));
  await Promise.resolve();
  list.change(expired(btc));
  await Promise.resolve();
  list.change(expired(btc));
  await Promise.resolve();
  expect(told.slice(1)).toEqual([["BTCUSD trading", "ETHUSD trading"], ["ETHUSD trading"]]);
});

it("tells changes that come together once, and forgets what has expired", async () => {
  const options = Array.from({ length: 500 }, (_, index) => spot(`OPTION-${index}`, "BTC", "USD"));
  list.replace([]);
  for (const option of options) list.change(option);
  await Promise.resolve();
  for (const option of options.slice(1)) list.change(expired(option));
  await Promise.resolve();
  expect(told.map((names) => names.length)).toEqual([0, 500, 1]);
  list.replace([options[0]!, expired(options[1]!)]);
  expect(told).toHaveLength(3);
});

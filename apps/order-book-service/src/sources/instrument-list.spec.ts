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

it("takes changes of single instruments once the list is there", () => {
  const btc = spot("BTCUSD", "BTC", "USD");
  list.change(btc);
  expect(told).toEqual([]);
  list.replace([btc]);
  list.change(btc);
  list.change(expired(btc));
  list.change(spot("ETHUSD", "ETH", "USD"));
  expect(told.slice(1)).toEqual([["BTCUSD expired"], ["BTCUSD expired", "ETHUSD trading"]]);
});

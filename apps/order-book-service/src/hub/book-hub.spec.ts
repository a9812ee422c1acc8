import type { LeftOutSymbol } from "@ims/book-merge";
import { SimulatedClock } from "@ims/common";
import { afterEach, expect, it } from "vitest";
import { ScriptedSource, spot } from "../spec-support/scripted-source.js";
import { BookHub, type BookHubOptions } from "./book-hub.js";

const clock = new SimulatedClock();
const leftOut: LeftOutSymbol[] = [];
let hub: BookHub | undefined;
afterEach(async () => {
  await hub?.close();
  leftOut.length = 0;
});

/** Bitstamp's BTCUSD and Binance's BTCUSDT under one name, and the latter under its own as well. */
function setup(options: Partial<BookHubOptions> = {}) {
  const binance = new ScriptedSource("binancespot", [spot("BTCUSDT", "BTC", "USDT")]);
  const bitstamp = new ScriptedSource("bitstamp", [spot("btcusd", "BTC", "USD")]);
  hub = new BookHub([binance, bitstamp], {
    clock,
    staleAfterMillis: 5000,
    releaseAfterMillis: 1000,
    mapping: { BTCUSD: ["bitstamp:btcusd", "binancespot:BTCUSDT"] },
    onLeftOut: (symbol) => leftOut.push(symbol),
    ...options,
  });
  hub.open();
  binance.list();
  bitstamp.list();
  const watch = (name: string) => {
    const books = hub!.booksOf(hub!.symbols.find(name)!)!;
    const watcher = () => {};
    books.join([], 5, watcher);
    return { books, leave: () => books.leave([], 5, watcher) };
  };
  return { hub, binance, bitstamp, watch };
}

it("reads a venue's symbol once, though it stands under two names, and as long as one is watched", async () => {
  const { binance, watch } = setup();
  const mapped = watch("BTCUSD");
  const own = watch("BTCUSDT");
  expect(binance.log).toEqual(["follow BTCUSDT"]);
  binance.give("BTCUSDT", [[100, 1]], [[101, 1]], clock.monotonicMillis());
  const fresh = () =>
    [mapped, own].map(({ books }) => books.venueBooks.filter((book) => book.isFresh).length);
  expect(fresh()).toEqual([1, 1]);
  own.leave();
  await clock.advance(2000);
  expect(binance.log).toEqual(["follow BTCUSDT"]);
  expect(fresh()[0]).toBe(1);
  mapped.leave();
  await clock.advance(2000);
  expect(binance.log).toEqual(["follow BTCUSDT", "unfollow BTCUSDT"]);
});

it("tells all names of a venue's symbol when it is silent for too long", async () => {
  const { binance, watch } = setup();
  const watched = [watch("BTCUSD"), watch("BTCUSDT")];
  binance.give("BTCUSDT", [[100, 1]], [[101, 1]], clock.monotonicMillis());
  const versions = () =>
    watched.map(({ books }) => {
      const watcher = () => {};
      const { version } = books.join([], 5, watcher);
      books.leave([], 5, watcher);
      return version;
    });
  await new Promise((resolve) => setImmediate(resolve));
  const before = versions();
  await clock.advance(6000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(versions()).toEqual(before.map((version) => version + 1));
});

it("begins anew for who comes when a symbol was just released", async () => {
  const { binance, hub, watch } = setup();
  const first = watch("BTCUSDT");
  first.leave();
  await clock.advance(1250);
  expect(hub.keptCount).toBe(0);
  const second = watch("BTCUSDT");
  expect(binance.log).toEqual(["follow BTCUSDT", "unfollow BTCUSDT", "follow BTCUSDT"]);
  binance.give("BTCUSDT", [[100, 1]], [[101, 1]], clock.monotonicMillis());
  expect(second.books.venueBooks[0]!.isFresh).toBe(true);
});

it("keeps a symbol for who comes before its time is over, and gives the time anew", async () => {
  const { hub, watch } = setup();
  watch("BTCUSDT").leave();
  await clock.advance(750);
  const { leave } = watch("BTCUSDT");
  await clock.advance(5000);
  expect(hub.keptCount).toBe(1);
  leave();
  await clock.advance(750);
  expect(hub.keptCount).toBe(1);
  await clock.advance(500);
  expect(hub.keptCount).toBe(0);
});

it("tells once what cannot be merged under its name", () => {
  const { bitstamp } = setup({ mapping: {} });
  bitstamp.list([spot("btcu-sdt", "BTCU", "SDT")]);
  bitstamp.list([spot("btcu-sdt", "BTCU", "SDT"), spot("ethusd", "ETH", "USD")]);
  expect(leftOut).toMatchObject([{ name: "BTCUSDT", venue: "bitstamp", symbol: "btcu-sdt" }]);
});

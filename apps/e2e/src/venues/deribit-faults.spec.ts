import { DataType, FeedState, GapReason, RecordFlags } from "@ims/common";
import { type DeribitMarket, syntheticDeribitMarket } from "@ims/exchange-simulator";
import { VenueRig } from "@ims/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type DeribitStage, openDeribitStage } from "./deribit-stage.js";

const LOGIN = { clientId: "reader", clientSecret: "sesame" };
const START_MILLIS = Date.UTC(2026, 0, 5, 12);

let stage: DeribitStage;
let rig: VenueRig;

function open(...options: Parameters<typeof openDeribitStage>): void {
  stage = openDeribitStage(...options);
  rig = new VenueRig(stage);
}

/** The synthetic market with more options, or with some that are not listed. */
function marketOf(change: (market: DeribitMarket) => Partial<DeribitMarket>): DeribitMarket {
  const market = syntheticDeribitMarket(START_MILLIS);
  return { ...market, ...change(market) };
}

const stateOf = (dataType: DataType) =>
  rig.integration.status().subscriptions.find((row) => row.dataType === dataType)?.feedState;

afterEach(async () => {
  await rig.settled(rig.integration.shutdown());
  await stage.close();
});

describe("faults of Deribit", () => {
  it("reads trades that were lost on a live connection, also where the venue cannot answer at first", async () => {
    open();
    await rig.start(DataType.Trade, rig.first);
    await rig.flowing(rig.first);
    for (let loss = 0; loss < 5; loss++) {
      stage.venue.loseTrades(rig.first);
      if (loss === 2) stage.venue.failingRequests = 3;
      await rig.advance(9000);
    }
    await rig.expectWhole(rig.first);
    expect(rig.sink.gaps).toEqual([]);
    const filled = rig.sink.trades.filter(({ flags }) => (flags & RecordFlags.BackFilled) !== 0);
    expect(filled.length).toBeGreaterThanOrEqual(5);
  });

  it("begins a book anew after its chain broke, on the same connection", async () => {
    open();
    await rig.start(DataType.Book, rig.first);
    await rig.until("a book", () => rig.sink.booksOf(rig.first).length > 10);
    stage.venue.breakChain(rig.first);
    await rig.advance(10_000);
    expect(rig.sink.gaps).toMatchObject([{ dataType: DataType.Book, reason: GapReason.SequenceBroken }]);
    let last = 0;
    const kinds = rig.sink.booksOf(rig.first).map(({ kind, lastUpdateId, previousUpdateId }) => {
      if (kind === "delta") expect(previousUpdateId).toBe(last);
      last = lastUpdateId;
      return kind;
    });
    expect(kinds.filter((kind) => kind === "snapshot")).toHaveLength(2);
    expect(kinds.at(-1)).toBe("delta");
    expect(rig.integration.status().reconnectCount).toBe(0);
  });

  it("says which channel the venue leaves out without a word, and keeps the others", async () => {
    open();
    stage.venue.inject({ fault: "omit", channel: `quote.${rig.first}` });
    await rig.start(DataType.TopOfBook, rig.first);
    await rig.start(DataType.Trade, rig.first);
    await rig.flowing(rig.first);
    await rig.advance(1000);
    expect([stateOf(DataType.TopOfBook), stateOf(DataType.Trade)]).toEqual([
      FeedState.Refused,
      FeedState.Live,
    ]);
    const told = rig.sink.statuses.filter(({ state }) => state === FeedState.Refused);
    expect(told.map(({ text }) => text)).toEqual([
      `the venue refuses quote.${rig.first}: the venue left it out of what it accepted`,
    ]);
  });

  it("asks again where the venue is busy, and calls nothing refused", async () => {
    open();
    stage.venue.failingSubscribes = 2;
    await rig.start(DataType.Trade, rig.first);
    await rig.flowing(rig.first);
    await rig.expectWhole(rig.first);
    expect(stage.venue.failingSubscribes).toBe(0);
    expect(rig.sink.statuses.filter(({ state }) => state === FeedState.Refused)).toEqual([]);
  });

  it("proves that it lives when it is asked, and so keeps its connection", async () => {
    open();
    await rig.start(DataType.Trade, rig.first);
    await rig.advance(400_000);
    const { testAnswers, unansweredTests } = stage.venue.counters;
    expect([testAnswers >= 5, unansweredTests, rig.integration.status().reconnectCount]).toEqual([
      true,
      0,
      0,
    ]);
  });

  it.each([
    ["trades", DataType.Trade],
    ["book", DataType.Book],
  ] as const)(
    "asks again for a channel of %s that fell silent while the venue has more",
    async (name, dataType) => {
      open();
      await rig.start(dataType, rig.first);
      await rig.until("it is live", () => stateOf(dataType) === FeedState.Live);
      stage.venue.inject({ fault: "mute", channel: `${name}.${rig.first}.100ms` });
      await rig.advance(10_000);
      const told = rig.sink.statuses.filter(({ state }) => state === FeedState.Stale).map(({ text }) => text);
      expect(told.join("\n")).toMatch(/newer/);
      expect([stateOf(dataType), rig.integration.status().reconnectCount]).toEqual([FeedState.Live, 0]);
      if (dataType === DataType.Trade) await rig.expectWhole(rig.first);
      else expect(rig.sink.gaps.length).toBeGreaterThan(0);
    },
  );

  it("counts frames that cannot be read, and loses nothing by them", async () => {
    open();
    await rig.start(DataType.Trade, rig.first);
    await rig.flowing(rig.first);
    const channel = `trades.${rig.first}.100ms`;
    for (const text of [
      "",
      "{",
      "[]",
      `{"method":"subscription","params":{"channel":"${channel}","data":[{}]}}`,
    ]) {
      stage.venue.sendRaw(text);
    }
    await rig.advance(5000);
    expect(rig.sink.rejections.map(({ reason }) => reason)).toEqual([
      "not-json",
      "not-json",
      "not-json",
      "missing-field",
    ]);
    await rig.expectWhole(rig.first);
  });

  it("reads raw with a login; without a good one only what is raw is refused", async () => {
    open({ login: LOGIN }, { credentials: LOGIN });
    await rig.start(DataType.Trade, rig.first);
    await rig.flowing(rig.first);
    expect(stage.venue.counters.logins).toBe(1);
    await rig.settled(rig.integration.shutdown());
    await stage.close();
    open({ login: LOGIN }, { credentials: { ...LOGIN, clientSecret: "wrong" } });
    await rig.start(DataType.Trade, rig.first);
    await rig.start(DataType.TopOfBook, rig.first);
    await rig.until("trades are refused", () => stateOf(DataType.Trade) === FeedState.Refused);
    await rig.until("quotes come", () => stateOf(DataType.TopOfBook) === FeedState.Live);
    expect(rig.sink.statuses.map(({ text }) => text).join("\n")).toContain("raw_subscriptions_not_available");
    expect(rig.errors).toContain("the venue refuses the login");
    expect(JSON.stringify([rig.errors, rig.sink.statuses])).not.toContain("wrong");
  });

  it("renews its login before it expires, and goes on raw for hours", async () => {
    const login = { ...LOGIN, expiresInSeconds: 300 };
    open({ login }, { credentials: LOGIN });
    await rig.start(DataType.Trade, rig.first);
    await rig.start(DataType.Book, rig.first);
    await rig.flowing(rig.first);
    await rig.advance(1_200_000);
    await rig.expectWhole(rig.first);
    const { expiredLogins, logins, renewals } = stage.venue.counters;
    expect([logins, renewals, expiredLogins, rig.integration.status().reconnectCount]).toEqual([1, 5, 0, 0]);
    expect([rig.sink.gaps, stateOf(DataType.Book)]).toEqual([[], FeedState.Live]);
  });

  it("reads bars that ended while the connection was down", async () => {
    open();
    await rig.start(DataType.Bar, rig.first);
    await rig.until("bars come", () => rig.sink.count(DataType.Bar) > 10);
    for (let cut = 0; cut < 4; cut++) {
      await rig.advance(59_000);
      stage.cutConnections();
    }
    await rig.advance(120_000);
    expect(rig.sink.gaps).toEqual([]);
  });

  it("hears within seconds of instruments that expire and that are listed", async () => {
    const market = marketOf(({ instruments, isListed }) => {
      const [expiring, coming] = instruments.filter(({ kind }) => kind === "option");
      let changeMillis: number | undefined;
      return {
        isListed: (symbol, nowMillis) => {
          changeMillis ??= nowMillis + 30_000;
          if (symbol === expiring!.symbol) return nowMillis < changeMillis;
          return symbol === coming!.symbol ? nowMillis >= changeMillis : isListed(symbol, nowMillis);
        },
      };
    });
    open({ market });
    await rig.start(DataType.TopOfBook, rig.first);
    await rig.advance(25_000);
    expect(rig.sink.instruments).toEqual([]);
    await rig.advance(10_000);
    const [expiring, coming] = market.instruments.filter(({ kind }) => kind === "option");
    expect(rig.sink.instruments.map(({ status, symbol }) => `${symbol} ${status}`).sort()).toEqual(
      [`${expiring!.symbol} expired`, `${coming!.symbol} trading`].sort(),
    );
  });

  it("goes on behind the last trade that was stored before a restart", async () => {
    open();
    await rig.advance(10_000);
    const stored = stage.venue.lastSeq(rig.first) - 5;
    const create: DeribitStage["create"] = (context) =>
      stage.create({ ...context, lastTradeId: () => stored });
    rig = new VenueRig({ ...stage, create });
    await rig.start(DataType.Trade, rig.first);
    await rig.flowing(rig.first);
    expect(rig.sink.tradesOf(rig.first)[0]!.tradeId).toBe(stored + 1);
    await rig.expectWhole(rig.first);
    expect(rig.sink.gaps).toEqual([]);
  });

  it("tells of options that expire and of those that are listed while it runs", async () => {
    let isNextDay = false;
    const market = marketOf(({ instruments, isListed }) => {
      const options = instruments.filter(({ kind }) => kind === "option");
      const [expiring, coming] = [options[0]!.symbol, options[1]!.symbol];
      return {
        isListed: (symbol, nowMillis) => {
          if (symbol === expiring) return !isNextDay;
          return symbol === coming ? isNextDay : isListed(symbol, nowMillis);
        },
      };
    });
    open({ market });
    const before = (await rig.symbols()).map(({ symbol }) => symbol);
    isNextDay = true;
    await rig.advance(6 * 60_000);
    const [expiring, coming] = market.instruments
      .filter(({ kind }) => kind === "option")
      .map(({ symbol }) => symbol);
    expect(rig.sink.instruments.map(({ status, symbol }) => `${symbol} ${status}`).sort()).toEqual(
      [`${expiring} expired`, `${coming} trading`].sort(),
    );
    expect([before.includes(expiring!), before.includes(coming!)]).toEqual([true, false]);
  });

  it("asks for 600 tickers of options within the venue's budget, in requests of at most 250", async () => {
    const market = marketOf(({ fairPrice, instruments, isListed, ticker }) => {
      const model = instruments.findLast(({ kind }) => kind === "option")!;
      const many = Array.from({ length: 600 }, (_, index) => ({
        ...model,
        symbol: `BTC-6MAR26-${10_000 + index}-C`,
      }));
      const known = (symbol: string) => (symbol.startsWith("BTC-6MAR26-1") ? model.symbol : symbol);
      return {
        instruments: [...instruments, ...many],
        isListed: (symbol, now) => isListed(known(symbol), now),
        fairPrice: (symbol, now) => fairPrice(known(symbol), now),
        ticker: (symbol, now) => ticker(known(symbol), now),
      };
    });
    open({ market });
    const symbols = market.instruments.slice(-600).map(({ symbol }) => symbol);
    await rig.start(DataType.OptionTicker, ...symbols);
    const isThere = () =>
      rig.integration.status().subscriptions.every(({ state }) => state === "acknowledged");
    await rig.until("all are acknowledged", isThere);
    await rig.advance(1000);
    expect(new Set(rig.sink.optionTickers.map(({ symbol }) => symbol)).size).toBe(600);
    expect([stage.connectionCount, stage.venue.counters.overLimit]).toEqual([2, 0]);
    expect(stage.venue.counters.subscribes).toBeLessThanOrEqual(6);
    expect(rig.sink.rejections).toEqual([]);
  });
});

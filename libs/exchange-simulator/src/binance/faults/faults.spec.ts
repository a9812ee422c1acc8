import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openVenue } from "../../spec-support/venue-client.js";
import type { SyntheticSourceOptions } from "../simulator-options.js";
import { parseFaultScript } from "./fault-rules.js";
import type { FaultRule } from "./fault-script.js";
import { randomFaultScript } from "./random-faults.js";

const TRADES = "/ws/btcusdt@trade";
const stream = "btcusdt@trade";

interface Trade {
  t: number;
}

async function withRules(
  rules: readonly FaultRule[],
  seconds: number,
  path = TRADES,
  source: Partial<SyntheticSourceOptions> = {},
) {
  const opened = await openVenue("spot", { tradesPerSecond: 30, ...source }, { faults: { seed: 1, rules } });
  const client = await opened.connect(path);
  await opened.clock.advance(seconds * 1000);
  const texts = client.frames;
  const ids = () => texts.map((text) => (JSON.parse(text) as Trade).t);
  return { ...opened, client, texts, ids };
}

/** Ids as the venue numbered them, whatever became of their frames. */
function idsBetween(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

describe("frame faults", () => {
  it("drop what they say, and the log and the deliveries tell which", async () => {
    const { venue, ids } = await withRules([{ fault: "drop", stream, skip: 5, count: 3 }], 5);
    const got = ids();
    const all = idsBetween(got[0]!, got[got.length - 1]!);
    const missing = all.filter((id) => !got.includes(id));
    expect(missing).toEqual(all.slice(5, 8));
    expect(venue.faultLog.map(({ fault, connection, firstId }) => [fault, connection, firstId])).toEqual(
      missing.map((id) => ["drop", 1, id]),
    );
    const [delivery] = venue.deliveries();
    expect(delivery!.runs).toEqual([
      [all[0], all[4]],
      [all[8], all[all.length - 1]],
    ]);
    await venue.close();
  });

  it("duplicate and reorder", async () => {
    const doubled = await withRules([{ fault: "duplicate", skip: 2, count: 1 }], 3);
    const got = doubled.ids();
    expect(got.slice(0, 5)).toEqual([got[0], got[0]! + 1, got[0]! + 2, got[0]! + 2, got[0]! + 3]);
    await doubled.venue.close();
    const mixed = await withRules([{ fault: "reorder", by: 2, skip: 1, count: 1 }], 3);
    const first = mixed.ids()[0]!;
    expect(mixed.ids().slice(0, 6)).toEqual([0, 2, 3, 1, 4, 5].map((step) => first + step));
    await mixed.venue.close();
  });

  it("delay holds everything on the connection back, in order", async () => {
    const { client, ids, venue } = await withRules([{ fault: "delay", millis: 2000, skip: 3, count: 1 }], 6);
    const got = ids();
    expect(got).toEqual(idsBetween(got[0]!, got[got.length - 1]!));
    const gaps = client.times.slice(1).map((time, at) => time - client.times[at]!);
    expect(gaps.filter((gap) => gap >= 1900)).toHaveLength(1);
    expect(gaps.findIndex((gap) => gap >= 1900)).toBe(2);
    await venue.close();
  });

  it("lose frames for everybody, REST has them", async () => {
    const { venue, clock, connect, get } = await openVenue("spot", { tradesPerSecond: 30 });
    const clients = [await connect(TRADES), await connect(TRADES)];
    venue.inject({ fault: "gap", stream: "btcusdt@*", skip: 4, count: 2 });
    await clock.advance(3000);
    const [one, other] = clients.map((client) => client.parsed<Trade>().map(({ t }) => t));
    expect(one).toEqual(other);
    expect(one![4]! - one![3]!).toBe(3);
    const lost = await get(`/api/v3/historicalTrades?symbol=BTCUSDT&fromId=${one![3]! + 1}&limit=2`);
    expect(lost.map(({ id }: { id: number }) => id)).toEqual([one![3]! + 1, one![3]! + 2]);
    expect(venue.faultLog.map(({ fault, firstId }) => [fault, firstId])).toEqual([
      ["gap", one![3]! + 1],
      ["gap", one![3]! + 2],
    ]);
    await venue.close();
  });

  it("mangle frames: broken off, with an unknown field, with keys the other way round", async () => {
    for (const path of [TRADES, "/stream?streams=btcusdt@trade", "/ws/btcusdt@depth@100ms"]) {
      const plain = await withRules([], 3, path);
      const broken = await withRules([{ fault: "malformed", skip: 1, count: 1 }], 3, path);
      expect(() => JSON.parse(broken.texts[1]!)).toThrow();
      expect(plain.texts[1]!.startsWith(broken.texts[1]!)).toBe(true);
      expect(broken.texts[2]).toBe(plain.texts[2]);
      const extra = await withRules([{ fault: "extra-field", skip: 1, count: 1 }], 3, path);
      const payload = (text: string) => {
        const parsed = JSON.parse(text) as Record<string, unknown>;
        return (parsed.data ?? parsed) as Record<string, unknown>;
      };
      expect(payload(extra.texts[1]!)).toEqual({ zz: { new: [1, "two"] }, ...payload(plain.texts[1]!) });
      const turned = await withRules([{ fault: "reorder-keys", skip: 1, count: 1 }], 3, path);
      expect(payload(turned.texts[1]!)).toEqual(payload(plain.texts[1]!));
      expect(Object.keys(payload(turned.texts[1]!))).toEqual(Object.keys(payload(plain.texts[1]!)).reverse());
      for (const run of [plain, broken, extra, turned]) await run.venue.close();
    }
  });

  it("act by chance and by time, the same for the same seed", async () => {
    const rules: FaultRule[] = [{ fault: "drop", chance: 0.3, fromMillis: 1000, untilMillis: 4000 }];
    const one = await withRules(rules, 6);
    const other = await withRules(rules, 6);
    const dropped = one.venue.faultLog;
    expect(dropped.length).toBeGreaterThan(3);
    expect(dropped.every(({ atMillis }) => atMillis >= 1000 && atMillis < 4000)).toBe(true);
    expect(other.venue.faultLog).toEqual(dropped);
    await one.venue.close();
    await other.venue.close();
  });
});

describe("connection faults", () => {
  it("close with a code, by count", async () => {
    const { client, venue } = await withRules([{ fault: "close", code: 1011, skip: 4 }], 5);
    expect(client.frames).toHaveLength(4);
    expect(client.closedCode).toBe(1011);
    expect(venue.stats.connectionCount).toBe(0);
    await venue.close();
  });

  it("reset one connection at a time", async () => {
    const { venue, clock, connect } = await openVenue("spot", { tradesPerSecond: 30 });
    const one = await connect(TRADES);
    const other = await connect(TRADES);
    const third = await connect("/ws/ethusdt@trade");
    venue.inject({ fault: "reset", connection: 1, atMillis: 1000 });
    venue.inject({ fault: "close", code: 4000, stream: "eth*@trade", atMillis: 2000 });
    await clock.advance(3000);
    expect(third.closedCode).toBe(4000);
    expect([one.closedCode, other.closedCode]).toEqual([1006, undefined]);
    expect(other.frames.length).toBeGreaterThan(one.frames.length);
    await venue.close();
  });

  it("half-open: nothing comes any more, not even an answer or an end", async () => {
    const { venue, clock, connect } = await openVenue("spot", { tradesPerSecond: 30 });
    const client = await connect(TRADES);
    venue.inject({ fault: "half-open", atMillis: 1000 });
    await clock.advance(1000);
    const count = client.frames.length;
    expect(count).toBeGreaterThan(0);
    const signs = client.signs.length;
    client.socket.send(`{"method":"LIST_SUBSCRIPTIONS","id":1}`);
    client.socket.ping();
    await clock.advance(300_000);
    expect([client.frames.length, client.signs.length, client.closedCode]).toEqual([count, signs, undefined]);
    expect(client.socket.isOpen).toBe(true);
    expect(venue.stats.connectionCount).toBe(0);
    await venue.close();
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("serverShutdown is announced in either form, then the connections close", async () => {
    const { venue, clock, connect } = await openVenue("spot");
    const raw = await connect("/ws/nobody@trade");
    const combined = await connect("/stream?streams=nobody@trade");
    venue.inject({ fault: "server-shutdown", atMillis: 1000, leadMillis: 5000 });
    await clock.advance(1000);
    const late = await connect("/ws/nobody@trade");
    const E = Math.floor(clock.nowMicros() / 1000);
    expect(raw.frames).toEqual([`{"e":"serverShutdown","E":${E}}`]);
    expect(combined.frames).toEqual([`{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":${E}}}`]);
    await clock.advance(4999);
    expect(raw.closedCode).toBeUndefined();
    await clock.advance(1);
    expect([raw.closedCode, combined.closedCode, late.closedCode]).toEqual([1001, 1001, undefined]);
    await venue.close();
  });

  it("refuse upgrades", async () => {
    const { venue, connect } = await openVenue("spot");
    venue.inject({ fault: "refuse-connection", status: 429, retryAfterSeconds: 9, count: 1 });
    const refused = await connect(TRADES);
    expect([refused.refusedStatus, refused.retryAfter]).toEqual([429, "9"]);
    const taken = await connect(TRADES);
    expect(taken.socket.isOpen).toBe(true);
    await venue.close();
  });

  it("the 24 h limit comes in simulated time", async () => {
    const { venue, clock, connect } = await openVenue("spot", { tradesPerSecond: 0.01, timerMillis: 60_000 });
    const client = await connect(TRADES);
    await clock.advance(86_399_000);
    expect(client.closedCode).toBeUndefined();
    await clock.advance(1001);
    expect(client.closedCode).toBe(1001);
    await venue.close();
  });
});

describe("control faults", () => {
  async function subscribing(rule: FaultRule) {
    const { venue, clock, connect } = await openVenue(
      "spot",
      { tradesPerSecond: 30 },
      { faults: { rules: [rule] } },
    );
    const client = await connect("/ws");
    client.socket.send(`{"method":"SUBSCRIBE","params":["btcusdt@trade","ethusdt@trade"],"id":7}`);
    await clock.advance(5000);
    const replies = client.frames.filter((frame) => frame.includes(`"id":`));
    const symbols = new Set(client.parsed<{ s?: string }>().map(({ s }) => s));
    symbols.delete(undefined);
    await venue.close();
    return { replies, symbols: [...symbols].sort() };
  }

  it.each<[FaultRule, string[], string[]]>([
    [{ fault: "no-ack" }, [], ["BTCUSDT", "ETHUSDT"]],
    [{ fault: "wrong-ack" }, [`{"result":null,"id":987654321}`], ["BTCUSDT", "ETHUSDT"]],
    [{ fault: "error-ack", code: 3, msg: "no" }, [`{"error":{"code":3,"msg":"no"},"id":7}`], []],
    [{ fault: "silent-after-ack" }, [`{"result":null,"id":7}`], []],
    [{ fault: "silent-after-ack", stream: "btc*" }, [`{"result":null,"id":7}`], ["ETHUSDT"]],
  ])("%j", async (rule, replies, symbols) => {
    expect(await subscribing(rule)).toEqual({ replies, symbols });
  });
});

describe("REST faults", () => {
  const depth = "/api/v3/depth?symbol=BTCUSDT&limit=5";

  it("answer with a status, break off, cut, and ban", async () => {
    const { venue, clock } = await openVenue(
      "spot",
      {},
      {
        faults: {
          rules: [
            { fault: "rest-status", path: "time", status: 503, count: 1 },
            { fault: "rest-status", path: "ping", status: 429, code: -1003, msg: "m", retryAfterSeconds: 4 },
            { fault: "rest-malformed", path: "depth", count: 1 },
            { fault: "rest-reset", path: "ticker/*", count: 1 },
            { fault: "rest-ban", path: "klines", seconds: 30, count: 1 },
          ],
        },
      },
    );
    const get = (path: string) => venue.request("GET", path);
    expect(await get("/api/v3/time")).toMatchObject({ status: 503, body: "" });
    expect((await get("/api/v3/time")).status).toBe(200);
    expect(await get("/api/v3/ping")).toMatchObject({
      status: 429,
      body: `{"code":-1003,"msg":"m"}`,
      headers: { "retry-after": "4", "x-mbx-used-weight-1m": expect.any(String) },
    });
    expect(() => JSON.parse("")).toThrow();
    const broken = await get(depth);
    expect(() => JSON.parse(broken.body)).toThrow();
    await expect(get("/api/v3/ticker/price")).rejects.toMatchObject({ code: "simulator.connection-cut" });
    const banned = await get("/api/v3/klines?symbol=BTCUSDT&interval=1m");
    expect(banned.status).toBe(418);
    expect(banned.headers["retry-after"]).toBe("30");
    await clock.advance(29_000);
    expect((await get(depth)).status).toBe(418);
    await clock.advance(1000);
    expect((await get(depth)).status).toBe(200);
    expect(venue.faultLog.map(({ fault, path }) => [fault, path])).toEqual([
      ["rest-status", "time"],
      ["rest-status", "ping"],
      ["rest-malformed", "depth"],
      ["rest-reset", "ticker/price"],
      ["rest-ban", "klines"],
    ]);
    await venue.close();
  });

  it("give late and stale snapshots", async () => {
    const { venue, clock, connect } = await openVenue("spot", { tradesPerSecond: 200 });
    await connect("/ws/btcusdt@depth@100ms");
    await clock.advance(5000);
    venue.inject({ fault: "stale-snapshot", path: "depth", updates: 100, count: 1 });
    const now = venue.book("BTCUSDT")!;
    const stale = JSON.parse((await venue.request("GET", depth)).body) as {
      lastUpdateId: number;
      bids: string[][];
    };
    expect(stale.lastUpdateId).toBe(now.updateId - 100);
    const then = venue.book("BTCUSDT", stale.lastUpdateId)!;
    expect(stale.bids.map(([price]) => Number(price) * 100)).toEqual(
      then.bids.slice(0, 5).map(([price]) => expect.closeTo(price, 3)),
    );
    venue.inject({ fault: "rest-delay", path: "depth", millis: 3000, count: 1 });
    let late: string | undefined;
    const asked = venue.request("GET", depth).then(({ body }) => {
      late = body;
    });
    const before = venue.book("BTCUSDT")!.updateId;
    await clock.advance(2999);
    expect(late).toBeUndefined();
    await clock.advance(1);
    await asked;
    expect((JSON.parse(late!) as { lastUpdateId: number }).lastUpdateId).toBe(before);
    expect(venue.book("BTCUSDT")!.updateId).toBeGreaterThan(before);
    await venue.close();
  });

  it("end with the venue when they are still being held back", async () => {
    const { venue, clock } = await openVenue(
      "spot",
      {},
      { faults: { rules: [{ fault: "rest-delay", millis: 3000 }] } },
    );
    const asked = venue.request("GET", "/api/v3/ping");
    const failed = expect(asked).rejects.toMatchObject({ code: "simulator.closed-early" });
    await venue.close();
    await failed;
    expect(clock.pendingTimerCount).toBe(0);
  });
});

describe("venue faults", () => {
  it("skew the clock of everything the venue says", async () => {
    const { venue, clock, connect, get } = await openVenue("spot", { tradesPerSecond: 30 });
    const client = await connect(TRADES);
    venue.inject({ fault: "clock-skew", millis: 5000, atMillis: 1000 });
    await clock.advance(999);
    const trueMillis = () => clock.nowMicros() / 1000;
    expect((await get("/api/v3/time")).serverTime).toBe(trueMillis());
    await clock.advance(2000);
    expect((await get("/api/v3/time")).serverTime).toBe(trueMillis() + 5000);
    const last = JSON.parse(client.frames[client.frames.length - 1]!) as { T: number };
    expect(last.T).toBeGreaterThan(trueMillis() + 4000);
    await venue.close();
  });

  it("skip trade ids that nobody can have", async () => {
    const { venue, clock, connect, get } = await openVenue("spot", { tradesPerSecond: 30 });
    const client = await connect(TRADES);
    await clock.advance(2000);
    const before = client.parsed<Trade>();
    venue.inject({ fault: "skip-trade-ids", symbol: "BTCUSDT", ids: 5, atMillis: 0 });
    await clock.advance(2000);
    const ids = client.parsed<Trade>().map(({ t }) => t);
    const last = before[before.length - 1]!.t;
    expect(ids[before.length]).toBe(last + 6);
    const rows = await get(`/api/v3/historicalTrades?symbol=BTCUSDT&fromId=${last}&limit=2`);
    expect(rows.map(({ id }: { id: number }) => id)).toEqual([last, last + 6]);
    await venue.close();
  });

  it("print trades outside the market, which stay out of bars and aggregates", async () => {
    const { venue, clock, connect } = await openVenue("usd-future", {
      tradesPerSecond: 5,
      liquidationShare: 1,
    });
    const trades = await connect("/public/ws/btcusdt@trade");
    const aggregates = await connect("/market/ws/btcusdt@aggTrade");
    const forced = await connect("/market/ws/!forceOrder@arr");
    for (const origin of ["INSURANCE_FUND", "ADL", "NA"] as const) {
      venue.inject({ fault: "print", symbol: "BTCUSDT", origin, atMillis: 2000 });
    }
    await clock.advance(6000);
    interface Print {
      t: number;
      X: string;
      p: string;
    }
    const list = trades.parsed<Print>();
    const odd = list.filter(({ X }) => X !== "MARKET");
    expect(odd.map(({ X }) => X).sort()).toEqual(["ADL", "INSURANCE_FUND", "NA"]);
    expect(odd.find(({ X }) => X === "NA")!.p).toBe("0");
    expect(list.every(({ t }, at) => t === list[0]!.t + at)).toBe(true);
    const covered = aggregates.parsed<{ f: number; l: number }>();
    for (const { t } of odd) expect(covered.some(({ f, l }) => f <= t && t <= l)).toBe(false);
    const liquidated = forced.parsed<{ o: { s: string; T: number } }>().map(({ o }) => `${o.s} ${o.T}`);
    expect(new Set(liquidated).size).toBe(liquidated.length);
    const seconds = forced.parsed<{ E: number; o: { s: string } }>().map(({ E, o }) => `${o.s} ${E}`);
    expect(seconds.length).toBeGreaterThan(2);
    expect(new Set(seconds).size).toBe(seconds.length);
    await venue.close();
  });
});

describe("the account of what became of each frame", () => {
  it("is complete: sent, or named in the log with the fault that took it", async () => {
    const kinds = [
      ...["drop", "duplicate", "malformed", "extra-field"],
      ...["reorder-keys", "delay", "reorder", "gap"],
    ] as FaultRule["fault"][];
    await fc.assert(
      fc.asyncProperty(fc.nat(0xffffffff), async (seed) => {
        const faults = randomFaultScript(seed, { millis: 8000, faults: 25, kinds, streams: ["btcusdt@*"] });
        const { venue, clock, connect } = await openVenue("spot", { seed, tradesPerSecond: 40 }, { faults });
        const client = await connect(TRADES);
        await clock.advance(20_000);
        const readable = client.frames.flatMap((text) => {
          try {
            return [(JSON.parse(text) as Trade).t];
          } catch {
            return [];
          }
        });
        const [delivery] = venue.deliveries();
        expect(delivery!.runs.flatMap(([first, last]) => idsBetween(first, last))).toEqual(readable);
        const sent = new Set(readable);
        const taken = new Set(
          venue.faultLog
            .filter(({ fault }) => /drop|malformed|gap|reorder$/.test(fault))
            .map(({ firstId }) => firstId),
        );
        const { firstTradeId } = venue.truth("BTCUSDT");
        for (const id of idsBetween(firstTradeId, Math.max(...readable))) {
          if (!sent.has(id) && !taken.has(id)) throw new Error(`nobody knows what became of trade ${id}`);
        }
        await venue.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe("fault scripts", () => {
  it("have a JSON form that is checked", () => {
    const script = { seed: 3, rules: [{ fault: "drop", stream: "a@trade", skip: 1, count: 2 }] };
    expect(parseFaultScript(JSON.stringify(script))).toEqual(script);
    for (const [text, part] of [
      ["{", "not JSON"],
      ["{}", `no list "rules"`],
      [`{"rules":[1]}`, "rule 1 is not an object"],
      [`{"rules":[{"fault":"drop"},{"fault":"dorp"}]}`, `rule 2 has fault "dorp"`],
      [`{"rules":[{"fault":"delay"}]}`, `needs "millis"`],
      [`{"rules":[{"fault":"drop","millis":3}]}`, `no field "millis"`],
      [`{"rules":[{"fault":"drop","chance":2}]}`, "0 to 1"],
      [`{"rules":[{"fault":"print","symbol":"A","origin":"X","atMillis":1}]}`, "INSURANCE_FUND"],
      [`{"rules":[{"fault":"list","symbol":"btc","atMillis":1}]}`, "no upper-case symbol"],
      [`{"rules":[{"fault":"close","code":1006}]}`, "no endpoint may send"],
      [`{"seed":-1,"rules":[]}`, "seed -1"],
    ] as const) {
      expect(() => parseFaultScript(text)).toThrow(
        expect.objectContaining({ code: "simulator.invalid-fault", message: expect.stringContaining(part) }),
      );
    }
  });

  it("are refused where they do not fit the market", async () => {
    const { venue } = await openVenue("spot");
    const print = { fault: "print", symbol: "BTCUSDT", origin: "ADL", atMillis: 1 } as const;
    expect(() => venue.inject(print)).toThrow(expect.objectContaining({ code: "simulator.invalid-fault" }));
    expect(() => venue.inject({ fault: "dorp" } as never)).toThrow(/dorp/);
    await venue.close();
    await expect(openVenue("spot", {}, { faults: { rules: [print] } })).rejects.toMatchObject({
      code: "simulator.invalid-fault",
    });
    const futures = await openVenue("usd-future");
    expect(() => futures.venue.inject({ fault: "server-shutdown", atMillis: 1 })).toThrow(/spot only/);
    await futures.venue.close();
  });

  it("are drawn from a seed, always valid, and leave no timer behind", async () => {
    const options = { millis: 20_000, faults: 30, streams: ["btcusdt@*"], symbols: ["BTCUSDT", "NEWUSDT"] };
    expect(randomFaultScript(4, options)).toEqual(randomFaultScript(4, options));
    const every = [
      ...["drop", "delay", "reorder", "gap", "close", "reset", "half-open", "server-shutdown"],
      ...["clock-skew", "list", "status", "skip-trade-ids", "silent-after-ack", "stale-snapshot"],
    ] as FaultRule["fault"][];
    for (let seed = 0; seed < 40; seed++) {
      const faults = randomFaultScript(seed, seed % 2 === 0 ? options : { ...options, kinds: every });
      expect(parseFaultScript(JSON.stringify(faults))).toEqual(JSON.parse(JSON.stringify(faults)));
      const { venue, clock, connect } = await openVenue("spot", { seed, tradesPerSecond: 20 }, { faults });
      await connect(TRADES);
      await connect("/ws/newusdt@trade/btcusdt@depth@100ms");
      await clock.advance(25_000);
      await venue.close();
      expect(clock.pendingTimerCount).toBe(0);
    }
  });
});

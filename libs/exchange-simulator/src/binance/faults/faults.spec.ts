import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  idsBetween,
  TRADE_STREAM,
  TRADES_PATH,
  type TradeFrame,
  withRules,
} from "../../spec-support/fault-rules.js";
import { openVenue } from "../../spec-support/venue-client.js";
import { parseFaultScript } from "./fault-rules.js";
import type { FaultRule } from "./fault-script.js";
import { randomFaultScript } from "./random-faults.js";

describe("frame faults", () => {
  it("drop what they say, and the log and the deliveries tell which", async () => {
    const { venue, ids } = await withRules([{ fault: "drop", stream: TRADE_STREAM, skip: 5, count: 3 }], 5);
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
    const clients = [await connect(TRADES_PATH), await connect(TRADES_PATH)];
    venue.inject({ fault: "gap", stream: "btcusdt@*", skip: 4, count: 2 });
    await clock.advance(3000);
    const [one, other] = clients.map((client) => client.parsed<TradeFrame>().map(({ t }) => t));
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
    for (const path of [TRADES_PATH, "/stream?streams=btcusdt@trade", "/ws/btcusdt@depth@100ms"]) {
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
        const client = await connect(TRADES_PATH);
        await clock.advance(20_000);
        const readable = client.frames.flatMap((text) => {
          try {
            return [(JSON.parse(text) as TradeFrame).t];
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
      await connect(TRADES_PATH);
      await connect("/ws/newusdt@trade/btcusdt@depth@100ms");
      await clock.advance(25_000);
      await venue.close();
      expect(clock.pendingTimerCount).toBe(0);
    }
  });
});

import { GapReason, RecordFlags, SimulatedClock } from "@ims/common";
import type { MissingRange } from "@ims/integration-kit";
import {
  createTradeFields,
  HttpJsonClient,
  type HttpTransport,
  TradeBackFill,
  TradeSequencer,
  WeightBudget,
} from "@ims/integration-kit";
import type { TradeFields } from "@ims/traits";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../spec-support/silent-logger.js";
import { BINANCE_REST_RULES, type TradeRoute } from "../rest/rest-rules.js";
import { missedTradesReader } from "./missed-trades.js";

const { BackFilled, Late } = RecordFlags;
const START_MICROS = 1_700_000_000_000_000;
const runs = Number(process.env.IMS_SEEDS ?? 60);

let published: { id: number; flags: number }[];
let gaps: MissingRange[];
let fills: [number, number][];
let sequencer: TradeSequencer;

function create(heldMax = 1000, onFill: () => void = () => {}): TradeSequencer {
  published = [];
  gaps = [];
  fills = [];
  sequencer = new TradeSequencer({
    heldMax,
    publish: ({ tradeId, flags }) => published.push({ id: tradeId, flags }),
    gap: (range) => gaps.push(range),
    fill: (from, to) => {
      fills.push([from, to]);
      onFill();
    },
    onHolding: () => {},
  });
  return sequencer;
}

const reused = createTradeFields();
function trade(id: number, flags = 0, eventMicros = START_MICROS + id): TradeFields {
  reused.tradeId = id;
  reused.flags = flags;
  reused.eventMicros = eventMicros;
  return reused;
}

const offer = (...ids: number[]) => {
  for (const id of ids) sequencer.offer(trade(id));
};
const ids = () => published.map(({ id }) => id);

beforeEach(() => create());

describe("TradeSequencer", () => {
  it("passes consecutive trades on and drops what was seen", () => {
    offer(5, 6, 6, 5, 7);
    expect(ids()).toEqual([5, 6, 7]);
    expect(sequencer.duplicateCount).toBe(2);
  });

  it("lets later trades wait for missed ones and then passes all on in order", () => {
    offer(1, 2, 6, 7);
    expect([ids(), fills]).toEqual([[1, 2], [[3, 5]]]);
    sequencer.offer(trade(4, BackFilled));
    sequencer.offer(trade(3, BackFilled));
    expect(ids()).toEqual([1, 2, 3, 4]);
    offer(5);
    expect(ids()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(published.map(({ flags }) => flags)).toEqual([0, 0, BackFilled, BackFilled, 0, 0, 0]);
  });

  it("makes a Gap of what cannot be had, with what was had of the same loss", () => {
    offer(1, 6);
    sequencer.offer(trade(4, BackFilled));
    sequencer.abandon(1, 6);
    expect(ids()).toEqual([1, 4, 6]);
    expect(gaps).toMatchObject([
      { from: 2, to: 3, loss: { reason: GapReason.SequenceBroken, filledCount: 1 } },
      { from: 5, to: 5 },
    ]);
    expect(gaps[0]!.loss).toMatchObject({ fromMicros: START_MICROS + 1, toMicros: START_MICROS + 6 });
  });

  it("passes on what waits when too much does, and marks what comes later", () => {
    create(3);
    offer(1, 3, 4, 5);
    expect(ids()).toEqual([1]);
    offer(6);
    expect(ids()).toEqual([1, 3, 4, 5, 6]);
    sequencer.offer(trade(2, BackFilled));
    expect(published.at(-1)).toEqual({ id: 2, flags: BackFilled | Late });
  });

  it("continues from the last id of an earlier run", () => {
    sequencer.resumeFrom(10);
    offer(13);
    expect(fills).toEqual([[11, 12]]);
    sequencer.close();
    expect(gaps).toMatchObject([{ from: 11, to: 12, loss: { reason: GapReason.ServiceRestarted } }]);
    expect(ids()).toEqual([13]);
  });

  it("counts ids that are no trades as seen", () => {
    offer(1);
    sequencer.skip(2);
    offer(3, 6);
    sequencer.skip(4);
    sequencer.skip(5);
    expect([ids(), gaps]).toEqual([[1, 3, 6], []]);
  });

  it("begins anew with a Gap when the venue's ids do", () => {
    offer(1_000_000, 1_000_001);
    sequencer.offer(trade(5, 0, START_MICROS + 60_000_000));
    offer(6);
    expect(ids()).toEqual([1_000_000, 1_000_001, 5, 6]);
    expect(gaps).toMatchObject([{ from: 0, to: 0, loss: { reason: GapReason.VenueRestarted } }]);
  });
});

/** A venue's list of trades that fails, lags and forgets as it is told. */
class FakeTradeList {
  newestId = 0;
  failures = 0;
  oldestId = 0;
  readonly unlisted = new Set<number>();
  requestCount = 0;

  readonly transport: HttpTransport = (url) => {
    this.requestCount++;
    if (this.failures > 0) {
      this.failures--;
      return this.failures % 2 === 0
        ? Promise.reject(new Error("reset"))
        : Promise.resolve({ status: 503, headers: {}, body: Buffer.from("busy") });
    }
    const limit = Number(url.searchParams.get("limit"));
    const fromId = url.searchParams.get("fromId");
    const first = fromId === null ? this.newestId - limit + 1 : Number(fromId);
    const rows = [];
    for (let id = Math.max(first, this.oldestId, 1); id <= this.newestId && rows.length < limit; id++) {
      if (this.unlisted.has(id)) continue;
      rows.push({ id, price: "1.5", qty: "2", time: START_MICROS + id, isBuyerMaker: true });
    }
    return Promise.resolve({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(rows)) });
  };
}

const fault = fc.record({
  kind: fc.constantFrom("none", "none", "drop", "repeat", "swap", "skip", "pause", "outage"),
  size: fc.integer({ min: 1, max: 30 }),
});

describe("TradeSequencer with TradeBackFill", () => {
  async function run(
    route: TradeRoute,
    faults: readonly { kind: string; size: number }[],
    unlisted: readonly number[],
    heldMax: number,
    failures: number,
  ): Promise<void> {
    const clock = new SimulatedClock(START_MICROS);
    const list = new FakeTradeList();
    for (const id of unlisted) list.unlisted.add(id);
    list.failures = failures;
    create(heldMax, () => backFill.wake());
    const budget = new WeightBudget({ clock, weightMax: 300 });
    const http = new HttpJsonClient({
      baseUrl: "http://venue",
      clock,
      random: () => 0.5,
      logger: silentLogger,
      transport: list.transport,
      budget,
    });
    const backFill = new TradeBackFill({
      clock,
      random: () => 0.5,
      logger: silentLogger,
      read: missedTradesReader({
        clock,
        logger: silentLogger,
        http,
        route: { ...route, limit: 20, isAggregate: false },
        symbol: "BTCUSDT",
        instrumentId: 1,
      }),
      symbol: "BTCUSDT",
      sequencer,
      graceMillis: () => 200,
      tradesMax: 100,
    });
    const skipped = new Set<number>();
    let next = 1;
    const send = (id: number) => {
      list.newestId = Math.max(list.newestId, id);
      if (skipped.has(id)) sequencer.skip(id);
      else offer(id);
    };
    send(next++);
    for (const { kind, size } of faults) {
      if (kind === "drop") next += size;
      if (kind === "outage") next += size * 10;
      list.newestId = Math.max(list.newestId, next - 1);
      if (kind === "repeat") for (let id = Math.max(1, next - size); id < next; id++) send(id);
      if (kind === "skip") {
        skipped.add(next);
        list.unlisted.add(next);
        send(next++);
      }
      if (kind === "swap") {
        send(next + 1);
        send(next);
        next += 2;
      }
      if (kind === "pause") await clock.advance(size * 100);
      if (kind === "none") for (let count = 0; count < size; count++) send(next++);
    }
    send(next);
    await clock.advance(20 * 60_000);
    expect(sequencer.missing).toEqual([]);
    expect(sequencer.isHolding).toBe(false);
    sequencer.close();
    await backFill.close();
    const seen = new Map<number, number>();
    const count = (id: number) => seen.set(id, (seen.get(id) ?? 0) + 1);
    for (const { id } of published) count(id);
    for (const { from, to } of gaps) for (let id = from; id <= to; id++) count(id);
    for (let id = 1; id <= next; id++) {
      if (skipped.has(id)) expect(seen.get(id) ?? 0, `id ${id}`).toBe(0);
      else expect(seen.get(id), `id ${id}`).toBe(1);
    }
    const inOrder = published.filter(({ flags }) => (flags & Late) === 0).map(({ id }) => id);
    expect(inOrder).toEqual(inOrder.toSorted((one, other) => one - other));
    expect(clock.pendingTimerCount).toBe(0);
  }

  it.each([
    ["by id", BINANCE_REST_RULES.spot.trades.trade],
    ["only the latest", BINANCE_REST_RULES["usd-future"].trades.trade],
  ])("has every id exactly once or in a Gap, whatever is lost, read again %s", async (_, route) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { maxLength: 25 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 10 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 8 }),
        (faults, unlisted, heldMax, failures) => run(route, faults, unlisted, heldMax, failures),
      ),
      { numRuns: runs },
    );
  });

  it("fills a short loss completely", async () => {
    await run(BINANCE_REST_RULES.spot.trades.trade, [{ kind: "drop", size: 30 }], [], 1000, 3);
    expect(gaps).toEqual([]);
    expect(published.filter(({ flags }) => flags === BackFilled)).toHaveLength(30);
  });
});

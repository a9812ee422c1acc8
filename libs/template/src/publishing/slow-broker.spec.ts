import { DataType, type StatusReport } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import { decodeRecord, type StreamRecord } from "@ims/sbe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DataService } from "../service/data-service.js";
import { sampleTicker } from "../spec-support/sample-fields.js";
import { ServiceFixture } from "../spec-support/service-fixture.js";
import { StallingLink } from "../spec-support/stalling-link.js";
import { until } from "../spec-support/until.js";

const STREAM = "binancespot-market-data";
const SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];
/** Sixteen batches, of which four are headroom. */
const SMALL = { publishBufferMebibytes: 4, publishBlockMillis: 50, partitionCount: 2 };

let fixture: ServiceFixture;
let service: DataService;
const lastIds = new Map<string, number>();

beforeEach(() => {
  lastIds.clear();
  fixture = new ServiceFixture(undefined, [DataType.Trade, DataType.Ticker]);
});
afterEach(() => fixture.dispose());

async function status(): Promise<StatusReport> {
  return (await (await fetch(new URL("/status", service.healthUrl))).json()) as StatusReport;
}

/** The venue goes on as long as it is read, and looks at the sink after each record, as integrations do. */
async function emitWhile(goesOn: () => boolean | Promise<boolean>): Promise<void> {
  const { venue } = fixture;
  while (await goesOn()) {
    await venue.sink.whenAccepting();
    for (let record = 0; record < 500 && venue.sink.accepting; record++) {
      const symbol = SYMBOLS[record % SYMBOLS.length]!;
      const tradeId = (lastIds.get(symbol) ?? 0) + 1;
      lastIds.set(symbol, tradeId);
      venue.emitTrade(symbol, tradeId, 1n, 1n);
      if (record % 10 === 0) {
        const id = venue.sink.register(venue.instruments[0]!);
        venue.sink.ticker({ ...sampleTicker(id), tradeCount: tradeId });
      }
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function allOf(iggy: IggyClient, topic: string): Promise<StreamRecord[]> {
  const details = await iggy.topics.get(STREAM, topic);
  const records: StreamRecord[] = [];
  for (const { id: partitionId } of details!.partitions) {
    for (let offset = 0; ; ) {
      const polled = await iggy.poll({
        stream: STREAM,
        topic,
        partitionId,
        consumer: { kind: "consumer", id: 1 },
        strategy: { kind: "offset", value: offset },
        count: 5000,
        autoCommit: false,
      });
      let count = 0;
      while (polled.next()) {
        count++;
        offset = polled.offset + 1;
        records.push(decodeRecord(polled.view, polled.payloadStart, polled.payloadLength)!);
      }
      if (count === 0) break;
    }
  }
  return records;
}

/** Of each symbol: every id once and in order, or within exactly one gap. */
async function expectNothingSilent(): Promise<{ stored: number; missing: number }> {
  const client = await fixture.connect(200);
  const trades = await allOf(client.iggy, "trades");
  const gaps = (await allOf(client.iggy, "gaps")).filter(
    (record) => record.type === "gap" && record.dataType === DataType.Trade,
  );
  let missing = 0;
  for (const symbol of SYMBOLS) {
    const ids: number[] = [];
    for (const trade of trades)
      if (trade.type === "trade" && trade.symbol === symbol) ids.push(trade.tradeId!);
    const first = [...new Set(ids)];
    expect(first).toEqual([...first].sort((a, b) => a - b));
    const stored = new Set(first);
    const told = new Set<number>();
    for (const gap of gaps) {
      if (gap.type !== "gap" || gap.symbol !== symbol) continue;
      missing += gap.missingCount!;
      for (let id = gap.fromId!; id <= gap.toId!; id++) if (!stored.has(id)) told.add(id);
    }
    const silent = Array.from({ length: lastIds.get(symbol)! }, (_, index) => index + 1).filter(
      (id) => !stored.has(id) && !told.has(id),
    );
    expect(silent).toEqual([]);
    const known = first.length + told.size;
    expect(known).toBe(lastIds.get(symbol));
  }
  return { stored: trades.length, missing };
}

async function expectCaughtUp(): Promise<void> {
  const { sink } = fixture.venue;
  await until(async () => {
    const { publishing, broker } = await status();
    const pending = publishing.queues.reduce((sum, { pendingCount }) => sum + pendingCount, 0);
    return (
      broker.connected && publishing.phase === "flowing" && publishing.openGapCount === 0 && pending === 0
    );
  });
  expect(sink.accepting).toBe(true);
}

describe("a broker that is killed while the venue goes on, and comes back", () => {
  it("gets what there was room for in order, and a gap for each feed that lost something", async () => {
    const broker = await fixture.startBroker();
    service = await fixture.startService(SMALL);
    await service.ready;
    let rounds = 0;
    await emitWhile(() => ++rounds < 4);
    await broker.close();
    await emitWhile(
      async () => !(await status()).publishing.queues.find(({ topic }) => topic === "trades")!.isShed,
    );
    const during = await status();
    expect(during.publishing).toMatchObject({ phase: "shedding", bufferBytes: 4 << 20 });
    expect(during.publishing.bufferFreeBytes).toBeLessThanOrEqual(1 << 20);
    expect(during.publishing.queues.find(({ topic }) => topic === "tickers")).toMatchObject({ isShed: true });
    await fixture.startBroker();
    await expectCaughtUp();
    rounds = 0;
    await emitWhile(() => ++rounds < 4);
    await expectCaughtUp();
    const { missing } = await expectNothingSilent();
    expect(missing).toBeGreaterThan(0);
    const { publishing, counters } = await status();
    expect(publishing.queues.find(({ topic }) => topic === "trades")!.shedCount).toBe(missing);
    expect(counters.gapsPublished).toBeGreaterThanOrEqual(SYMBOLS.length);
  }, 60_000);
});

describe("a broker that stalls", () => {
  it("for less than the venue may wait stops its reading, and nothing is lost", async () => {
    const broker = await fixture.startBroker();
    const link = await StallingLink.open(() => broker.port);
    fixture.port = link.port;
    service = await fixture.startService({ ...SMALL, publishBlockMillis: 3_600_000 });
    await service.ready;
    link.stall();
    let isBlocked = false;
    const emitting = emitWhile(() => !isBlocked);
    await until(async () => (await status()).publishing.phase === "blocking");
    isBlocked = true;
    const before = new Map(lastIds);
    await status();
    expect(lastIds).toEqual(before);
    link.release();
    await emitting;
    await expectCaughtUp();
    expect(await expectNothingSilent()).toMatchObject({ missing: 0 });
    expect((await status()).counters.recordsDropped).toBe(0);
    await link.close();
  }, 60_000);

  it("for longer has the least valuable given up, and every loss told", async () => {
    const broker = await fixture.startBroker();
    const link = await StallingLink.open(() => broker.port);
    fixture.port = link.port;
    service = await fixture.startService(SMALL);
    await service.ready;
    link.stall();
    await emitWhile(
      async () => !(await status()).publishing.queues.find(({ topic }) => topic === "tickers")!.isShed,
    );
    expect((await status()).publishing.queues.find(({ topic }) => topic === "trades")).toMatchObject({
      isShed: false,
      shedCount: 0,
    });
    await emitWhile(async () => (await status()).counters.recordsDropped! < 100_000);
    link.release();
    await expectCaughtUp();
    const { missing } = await expectNothingSilent();
    expect(missing).toBeGreaterThan(0);
    await link.close();
  }, 60_000);

  it("again and again, so that it takes less than the venue gives, has records given up and every loss told", async () => {
    const broker = await fixture.startBroker();
    const link = await StallingLink.open(() => broker.port);
    fixture.port = link.port;
    service = await fixture.startService(SMALL);
    await service.ready;
    let turn = 0;
    const phases = new Set<string>();
    await emitWhile(async () => {
      // Open for one turn in twenty.
      if (++turn % 20 === 0) link.release();
      else link.stall();
      const { publishing, counters } = await status();
      phases.add(publishing.phase);
      return counters.recordsDropped! < 20_000;
    });
    link.release();
    await expectCaughtUp();
    expect(phases).toContain("shedding");
    const { missing } = await expectNothingSilent();
    const { publishing, counters } = await status();
    expect(publishing.queues.reduce((sum, { shedCount }) => sum + shedCount, 0)).toBe(
      counters.recordsDropped,
    );
    expect(publishing.queues.find(({ topic }) => topic === "trades")!.shedCount).toBe(missing);
    await link.close();
  }, 60_000);
});

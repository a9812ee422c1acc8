import { DataType, SimulatedClock } from "@ims/common";
import { describe, expect, it } from "vitest";
import { MemoryRecords } from "../spec-support/memory-broker.js";
import { encodeTrade } from "../spec-support/sample-records.js";
import type { ImsTransport } from "../transport/ims-transport.js";
import { MessageHub } from "./message-hub.js";
import { PartitionReader } from "./partition-reader.js";

const PLACE = { stream: "s", topic: "t", partitionId: 0 };

/** A partition of trades of two instruments in turn, of which a poll brings three. */
function stage(tradeCount: number, knowsEnd: boolean) {
  const clock = new SimulatedClock();
  const stopping = new AbortController();
  const polls: number[] = [];
  const seen: number[] = [];
  const stored = Array.from({ length: tradeCount }, (_, index) => ({
    payload: encodeTrade({ symbol: "X", instrumentId: 3_000_000_000 + (index % 2), tradeId: index }),
    id: [index + 1, 0, 0, 0],
    storedMicros: 0,
  }));
  const transport = {
    sessionCount: 1,
    async poll(_: unknown, from: number) {
      polls.push(from);
      if (polls.length > 50) throw new Error("it polls without end");
      const records = new MemoryRecords(stored.slice(from, from + 3), from);
      return knowsEnd ? Object.assign(records, { currentOffset: stored.length - 1 }) : records;
    },
  } as unknown as ImsTransport;
  const hub = new MessageHub({ callbackFailed: fail, slow: fail });
  hub.addFlyweightListener("trade", (trade) => seen.push(trade.tradeIdNumber()));
  const listener = { malformed: fail, missed: fail, followed() {}, failed: fail, duplicate: fail };
  const reader = new PartitionReader(PLACE, ["trade"], transport, hub, clock, stopping.signal, listener);
  const subscription = {
    instrumentId: 3_000_000_000,
    dataType: DataType.Trade,
    resolution: 0,
    nextOffset: 0,
  };
  return { clock, polls, reader, seen, stop: () => stopping.abort(), subscription };
}

function fail(...told: unknown[]): never {
  throw new Error(JSON.stringify(told));
}

const turns = async () => {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
};

describe("PartitionReader", () => {
  it("polls on while there may be more, and waits a millisecond when it has had all that there was", async () => {
    const { clock, polls, reader, seen, stop, subscription } = stage(8, true);
    reader.add(subscription);
    await turns();
    expect([polls, seen]).toEqual([
      [0, 3, 6],
      [0, 2, 4, 6],
    ]);
    await clock.advance(1);
    await turns();
    expect(polls).toEqual([0, 3, 6, 8]);
    stop();
    await turns();
  });

  it("polls once more where nobody says what the end is", async () => {
    const { polls, reader, stop, subscription } = stage(4, false);
    reader.add(subscription);
    await turns();
    expect(polls).toEqual([0, 3, 4]);
    stop();
    await turns();
  });

  it("gives out nothing of instruments that nobody reads any more", async () => {
    const { clock, polls, reader, seen, stop, subscription } = stage(4, true);
    const other = { ...subscription, instrumentId: 3_000_000_001 };
    reader.add(subscription);
    reader.add(other);
    // The same feed again takes the place of the one before.
    reader.add({ ...other });
    reader.remove(other);
    await turns();
    expect(seen).toEqual([0, 1, 2, 3]);
    reader.remove(subscription);
    await clock.advance(1);
    await turns();
    expect(polls.at(-1)).toBe(4);
    stop();
    await turns();
  });
});

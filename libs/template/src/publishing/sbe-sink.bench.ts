import "reflect-metadata";

import { fileURLToPath } from "node:url";
import { Aggressor, BookLevels, ExchangeId, MantissaCell, SimulatedClock, TradeKind } from "@ims/common";
import type { PartitionProducer } from "@ims/iggy-client";
import { ServiceCounters } from "../health/service-counters.js";
import { testInstrument } from "../spec-support/fake-integration.js";
import { fakePublishing } from "../spec-support/fake-room.js";
import { sampleBook, sampleTop } from "../spec-support/sample-fields.js";
import { recordingLogger } from "../spec-support/silent-logger.js";
import { RateLimitedLog } from "./rate-limited-log.js";
import { SbeSink, type SinkTargets } from "./sbe-sink.js";

export interface SinkFigures {
  readonly record: string;
  readonly perSecond: number;
  /** Octets of JavaScript heap per record. */
  readonly allocatedBytes: number;
}

/** Measures how fast records are encoded into outgoing batches; sending them is not part of it. */
export function benchSink(recordCount: number): SinkFigures[] {
  const sink = createSink();
  const ids = ["BTCUSDT", "ETHUSDT", "SOLUSDT"].map((symbol) => sink.register(testInstrument(symbol)));
  const trade = {
    ...sampleTop(ids[0]!),
    tradeId: 1,
    firstTradeId: 1,
    lastTradeId: 1,
    price: new MantissaCell(),
    quantity: new MantissaCell(),
    aggressor: Aggressor.Buyer,
    kind: TradeKind.Regular,
  };
  const top = sampleTop(ids[0]!);
  const change = { ...sampleBook(ids[0]!, 1), bids: ladder(20), asks: ladder(20) };
  return [
    figures("trade", recordCount, (index) => {
      trade.instrumentId = ids[index % 3]!;
      trade.tradeId = index;
      trade.price.lo = index;
      sink.trade(trade);
    }),
    figures("top of book", recordCount, (index) => {
      top.instrumentId = ids[index % 3]!;
      top.updateId = index + 1;
      top.bidPrice.lo = index;
      sink.topOfBook(top);
    }),
    figures("book change of 40 levels", Math.ceil(recordCount / 10), (index) => {
      change.instrumentId = ids[index % 3]!;
      change.previousUpdateId = index;
      change.lastUpdateId = index + 1;
      sink.bookDelta(change);
    }),
  ];
}

function ladder(count: number): BookLevels {
  const levels = new BookLevels();
  for (let index = 0; index < count; index++) levels.push(index * 100, 0, index + 1, 0);
  return levels;
}

/** Its batches are one place that is written again and again. */
function createSink(): SbeSink {
  const clock = new SimulatedClock();
  const log = new RateLimitedLog(clock, recordingLogger().logger);
  const sink = new SbeSink(ExchangeId.BinanceSpot, clock, new ServiceCounters(), log);
  const bytes = new Uint8Array(1 << 16);
  const producer = {
    arena: { bytes, view: new DataView(bytes.buffer) },
    reserve: () => 8,
    commit() {},
  } as unknown as PartitionProducer;
  const producers = [producer, producer, producer, producer];
  sink.attach({ producers: { ...fakePublishing(clock), of: () => producers } } as unknown as SinkTargets);
  return sink;
}

/** The best of five rounds after one of warming up: other load only ever slows. */
function figures(record: string, recordCount: number, act: (index: number) => void): SinkFigures {
  let perSecond = 0;
  let allocatedBytes = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 6; round++) {
    const heapBefore = process.memoryUsage().heapUsed;
    const startedAt = performance.now();
    for (let index = 0; index < recordCount; index++) act(index);
    const millis = performance.now() - startedAt;
    const grown = process.memoryUsage().heapUsed - heapBefore;
    if (round === 0) continue;
    perSecond = Math.max(perSecond, Math.round((recordCount * 1000) / millis));
    // A collection within the round makes it shrink; such a round says nothing.
    if (grown >= 0) allocatedBytes = Math.min(allocatedBytes, Math.round(grown / recordCount));
  }
  return { record, perSecond, allocatedBytes };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(benchSink(2_000_000));

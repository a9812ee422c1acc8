import { BookLevels, Decimal, ExchangeId, MantissaCell, RecordFlags, SimulatedClock } from "@ims/common";
import { decodeRecord, type StreamRecord } from "@ims/sbe";
import type { MarketDataSink, RecordHead } from "@ims/traits";
import fc from "fast-check";
import { expect } from "vitest";
import { ServiceCounters } from "../health/service-counters.js";
import type { Channel } from "../publishing/channels.js";
import { RateLimitedLog } from "../publishing/rate-limited-log.js";
import { SbeSink, type SinkTargets } from "../publishing/sbe-sink.js";
import { testInstrument } from "./fake-integration.js";
import { FakeProducer } from "./fake-producer.js";
import { fakePublishing } from "./fake-room.js";
import { recordingLogger } from "./silent-logger.js";

const MICROS_MAX = Number.MAX_SAFE_INTEGER;

/** A sink over memory: what a call publishes, and in which channel. */
export function publish(symbol: string, call: (sink: MarketDataSink, instrumentId: number) => void) {
  const clock = new SimulatedClock();
  const counters = new ServiceCounters();
  const log = new RateLimitedLog(clock, recordingLogger().logger);
  const sink = new SbeSink(ExchangeId.BinanceSpot, clock, counters, log);
  const producers = new Map<Channel, FakeProducer>();
  const of = (channel: Channel) => {
    const producer = producers.get(channel) ?? new FakeProducer();
    producers.set(channel, producer);
    return [producer.asProducer()];
  };
  const producing = { ...fakePublishing(clock), of };
  sink.attach({ producers: producing, outboxes: {}, instruments: {} } as unknown as SinkTargets);
  call(sink, sink.register(testInstrument(symbol)));
  const published = [...producers].flatMap(([channel, { records }]) =>
    records.map(({ payload, idWords }) => ({ channel, record: decoded(payload), idWords })),
  );
  return { published, counters, publishMicros: clock.nowMicros() };
}

function decoded(payload: Uint8Array): StreamRecord {
  return decodeRecord(new DataView(payload.buffer, payload.byteOffset), 0, payload.length)!;
}

export const micros = fc.integer({ min: 1, max: MICROS_MAX });
export const missing = <T, N>(value: fc.Arbitrary<T>, none: N) =>
  fc.oneof({ weight: 3, arbitrary: value }, fc.constant(none));
/** The lowest int64 is null on the wire, so no price or quantity may be it. */
export const mantissa = fc.oneof(
  fc.bigInt({ min: -(1n << 63n) + 1n, max: (1n << 63n) - 1n }),
  fc.bigInt({ min: 1n, max: 10_000_000n }),
);
export const scale = fc.integer({ min: 0, max: 18 });
export const id = fc.integer({ min: 1, max: MICROS_MAX });
export const count = fc.integer({ min: 0, max: 0xfffffffe });
export const oneOf = <T>(values: Readonly<Record<string, T>>) => fc.constantFrom(...Object.values(values));
export const symbol = fc.constantFrom("BTCUSDT", "1000SATSUSDT", "币安人生USDT", "A");

export const head = fc.record({
  eventMicros: missing(micros, 0),
  sendMicros: missing(micros, 0),
  receiveMicros: micros,
  flags: fc.constantFrom(
    0,
    RecordFlags.BackFilled,
    RecordFlags.Suspect,
    RecordFlags.Late | RecordFlags.BackFilled,
  ),
});

export function cellOf(value: bigint, digits: number): MantissaCell {
  const cell = new MantissaCell();
  cell.setBigInt(value, digits);
  return cell;
}

/** What every record must repeat of its head. */
function headOf(fields: Omit<RecordHead, "instrumentId">, name: string, instrumentId: number) {
  return {
    exchangeId: ExchangeId.BinanceSpot,
    instrumentId,
    symbol: name,
    eventMicros: fields.eventMicros || undefined,
    sendMicros: fields.sendMicros || undefined,
    receiveMicros: fields.receiveMicros,
    flags: fields.eventMicros === 0 ? fields.flags | RecordFlags.VenueTimeMissing : fields.flags,
  };
}

export const exactly = (value: bigint, digits: number) => Decimal.of(value, digits);
export const orNone = (value: bigint | null, digits: number) =>
  value === null ? undefined : exactly(value, digits);

/** Publishes one record and compares what is read from its bytes. */
export function check(
  name: string,
  channel: Channel,
  fields: Omit<RecordHead, "instrumentId">,
  call: (sink: MarketDataSink, instrumentId: number) => void,
  expected: object,
): void {
  let instrumentId = 0;
  const { published, counters, publishMicros } = publish(name, (sink, number) => {
    instrumentId = number;
    call(sink, number);
  });
  expect(counters.framesRejected.overflow).toBe(0);
  expect(published).toHaveLength(1);
  expect(published[0]!.channel).toBe(channel);
  expect(published[0]!.record).toMatchObject({
    ...headOf(fields, name, instrumentId),
    publishMicros,
    ...expected,
  });
  expect(counters.published[channel]).toBe(1);
}

export function levelsOf(side: readonly (readonly [bigint, bigint])[]): BookLevels {
  const levels = new BookLevels();
  for (const [price, quantity] of side) {
    const [p, q] = [cellOf(price, 0), cellOf(quantity, 0)];
    levels.push(p.lo, p.hi, q.lo, q.hi);
  }
  return levels;
}

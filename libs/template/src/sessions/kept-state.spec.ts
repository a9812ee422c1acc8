import { ExchangeId, SnapshotMark, StateChange } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeptState } from "./kept-state.js";
import { decodeStateRecord, encodeStateRecord, type StateRecord } from "./state-record.js";

const uint64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 2n });
const change = fc.constantFrom(StateChange.Set, StateChange.Ended);
const symbol = fc.constantFrom("BTCUSDT", "币安人生USDT", "S".repeat(32));

const sessionRecord = fc.record({
  kind: fc.constant("session" as const),
  change,
  session: fc.record({
    identity: fc.record({
      clientId: fc.integer({ min: 100, max: 102 }),
      generation: fc.constantFrom(1 as const, 2 as const),
      requestId: uint64,
      sentMicros: fc.bigInt({ min: -(1n << 62n), max: 1n << 62n }),
      clientName: fc.constantFrom("", "me", "N".repeat(32)),
      clientVersion: fc.constantFrom("", "1.2.3"),
    }),
    sessionId: fc.constantFrom(1n, 2n, (1n << 64n) - 2n),
    restartCount: fc.nat(0xfffffffe),
    heardMicros: fc.nat(Number.MAX_SAFE_INTEGER),
    fingerprint: uint64,
  }),
});
const subscriptionRecord = fc.record({
  kind: fc.constant("subscription" as const),
  change,
  sessionId: fc.constantFrom(1n, 2n, (1n << 64n) - 2n),
  subscription: fc.record({
    clientId: fc.constantFrom(0, 100, 101, 102),
    delivery: fc.constantFrom(1 as const, 2 as const),
    feed: fc.record({ dataType: fc.constantFrom(1, 2, 17), resolution: fc.constantFrom(0, 1), symbol }),
  }),
});
const anyRecord: fc.Arbitrary<StateRecord> = fc.oneof(
  sessionRecord,
  subscriptionRecord,
  fc.record({
    kind: fc.constant("snapshot" as const),
    mark: fc.constantFrom(SnapshotMark.Begin, SnapshotMark.End),
    number: fc.nat(3),
    sessionCount: fc.nat(3),
    subscriptionCount: fc.nat(3),
  }),
);

function decode(bytes: Uint8Array): StateRecord | undefined {
  return decodeStateRecord(new DataView(bytes.buffer), 0, bytes.length);
}

function stateOf(records: readonly StateRecord[]): KeptState {
  const state = new KeptState();
  for (const record of records) state.apply(record);
  return state;
}

/** All that a state says, for comparing. */
function contentOf(state: KeptState) {
  const clients = [0, 100, 101, 102];
  return {
    number: state.number,
    sessions: [...state.sessions],
    subscriptions: clients.map((clientId) => state.subscriptionsOf(clientId)),
  };
}

function snapshot(number: number, records: readonly StateRecord[]): StateRecord[] {
  const held = stateOf([mark(SnapshotMark.Begin, number, 0, 0), ...records]);
  const sessions = [...held.sessions];
  return [
    mark(SnapshotMark.Begin, number, 0, 0),
    ...records,
    mark(SnapshotMark.End, number, sessions.length, held.subscriptionCount),
  ];
}

function mark(
  which: SnapshotMark,
  number: number,
  sessionCount: number,
  subscriptionCount: number,
): StateRecord {
  return { kind: "snapshot", mark: which, number, sessionCount, subscriptionCount };
}

describe("records of the kept state", () => {
  it("are read as they were written", () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(decode(encodeStateRecord(record, ExchangeId.BinanceSpot))).toEqual(record);
      }),
      { numRuns: 500 },
    );
  });

  it("are read as nothing when they are cut or of another kind, whatever the bytes", () => {
    fc.assert(
      fc.property(anyRecord, fc.nat(), fc.uint8Array({ maxLength: 150 }), (record, cut, noise) => {
        const bytes = encodeStateRecord(record, ExchangeId.BinanceSpot);
        expect(decode(bytes.slice(0, cut % bytes.length))).toBeUndefined();
        expect(() => decode(noise)).not.toThrow();
      }),
    );
  });
});

describe("KeptState", () => {
  it("counts only from a whole snapshot on", () => {
    const records = fc.array(fc.oneof(sessionRecord, subscriptionRecord), { maxLength: 12 });
    fc.assert(
      fc.property(records, records, records, (older, newer, changes) => {
        const whole = [...snapshot(1, older), ...snapshot(2, newer), ...changes];
        expect(stateOf(whole).number).toBe(2);
        expect(contentOf(stateOf(whole))).toEqual(contentOf(stateOf([...snapshot(2, newer), ...changes])));
        const cut = [...snapshot(1, older), ...snapshot(2, newer).slice(0, -1)];
        expect(stateOf(cut).number).toBe(-1);
      }),
    );
  });

  it("has no subscription of a client without its session", () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 40 }), (records) => {
        const state = stateOf(records);
        const open = new Set([...state.sessions].map(({ identity }) => identity.clientId));
        for (const clientId of [100, 101, 102]) {
          if (!open.has(clientId)) expect(state.subscriptionsOf(clientId)).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

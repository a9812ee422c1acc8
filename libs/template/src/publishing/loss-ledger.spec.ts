import { DataType } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LossLedger } from "./loss-ledger.js";
import { PublishedInstrument } from "./published-instrument.js";

const INSTRUMENTS = [new PublishedInstrument(7, "A"), new PublishedInstrument(4_294_967_295, "B")];

interface ToldGap {
  readonly instrumentId: number;
  readonly fromId: number;
  readonly toId: number;
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly missingCount: number;
}

describe("LossLedger", () => {
  it("tells of every loss exactly once, whatever comes between and however often gaps find no room", () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant("lost" as const), of: fc.nat(1) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("published" as const), of: fc.nat(1) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("drain" as const), room: fc.nat(3) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ledger = new LossLedger();
        const told: ToldGap[] = [];
        const lost: { instrumentId: number; id: number }[] = [];
        const lastPublished = [0, 0];
        const drain = (room: number) => {
          let left = room;
          ledger.drain(1, 1000, (gap) => {
            if (left-- <= 0) return false;
            told.push({ ...gap });
            return true;
          });
        };
        for (const [index, action] of steps.entries()) {
          const id = index + 1;
          if (action.kind === "drain") drain(action.room);
          else if (action.kind === "published") lastPublished[action.of] = id * 10;
          else {
            const instrument = INSTRUMENTS[action.of]!;
            lost.push({ instrumentId: instrument.id, id });
            ledger.lost({
              instrument,
              dataType: DataType.Trade,
              resolution: 0,
              firstId: id,
              lastId: id,
              eventMicros: id * 10,
              lastPublishedMicros: lastPublished[action.of]!,
            });
          }
        }
        drain(1000);
        expect(ledger.openCount).toBe(0);
        for (const { instrumentId, id } of lost) {
          const covering = told.filter(
            (gap) => gap.instrumentId === instrumentId && gap.fromId <= id && id <= gap.toId,
          );
          expect(covering).toHaveLength(1);
          expect(covering[0]!.fromMicros).toBeLessThan(id * 10);
          expect(covering[0]!.toMicros).toBeGreaterThanOrEqual(id * 10);
        }
        expect(told.reduce((sum, { missingCount }) => sum + missingCount, 0)).toBe(lost.length);
      }),
    );
  });

  it("says of a loss of unknown size that it is unknown, whatever is known of a part of it", () => {
    const ledger = new LossLedger();
    const instrument = INSTRUMENTS[0]!;
    const feed = { instrument, dataType: DataType.Trade, resolution: 0 } as const;
    const lost = (id: number) =>
      ledger.lost({ ...feed, firstId: id, lastId: id, eventMicros: id * 10, lastPublishedMicros: 5 });
    lost(1);
    ledger.perhapsLost({ ...feed, fromMicros: 8, toMicros: 15 });
    lost(3);
    expect(ledger.missingCountOf(instrument, DataType.Trade, 0)).toBe(1);
    const gaps: object[] = [];
    ledger.drain(1, 9, (gap) => gaps.push({ ...gap }) > 0);
    expect(gaps).toMatchObject([{ fromId: 0, toId: 0, missingCount: -1, fromMicros: 5, toMicros: 30 }]);
  });
});

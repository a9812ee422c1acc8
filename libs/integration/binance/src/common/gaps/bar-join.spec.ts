import { BarState, RecordFlags } from "@ims/common";
import type { BarFields } from "@ims/traits";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { createBarFields } from "../decode/bar-json.js";
import { BarJoin } from "./bar-join.js";

const MINUTE_MICROS = 60_000_000;
const { BackFilled } = RecordFlags;

let passed: string[];
let reads: [number, number][];
let join: BarJoin;

beforeEach(begin);

function begin(): void {
  passed = [];
  reads = [];
  join = new BarJoin({
    publish: ({ flags, openMicros, state }) => {
      const isClosed = state === BarState.Closed ? "closed" : "forming";
      passed.push(`${openMicros / MINUTE_MICROS} ${isClosed}${flags === BackFilled ? " read" : ""}`);
    },
    read: (from, to) => reads.push([from / MINUTE_MICROS, to / MINUTE_MICROS]),
  });
}

/** A state of the bar of a minute, sent so many seconds after its begin. */
function bar(minute: number, second: number, closed = false, tradeCount = 1): BarFields {
  const fields = createBarFields();
  fields.tradeCount = tradeCount;
  fields.openMicros = minute * MINUTE_MICROS;
  fields.closeMicros = (minute + 1) * MINUTE_MICROS - 1000;
  fields.sendMicros = fields.openMicros + second * 1_000_000;
  fields.receiveMicros = fields.sendMicros;
  fields.state = closed ? BarState.Closed : BarState.Forming;
  return fields;
}

describe("BarJoin", () => {
  it("passes states in order, drops copies, and has each bar closed once", () => {
    for (const state of [bar(1, 2), bar(1, 2), bar(1, 4), bar(1, 3), bar(1, 60, true), bar(1, 60, true)]) {
      join.offer(state);
    }
    join.offer(bar(2, 2));
    join.offer(bar(1, 60, true));
    expect(passed).toEqual(["1 forming", "1 forming", "1 closed", "2 forming"]);
    expect(join.duplicateCount).toBe(4);
  });

  it("reads the bars that a loss may have taken, and lets later ones wait for them", () => {
    join.offer(bar(1, 2));
    join.interrupted();
    join.offer(bar(4, 2));
    join.offer(bar(4, 4));
    join.offer(bar(4, 60, true));
    expect(passed).toEqual(["1 forming"]);
    expect(reads).toEqual([[1, 4 - 1 / MINUTE_MICROS]]);
    expect(join.reread([1, 2, 3].map((minute) => bar(minute, 60, true)))).toBe(true);
    expect(passed.slice(1)).toEqual(["1 closed read", "2 closed read", "3 closed read", "4 closed"]);
  });

  it("reads nothing where nothing can be missing", () => {
    join.offer(bar(1, 60, true));
    join.interrupted();
    join.offer(bar(2, 2));
    join.offer(bar(2, 60, true));
    expect(reads).toEqual([]);
    expect(passed).toHaveLength(3);
  });

  it("reads absent bars on a connection that stayed up, until they were absent for want of trades", () => {
    join.offer(bar(1, 60, true));
    for (const minute of [3, 5, 7]) {
      join.offer(bar(minute, 60, true));
      expect(join.reread([bar(minute - 1, 60, true, 0)])).toBe(true);
    }
    expect(reads.map(([from]) => Math.floor(from))).toEqual([1, 3, 5]);
    join.offer(bar(9, 60, true));
    expect(reads).toHaveLength(3);
    join.interrupted();
    join.offer(bar(11, 60, true));
    join.reread([bar(10, 60, true)]);
    // There were trades: absent bars may be losses again.
    join.offer(bar(13, 60, true));
    expect(reads).toHaveLength(5);
  });

  it("reads every absent bar where the venue sends bars without trades too", () => {
    join.offer(bar(1, 60, true, 0));
    for (const minute of [3, 5, 7, 9, 11]) {
      join.offer(bar(minute, 60, true));
      join.reread([bar(minute - 1, 60, true, 0)]);
    }
    expect(reads).toHaveLength(5);
  });

  it("waits for a bounded number of bars, and says that what was read came too late", () => {
    join.offer(bar(1, 2));
    join.interrupted();
    for (let minute = 3; minute < 70; minute++) join.offer(bar(minute, 60, true));
    expect(passed.length).toBeGreaterThan(60);
    expect(join.reread([bar(1, 60, true)])).toBe(false);
    expect(passed).not.toContain("1 closed read");
  });

  it("has every bar closed once and in order, whatever is lost and however often", () => {
    const step = fc.record({
      minute: fc.integer({ min: 0, max: 2 }),
      lost: fc.boolean(),
      copies: fc.integer({ min: 1, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 40 }), (steps) => {
        begin();
        let current = 1;
        join.offer(bar(current, 1, false));
        for (const { copies, lost, minute } of steps) {
          for (let closing = current; closing < current + minute; closing++) {
            for (let copy = 0; copy < copies && !lost; copy++) join.offer(bar(closing, 60, true));
          }
          current += minute;
          if (lost) join.interrupted();
          join.offer(bar(current, 1));
          const asked = reads.pop();
          if (!asked) continue;
          const rows = [];
          for (let row = Math.ceil(asked[0]); row < current; row++) rows.push(bar(row, 60, true));
          join.reread(rows);
        }
        const closed = passed
          .filter((text) => text.includes("closed"))
          .map((text) => Number(text.split(" ")[0]));
        const wanted = Array.from({ length: current - 1 }, (_, index) => index + 1);
        expect(closed).toEqual(wanted);
      }),
    );
  });
});

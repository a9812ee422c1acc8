import { FeedState } from "@ims/common";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { FeedLiveness, LivenessAction, type LivenessPolicy } from "./feed-liveness.js";

const LOOK_MILLIS = 250;
const { CrossCheck, None, Restart } = LivenessAction;

let nowMillis: number;
let changes: string[];
let liveness: FeedLiveness;

const nameOf = (state: FeedState) => Object.entries(FeedState).find(([, value]) => value === state)![0];

function create(policy: LivenessPolicy = { kind: "driven" }): FeedLiveness {
  nowMillis = 0;
  changes = [];
  liveness = new FeedLiveness(policy, nowMillis, (state) => changes.push(nameOf(state)));
  return liveness;
}

function step(): LivenessAction {
  nowMillis += LOOK_MILLIS;
  return liveness.look(nowMillis);
}

/** Looks until there is something to do or the time is over; tells what and when. */
function lookUntil(endMillis: number): [LivenessAction, number] {
  while (nowMillis < endMillis) {
    nowMillis += LOOK_MILLIS;
    const action = liveness.look(nowMillis);
    if (action !== None) return [action, nowMillis];
  }
  return [None, nowMillis];
}

function records(everyMillis: number, count: number): void {
  for (let index = 0; index < count; index++) {
    const next = nowMillis + everyMillis;
    expect(lookUntil(next - LOOK_MILLIS)[0]).toBe(None);
    nowMillis = next;
    liveness.recordCount++;
    expect(liveness.look(nowMillis)).toBe(None);
  }
}

beforeEach(() => create());

describe("FeedLiveness", () => {
  it("expects nothing before the acknowledgement and asks for a check 3 s after it", () => {
    expect(lookUntil(60_000)[0]).toBe(None);
    liveness.acknowledged(nowMillis);
    expect(lookUntil(120_000)).toEqual([CrossCheck, 63_000]);
    expect(lookUntil(70_000)[0]).toBe(None);
  });

  it("becomes live with the first record and learns the usual interval", () => {
    liveness.acknowledged(0);
    records(1000, 60);
    expect(changes).toEqual(["Live"]);
    expect(liveness.expectedMillis).toBeCloseTo(1000, 0);
    expect(lookUntil(nowMillis + 60_000)[1]).toBe(63_000);
  });

  it("leaves a slow stream alone for longer than its usual silences", () => {
    liveness.acknowledged(0);
    liveness.recordCount++;
    step();
    // Not yet learned: checks find it quiet.
    for (let index = 0; index < 5; index++) {
      for (let part = 0; part < 80; part++) {
        if (step() === CrossCheck) {
          liveness.verdict("quiet", nowMillis, "the venue has no trades either");
        }
      }
      liveness.recordCount++;
      liveness.look(nowMillis);
    }
    const [action, atMillis] = lookUntil(nowMillis + 600_000);
    expect(action).toBe(CrossCheck);
    expect(atMillis - liveness.silentSinceMillis).toBeGreaterThanOrEqual(50_000);
  });

  it("never restarts a quiet stream, and asks ever less often", () => {
    liveness.acknowledged(0);
    const asked: number[] = [];
    while (nowMillis < 3_600_000) {
      const [action, atMillis] = lookUntil(3_600_000);
      expect(action).not.toBe(Restart);
      if (action === CrossCheck) asked.push(atMillis);
      liveness.verdict("quiet", nowMillis, "no trades");
    }
    expect(changes).toEqual(["Quiet"]);
    expect(asked.length).toBeLessThan(16);
    expect(asked.slice(0, 3)).toEqual([3000, 6000, 12_000]);
  });

  it("restarts a dead stream at once, then with growing pauses, and calls it dead after three", () => {
    liveness.acknowledged(0);
    const restarts: number[] = [];
    while (restarts.length < 10) {
      const [action] = lookUntil(nowMillis + 3_600_000);
      if (action === CrossCheck) liveness.verdict("dead", nowMillis, "stays silent");
      if (action === Restart) {
        restarts.push(nowMillis);
        liveness.restarted(nowMillis);
        liveness.acknowledged(nowMillis);
      }
    }
    expect(restarts[0]).toBeLessThanOrEqual(3000 + LOOK_MILLIS);
    const pauses = restarts.slice(1).map((at, index) => at - restarts[index]!);
    expect(pauses.every((pause, index) => pause >= (pauses[index - 1] ?? 0))).toBe(true);
    expect(pauses.at(-1)).toBeLessThanOrEqual(64_000);
    expect(changes).toEqual(["Stale", "Dead"]);
    liveness.recordCount++;
    liveness.look(nowMillis);
    expect(changes.at(-1)).toBe("Live");
    expect(liveness.restartCount).toBe(0);
  });

  it("takes back a suspicion when a record comes while it is checked", () => {
    liveness.acknowledged(0);
    expect(lookUntil(10_000)[0]).toBe(CrossCheck);
    liveness.recordCount++;
    liveness.verdict("dead", nowMillis, "stays silent");
    expect(lookUntil(nowMillis + 1000)[0]).toBe(None);
    expect(changes).toEqual(["Live"]);
  });

  it("asks again when nobody could be asked, and after the second time no longer calls it health", () => {
    liveness.acknowledged(0);
    lookUntil(10_000);
    liveness.verdict("unknown", nowMillis, "the venue cannot be reached");
    expect(changes).toEqual([]);
    expect(lookUntil(nowMillis + 60_000)[0]).toBe(CrossCheck);
    liveness.verdict("unknown", nowMillis, "the venue cannot be reached");
    expect(changes).toEqual(["Stale"]);
    expect(liveness.text).toBe("the venue cannot be reached");
    // Nothing is torn down for it; the next answer counts.
    expect(lookUntil(nowMillis + 600_000)[0]).toBe(CrossCheck);
    liveness.verdict("quiet", nowMillis, "the venue has no trades either");
    expect(changes).toEqual(["Stale", "Quiet"]);
    expect(lookUntil(nowMillis + 600_000)[0]).toBe(CrossCheck);
    liveness.verdict("unknown", nowMillis, "the venue cannot be reached");
    expect(changes).toEqual(["Stale", "Quiet"]);
  });

  it("takes silence of a periodic stream for death without a check, and never judges a rare one", () => {
    create({ kind: "periodic", periodMillis: 3000 });
    liveness.acknowledged(0);
    expect(lookUntil(60_000)).toEqual([Restart, 9000]);
    expect(changes).toEqual(["Stale"]);
    create({ kind: "rare" });
    liveness.acknowledged(0);
    expect(lookUntil(48 * 3_600_000)[0]).toBe(None);
  });

  it("does not count silence while nothing is read, nor while the connection is down", () => {
    liveness.acknowledged(0);
    records(500, 10);
    for (let turn = 0; turn < 100; turn++) {
      nowMillis += LOOK_MILLIS;
      liveness.held(nowMillis);
    }
    expect(liveness.look(nowMillis)).toBe(None);
    liveness.interrupted(nowMillis, "the connection was lost");
    expect(lookUntil(nowMillis + 600_000)[0]).toBe(None);
    expect(changes).toEqual(["Live", "Stale"]);
    liveness.acknowledged(nowMillis);
    const acknowledgedAt = nowMillis;
    expect(lookUntil(nowMillis + 60_000)).toEqual([CrossCheck, acknowledgedAt + 3000]);
  });

  it("takes records from before a loss for no sign of life after it", () => {
    liveness.acknowledged(0);
    records(500, 10);
    liveness.recordCount++;
    liveness.interrupted(nowMillis + 100, "the connection was lost");
    expect(lookUntil(nowMillis + 600_000)[0]).toBe(None);
    expect(changes).toEqual(["Live", "Stale"]);
  });

  it("says of a rare stream that it is well as soon as the venue took it, also after a loss", () => {
    create({ kind: "rare" });
    liveness.acknowledged(0);
    expect(changes).toEqual(["Quiet"]);
    records(1000, 1);
    liveness.interrupted(nowMillis, "the connection was lost");
    liveness.acknowledged(nowMillis + 500);
    expect(changes).toEqual(["Quiet", "Live", "Stale", "Quiet"]);
  });

  it("finds silence of a busy stream within 5 s, whatever its rhythm was", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 200 }), (pauses) => {
        create();
        liveness.acknowledged(0);
        for (const pause of pauses) {
          nowMillis += pause * LOOK_MILLIS;
          liveness.recordCount += pause;
          expect(liveness.look(nowMillis)).toBe(None);
        }
        const silentFrom = nowMillis;
        const [action, atMillis] = lookUntil(nowMillis + 60_000);
        expect(action).toBe(CrossCheck);
        expect(atMillis - silentFrom).toBeLessThan(5000);
      }),
    );
  });
});

import { GapReason, Side } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OrderReaderModel } from "../spec-support/order-reader-model.js";
import { OrderVenue } from "../spec-support/order-venue.js";
import type { OrderFrame } from "./order-frame.js";

const step = fc.record({
  pauseMillis: fc.oneof(
    { weight: 10, arbitrary: fc.constant(0) },
    { weight: 10, arbitrary: fc.integer({ min: 1, max: 900 }) },
    { weight: 1, arbitrary: fc.integer({ min: 900, max: 15_000 }) },
  ),
  action: fc.constantFrom("create", "create", "change", "delete", "market"),
  which: fc.nat(),
  price: fc.integer({ min: 1, max: 9 }),
  quantity: fc.integer({ min: 1, max: 5 }),
  fate: fc.oneof(
    { weight: 20, arbitrary: fc.constant("sent") },
    { weight: 5, arbitrary: fc.constant("list") },
    { weight: 4, arbitrary: fc.constantFrom("twice", "later", "judge") },
    { weight: 1, arbitrary: fc.constantFrom("lost", "cut") },
  ),
  lag: fc.integer({ min: 0, max: 8 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** One venue, one reader, and frames that get lost, doubled, overtaken and cut between them. */
class Scene {
  readonly venue: OrderVenue;
  readonly reader = new OrderReaderModel();
  /** A frame that the next one overtakes. */
  #later: OrderFrame | undefined;
  #isUnsettled = false;

  constructor(
    isChained: boolean,
    private readonly skewMillis: number,
  ) {
    this.venue = new OrderVenue(isChained);
  }

  /** Whether all that was sent has come. */
  get isThrough(): boolean {
    return this.#later === undefined;
  }

  play({ action, fate, lag, pauseMillis, price, quantity, which }: Step): void {
    const { reader, venue } = this;
    this.pass(pauseMillis);
    const ids = [...venue.orders.keys()];
    const id = ids[which % Math.max(1, ids.length)];
    const side = which % 2 === 0 ? Side.Buy : Side.Sell;
    let frame: OrderFrame;
    if (action === "market") frame = venue.market(side, quantity);
    else if (id === undefined || action === "create") frame = venue.create(side, price, quantity);
    else frame = action === "change" ? venue.change(id, quantity) : venue.delete(id);
    switch (fate) {
      case "lost":
        return;
      case "cut":
        // The frame of this step is lost as well.
        this.#later = undefined;
        reader.chain.restart();
        reader.live.interrupted(GapReason.ConnectionLost);
        return;
      case "later":
        if (this.#later) this.send(this.#later);
        this.#later = frame;
        return;
      default:
        this.send(frame);
        if (fate === "twice") this.send(frame);
        if (this.#later) {
          this.send(this.#later);
          this.#later = undefined;
        }
    }
    if (fate === "list") this.#isUnsettled = this.ask(lag) === "unsettled";
    if (fate === "judge" && this.#isUnsettled) reader.live.judge();
  }

  pass(millis: number): void {
    this.venue.nowMillis += millis;
    this.reader.chain.check(this.venue.nowMillis);
  }

  send(frame: OrderFrame): void {
    this.reader.chain.offer(frame, this.venue.nowMillis);
  }

  ask(lag: number): string {
    return this.reader.live.snapshot(this.venue.list(lag, this.skewMillis));
  }

  /** Events that all come, and then lists that are new enough. */
  calmDown(): void {
    for (let turn = 0; turn < 3; turn++) {
      for (let at = 0; at < 6; at++) {
        this.pass(1000);
        this.send(this.venue.create(Side.Buy, 1, 1));
      }
      if (this.ask(0) === "unsettled") this.reader.live.judge();
    }
  }
}

const skew = fc.integer({ min: -900, max: 900 });

describe("the orders of a reader", () => {
  it("are at any time those behind the last event where it is chained, or a Gap says that they are not", () => {
    let sureCount = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), skew, (steps, skewMillis) => {
        const scene = new Scene(true, skewMillis);
        const { reader, venue } = scene;
        for (const each of steps) {
          scene.play(each);
          expect(reader.holes).toEqual([]);
          const isLast = scene.isThrough && each.fate !== "lost" && each.fate !== "cut";
          const isWaiting = reader.chain.heldNow > 0;
          if (!isLast || isWaiting || !reader.live.stands || reader.live.isSuspect) continue;
          expect(reader.orders).toEqual(venue.orders);
          sureCount++;
        }
        scene.calmDown();
        expect([reader.live.stands, reader.live.isSuspect, reader.holes]).toEqual([true, false, []]);
        expect(reader.orders).toEqual(venue.orders);
      }),
      { numRuns: 300 },
    );
    expect(sureCount).toBeGreaterThan(500);
  });

  it("are the venue's behind a comparison where nothing is chained, whatever was lost", () => {
    let lostCount = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), skew, (steps, skewMillis) => {
        const scene = new Scene(false, skewMillis);
        const { reader, venue } = scene;
        for (const each of steps) scene.play(each);
        lostCount += reader.holes.length;
        scene.calmDown();
        expect([reader.live.stands, reader.live.isSuspect]).toEqual([true, false]);
        expect(reader.orders).toEqual(venue.orders);
      }),
      { numRuns: 300 },
    );
    expect(lostCount).toBeGreaterThan(100);
  });
});

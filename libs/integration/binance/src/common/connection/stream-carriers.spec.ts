import { SimulatedClock } from "@ims/common";
import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../spec-support/silent-logger.js";
import { type CarriedFeed, StreamCarriers } from "./stream-carriers.js";

const ALL = { stream: "!markPrice@arr@1s", path: "/market" };

/** What the venue carries: every call is kept, and streams are acknowledged when the test says so. */
class Places {
  readonly wanted = new Set<string>();
  readonly taken = new Set<string>();
  readonly restarted: string[] = [];

  subscribe(stream: string): void {
    this.wanted.add(stream);
  }

  unsubscribe(stream: string): void {
    this.wanted.delete(stream);
    this.taken.delete(stream);
  }

  restart(stream: string): void {
    this.restarted.push(stream);
  }

  isAcknowledged(stream: string): boolean {
    return this.taken.has(stream);
  }

  isShared(): boolean {
    return false;
  }
}

let clock: SimulatedClock;
let places: Places;
let flowing: Set<string>;
let told: (readonly [what: string, ...streams: string[]])[];
let carriers: StreamCarriers;

beforeEach(() => {
  clock = new SimulatedClock();
  places = new Places();
  flowing = new Set();
  told = [];
  carriers = new StreamCarriers({
    clock,
    logger: silentLogger,
    places,
    allSymbolsFrom: 4,
    isFlowing: (stream) => flowing.has(stream),
    onAcknowledged: (streams) => told.push(["up", ...streams]),
    onRefused: (stream) => told.push(["refused", stream]),
    onStreamsDown: (streams) => told.push(["down", ...streams]),
  });
});

const feed = (name: string): CarriedFeed => ({ stream: `${name}@markPrice@1s`, path: "/market", all: ALL });
const feeds = (...names: string[]) => names.map(feed);
const streams = (...names: string[]) => names.map((name) => feed(name).stream);

function acknowledge(...names: string[]): void {
  for (const name of names) if (places.wanted.has(name)) places.taken.add(name);
  carriers.acknowledged(names);
}

describe("StreamCarriers", () => {
  it("gives few symbols a stream each, and leaves other streams alone", () => {
    const trade = { stream: "a@trade", path: "" };
    carriers.subscribe([...feeds("a", "b", "c"), trade, { stream: "b@trade", path: "" }]);
    expect([...places.wanted]).toEqual([...streams("a", "b", "c"), "a@trade", "b@trade"].sort(byKind));
    acknowledge("a@trade", ...streams("a"));
    expect(told).toEqual([["up", "a@trade", ...streams("a")]]);
    carriers.unsubscribe("a@trade");
    expect(places.wanted.has("a@trade")).toBe(false);
  });

  it("gives many symbols one stream for all, of which nobody else knows", () => {
    carriers.subscribe(feeds("a", "b", "c", "d"));
    expect([...places.wanted]).toEqual([ALL.stream]);
    expect(carriers.isAcknowledged(streams("a")[0]!)).toBe(false);
    acknowledge(ALL.stream);
    expect(told).toEqual([["up", ...streams("a", "b", "c", "d")]]);
    expect(carriers.isAcknowledged(streams("a")[0]!)).toBe(true);
    carriers.subscribe(feeds("e"));
    expect(told.at(-1)).toEqual(["up", ...streams("a", "b", "c", "d", "e")]);
    places.taken.clear();
    carriers.down([ALL.stream]);
    expect(told.at(-1)).toEqual(["down", ...streams("a", "b", "c", "d", "e")]);
  });

  it("lets go of one kind of stream only when the other is there, and waits with the way back", () => {
    carriers.subscribe(feeds("a", "b", "c"));
    acknowledge(...streams("a", "b", "c"));
    carriers.subscribe(feeds("d"));
    expect([...places.wanted]).toEqual([...streams("a", "b", "c"), ALL.stream]);
    acknowledge(ALL.stream);
    expect([...places.wanted]).toEqual([ALL.stream]);
    for (const stream of streams("d", "c")) carriers.unsubscribe(stream);
    expect([...places.wanted]).toEqual([ALL.stream]);
    carriers.unsubscribe(streams("b")[0]!);
    expect([...places.wanted]).toEqual([ALL.stream, ...streams("a")]);
    acknowledge(...streams("a"));
    expect([...places.wanted]).toEqual(streams("a"));
    carriers.unsubscribe(streams("a")[0]!);
    expect(places.wanted.size).toBe(0);
  });

  it("gives a symbol that the stream of all passes over a stream of its own", () => {
    carriers.subscribe(feeds("a", "b", "c", "d"));
    acknowledge(ALL.stream);
    for (const stream of streams("a", "b", "c")) flowing.add(stream);
    carriers.restart(streams("d")[0]!, false);
    expect([...places.wanted]).toEqual([ALL.stream, ...streams("d")]);
    acknowledge(...streams("d"));
    carriers.subscribe(feeds("e"));
    expect([...places.wanted]).toEqual([ALL.stream, ...streams("d")]);
    carriers.restart(streams("d")[0]!, true);
    expect(places.restarted).toEqual(streams("d"));
    places.taken.delete(ALL.stream);
    carriers.down([ALL.stream]);
    expect(told.at(-1)).toEqual(["down", ...streams("a", "b", "c", "e")]);
  });

  it("asks for a stream of all that brings nothing again, once for all, then gives each its own", async () => {
    carriers.subscribe(feeds("a", "b", "c", "d"));
    acknowledge(ALL.stream);
    for (const stream of streams("a", "b", "c", "d")) carriers.restart(stream, false);
    expect(places.restarted).toEqual([ALL.stream]);
    await clock.advance(4000);
    for (const stream of streams("a", "b", "c", "d")) carriers.restart(stream, true);
    expect(places.restarted).toEqual([ALL.stream, ALL.stream]);
    await clock.advance(6000);
    carriers.restart(streams("a")[0]!, true);
    expect([...places.wanted]).toEqual(streams("a", "b", "c", "d"));
    expect(places.restarted).toHaveLength(2);
  });

  it("gives each its own where the stream of all is refused", () => {
    carriers.subscribe(feeds("a", "b", "c", "d"));
    carriers.refused(ALL.stream, "no");
    expect([...places.wanted]).toEqual(streams("a", "b", "c", "d"));
    carriers.refused(streams("b")[0]!, "no");
    expect(told).toEqual([["refused", ...streams("b")]]);
  });
});

/** Other streams are asked for at once, those of groups when all are known. */
function byKind(left: string, right: string): number {
  return Number(left.includes("markPrice")) - Number(right.includes("markPrice"));
}

import { SimulatedClock } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../random/seeded-random.js";
import { CALM_LINK, type LinkConditions, ROUGH_LINK } from "./link-conditions.js";
import { SimulatedNetwork } from "./simulated-network.js";
import type { SimulatedStream } from "./simulated-stream.js";

/** What one end has seen, in order. */
class Ear {
  readonly events: string[] = [];
  readonly chunks: Uint8Array[] = [];
  readonly times: number[] = [];

  constructor(stream: SimulatedStream, clock: SimulatedClock) {
    stream.on("data", (chunk: Uint8Array) => {
      this.chunks.push(chunk);
      this.times.push(clock.monotonicMillis());
    });
    for (const event of ["drain", "end", "close"]) stream.on(event, () => this.events.push(event));
    stream.on("error", (error: NodeJS.ErrnoException) => this.events.push(`error ${error.code}`));
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

async function connected(seed: number, conditions: LinkConditions = CALM_LINK) {
  const clock = new SimulatedClock();
  const network = new SimulatedNetwork(clock, new SeededRandom(seed), conditions);
  let far: SimulatedStream | undefined;
  network.listen("a", 1, (stream) => {
    far = stream;
  });
  const dialing = network.dial({ host: "a", port: 1 }, 1000, clock, new AbortController().signal);
  await clock.advance(100);
  const near = (await dialing) as SimulatedStream;
  return { clock, network, near, far: far!, nearEar: new Ear(near, clock), farEar: new Ear(far!, clock) };
}

describe("a simulated connection", () => {
  it("carries the bytes whole and in order, cut anywhere, alike for the same seed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(fc.uint8Array({ maxLength: 5000 })), async (seed, writes) => {
        const runs = [await connected(seed, ROUGH_LINK), await connected(seed, ROUGH_LINK)];
        for (const { near, clock } of runs) {
          for (const bytes of writes) near.write(bytes);
          await clock.advance(60_000);
        }
        const [first, second] = runs as [(typeof runs)[0], (typeof runs)[0]];
        expect(Buffer.compare(first.farEar.bytes, Buffer.concat(writes))).toBe(0);
        expect(second.farEar.times).toEqual(first.farEar.times);
        expect(second.farEar.chunks.map(({ length }) => length)).toEqual(
          first.farEar.chunks.map(({ length }) => length),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("sends what the bytes are when they leave, as a socket does that cannot write yet", async () => {
    const { near, clock, farEar } = await connected(1, { ...CALM_LINK, windowBytes: 4 });
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    near.write(bytes);
    bytes[7] = 99;
    await clock.advance(10);
    expect([...farEar.bytes]).toEqual([1, 2, 3, 4, 5, 6, 7, 99]);
  });

  it("answers false while more waits than the buffer holds, and drains once", async () => {
    const { near, clock, nearEar } = await connected(1, { ...CALM_LINK, windowBytes: 100, bufferBytes: 200 });
    expect(near.write(new Uint8Array(250))).toBe(true);
    expect(near.write(new Uint8Array(250))).toBe(false);
    expect(nearEar.events).toEqual([]);
    await clock.advance(10);
    expect(nearEar.events).toEqual(["drain"]);
  });

  it("closes both ends behind what was written", async () => {
    const { near, clock, farEar, nearEar, network } = await connected(1);
    near.write(Buffer.from("last"));
    near.end();
    await clock.advance(10);
    expect(farEar.bytes.toString()).toBe("last");
    expect(farEar.events).toEqual(["end", "close"]);
    expect(nearEar.events).toEqual(["end", "close"]);
    expect([network.openStreamCount, network.pendingTimerCount]).toEqual([0, 0]);
  });

  it("tells the other end of a reset with an error and one close", async () => {
    const { near, clock, farEar, nearEar, network } = await connected(1);
    near.reset();
    near.destroy();
    expect(near.write(Buffer.from("late"))).toBe(false);
    await clock.advance(10);
    expect(nearEar.events).toEqual(["close"]);
    expect(farEar.events).toEqual(["error ECONNRESET", "close"]);
    expect(farEar.chunks).toEqual([]);
    expect(network.openStreamCount).toBe(0);
  });

  it("tells nobody when it freezes, and leaves the other end open when one gives up", async () => {
    const { near, far, clock, farEar, network } = await connected(1);
    near.write(Buffer.from("on its way"));
    far.freeze();
    near.destroy();
    await clock.advance(1000);
    expect(farEar.chunks).toEqual([]);
    expect(farEar.events).toEqual([]);
    expect(network.openStreamCount).toBe(1);
    far.destroy();
    expect([network.openStreamCount, network.pendingTimerCount]).toEqual([0, 0]);
  });

  it("holds back what is sent during a stall", async () => {
    const { near, far, clock, farEar } = await connected(1);
    const beganMillis = clock.monotonicMillis();
    far.stall(500);
    near.write(Buffer.from("a"));
    await clock.advance(1000);
    expect(farEar.times).toEqual([beganMillis + 500]);
  });
});

describe("dialing on a simulated network", () => {
  it("ends in time, with the signal's reason or a typed error, and leaves nothing", async () => {
    const clock = new SimulatedClock();
    const network = new SimulatedNetwork(clock, new SeededRandom(1));
    const dial = (signal = new AbortController().signal) =>
      network.dial({ host: "a", port: 1 }, 1000, clock, signal).then(
        () => "connected",
        (error: { code?: string }) => error.code ?? String(error),
      );
    const nobody = dial();
    await clock.advance(10);
    expect(await nobody).toBe("iggy-client.not-connected");
    network.listen("a", 1, () => undefined);
    network.dialOutcome = () => "silence";
    const beganMillis = clock.monotonicMillis();
    const silent = dial().then((outcome) => [outcome, clock.monotonicMillis() - beganMillis]);
    await clock.advance(2000);
    expect(await silent).toEqual(["iggy-client.not-connected", 1000]);
    const abort = new AbortController();
    const aborted = dial(abort.signal);
    abort.abort("enough");
    expect(await aborted).toBe("enough");
    expect([network.openStreamCount, network.pendingTimerCount]).toEqual([0, 0]);
  });
});

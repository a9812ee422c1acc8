import type { ImsError } from "@ims/common";
import { describe, expect, it } from "vitest";
import { ID, numbersOf, producerBenches, put } from "../spec-support/producer-bench.js";
import { type PeerRequest, until } from "../spec-support/scripted-peer.js";

const bench = producerBenches();

describe("batching", () => {
  it("sends when the linger is over", async () => {
    const { producer, peer, clock, confirmed } = await bench(undefined, { lingerMillis: 5 });
    put(producer, 1);
    put(producer, 2);
    await clock.advance(4);
    expect(peer.named("message.send").length).toBe(0);
    await clock.advance(1);
    await until(() => confirmed.length === 1);
    expect(peer.named("message.send").map(numbersOf)).toEqual([[1, 2]]);
    expect(confirmed).toEqual([[0, 2]]);
    expect(producer.pendingCount).toBe(0);
  });

  it("sends the first messages after a pause at once if it is eager, and collects what follows", async () => {
    const { producer, peer, clock, confirmed } = await bench(undefined, { lingerMillis: 5, eager: true });
    const sent = () => peer.named("message.send").map(numbersOf);
    put(producer, 1);
    put(producer, 2);
    await until(() => confirmed.length === 1);
    expect(sent()).toEqual([[1, 2]]);
    await clock.advance(4);
    put(producer, 3);
    await clock.advance(4);
    put(producer, 4);
    expect(sent()).toHaveLength(1);
    await clock.advance(1);
    await until(() => confirmed.length === 2);
    expect(sent().at(-1)).toEqual([3, 4]);
    await clock.advance(5);
    put(producer, 5);
    await until(() => confirmed.length === 3);
    expect(sent().at(-1)).toEqual([5]);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("lets a batch grow while another is on the wire if it is eager, and sends full ones beside it", async () => {
    const held: PeerRequest[] = [];
    const { producer, peer, clock, confirmed } = await bench(
      (request) => request.name === "message.send" && held.push(request) > 0,
      { lingerMillis: 1, eager: true, batchCountMax: 4 },
    );
    put(producer, 0);
    await until(() => held.length === 1);
    for (let number = 1; number <= 3; number++) {
      await clock.advance(5);
      put(producer, number);
    }
    expect(held).toHaveLength(1);
    put(producer, 4);
    await until(() => held.length === 2);
    put(producer, 5);
    await clock.advance(5);
    expect(held.map(numbersOf)).toEqual([[0], [1, 2, 3, 4]]);
    for (const request of held.splice(0)) peer.answer(request);
    await until(() => held.length === 1);
    expect(held.map(numbersOf)).toEqual([[5]]);
    peer.answer(held[0]!);
    await until(() => confirmed.length === 3);
  });

  it("sends at once when the count is reached or the slot is full", async () => {
    const { producer, peer, confirmed } = await bench(undefined, { batchCountMax: 3 });
    for (let i = 0; i < 3; i++) put(producer, i);
    await until(() => confirmed.length === 1);
    const payloadBytes = 900;
    for (let i = 0; i < 2; i++) {
      expect(producer.reserve(payloadBytes)).toBeGreaterThan(0);
      producer.commit(payloadBytes, ID, 1);
    }
    await until(() => confirmed.length === 2);
    expect(peer.named("message.send").length).toBe(2);
    await producer.flush();
    expect(confirmed).toEqual([
      [0, 3],
      [3, 1],
      [4, 1],
    ]);
  });

  it("keeps one batch growing while the wire is full", async () => {
    const held: PeerRequest[] = [];
    const { producer, peer, clock, confirmed } = await bench(
      (request) => request.name === "message.send" && held.push(request) > 0,
      { inFlightMax: 1, lingerMillis: 1 },
    );
    put(producer, 0);
    await clock.advance(1);
    await until(() => held.length === 1);
    for (let i = 1; i <= 9; i++) {
      put(producer, i);
      await clock.advance(1);
    }
    expect(held.length).toBe(1);
    peer.answer(held[0]!);
    await until(() => held.length === 2);
    expect(numbersOf(held[1]!)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    peer.answer(held[1]!);
    await until(() => confirmed.length === 2);
  });

  it("begins a new batch for a creation time too far away", async () => {
    const { producer, peer, confirmed } = await bench();
    put(producer, 1, 1_700_000_000_000_000);
    put(producer, 2, 1_600_000_000_000_000);
    await producer.flush();
    expect(peer.named("message.send").map(numbersOf)).toEqual([[1], [2]]);
    expect(confirmed.length).toBe(2);
  });
});

describe("backpressure", () => {
  it("stops accepting, then gives -1, and goes on when replies come", async () => {
    const held: PeerRequest[] = [];
    const { producer, peer, arena } = await bench(
      (request) => request.name === "message.send" && held.push(request) > 0,
      { batchCountMax: 1 },
    );
    let taken = 0;
    while (producer.accepting) expect(put(producer, taken++)).toBe(true);
    expect([taken, arena.freeSlotCount]).toEqual([4, 0]);
    expect(put(producer, 99)).toBe(false);
    let woken = false;
    const waiting = producer.whenAccepting().then(() => {
      woken = true;
    });
    await until(() => held.length === 4);
    expect(woken).toBe(false);
    peer.answer(held[0]!);
    await waiting;
    expect(put(producer, 4)).toBe(true);
    await until(() => held.length === 5);
    for (const request of held.slice(1)) peer.answer(request);
    await producer.flush();
    expect(held.flatMap(numbersOf)).toEqual([0, 1, 2, 3, 4]);
  });

  it("refuses a payload that fits no slot", async () => {
    const { producer } = await bench();
    expect(() => producer.reserve(5000)).toThrow(
      expect.objectContaining({ code: "iggy-client.payload-too-large" }),
    );
  });
});

describe("close", () => {
  it("flushes, then takes nothing more", async () => {
    const { producer, confirmed, arena } = await bench(undefined, { lingerMillis: 1000 });
    put(producer, 1);
    const waiting = producer.whenAccepting();
    await producer.close();
    await waiting;
    expect(confirmed).toEqual([[0, 1]]);
    expect(arena.freeSlotCount).toBe(4);
    expect(() => producer.reserve(8)).toThrow(
      expect.objectContaining({ code: "iggy-client.producer-closed" }),
    );
    await expect(producer.whenAccepting()).rejects.toMatchObject({ code: "iggy-client.producer-closed" });
    expect(producer.accepting).toBe(false);
  });

  it("reports what cannot be delivered in time, apart by whether it was sent", async () => {
    const { producer, peer, clock, failed, client, arena } = await bench(
      (request) => request.name === "message.send",
      {
        batchCountMax: 1,
        inFlightMax: 1,
      },
    );
    put(producer, 0);
    put(producer, 1);
    await until(() => peer.named("message.send").length === 1);
    const closing = producer.close(100);
    closing.catch(() => {});
    await clock.advance(100);
    await expect(closing).rejects.toSatisfy((error: ImsError) => error.code.startsWith("iggy-client."));
    expect(failed.toSorted()).toEqual([
      ["iggy-client.not-connected", 1],
      ["iggy-client.outcome-unknown", 1],
    ]);
    expect(producer.pendingCount).toBe(0);
    await client.close();
    expect(arena.freeSlotCount).toBe(4);
  });

  it("is part of the client's close", async () => {
    const { producer, client, confirmed } = await bench(undefined, { lingerMillis: 1000 });
    put(producer, 1);
    await client.close();
    expect(confirmed).toEqual([[0, 1]]);
  });
});

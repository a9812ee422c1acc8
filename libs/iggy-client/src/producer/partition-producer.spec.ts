import { type ImsError, SimulatedClock } from "@ims/common";
import { BatchArena, COMMANDS, decodeBatch, frameBody, validateBatch } from "@ims/iggy-protocol";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { IggyClient } from "../client/iggy-client.js";
import {
  advanceUntil,
  type PeerRequest,
  type PeerScript,
  ScriptedPeer,
  seededRandom,
  until,
} from "../spec-support/scripted-peer.js";
import type { PartitionProducer } from "./partition-producer.js";
import type { ProducerOptions } from "./producer-options.js";

const closers: (() => Promise<unknown>)[] = [];
const clocks: SimulatedClock[] = [];

interface Bench {
  peer: ScriptedPeer;
  client: IggyClient;
  clock: SimulatedClock;
  producer: PartitionProducer;
  arena: BatchArena;
  confirmed: [baseOffset: number, count: number][];
  failed: [code: string, count: number][];
}

async function bench(
  script?: PeerScript,
  options: Partial<ProducerOptions> = {},
  requestTimeoutMillis = 30_000,
  urlOptions = "",
): Promise<Bench> {
  const peer = await ScriptedPeer.start(script);
  const clock = new SimulatedClock();
  clocks.push(clock);
  const client = await IggyClient.connect(`${peer.url}${urlOptions}`, {
    clock,
    random: seededRandom(),
    requestTimeoutMillis,
  });
  const arena = BatchArena.create({ slotCount: 4, slotBytes: 2048 });
  const confirmed: [number, number][] = [];
  const failed: [string, number][] = [];
  const producer = client.createProducer({
    stream: "s",
    topic: "t",
    partitionId: 0,
    arena,
    onConfirmed: (baseOffset, count) => confirmed.push([baseOffset, count]),
    onFailed: (error, count) => failed.push([error.code, count]),
    ...options,
  });
  closers.push(async () => {
    const closing = client.close();
    closing.catch(() => {});
    await until(() => clock.pendingTimerCount === 0 || !client.connected);
    await clock.advance(20_000);
    await closing.catch(() => {});
    await peer.close();
  });
  return { peer, client, clock, producer, arena, confirmed, failed };
}

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  for (const clock of clocks.splice(0)) expect(clock.pendingTimerCount).toBe(0);
});

const ID = Uint32Array.of(1, 2, 3, 4);

/** Appends a message of 8 bytes that carries its number; false when there is no room. */
function put(producer: PartitionProducer, number: number, originMicros = 1_700_000_000_000_000): boolean {
  const at = producer.reserve(8);
  if (at < 0) return false;
  producer.arena.view.setUint32(at, number, true);
  producer.arena.view.setUint32(at + 4, 0, true);
  producer.commit(8, ID, originMicros);
  return true;
}

/** Numbers of the messages in a send request, after checking the whole batch. */
function numbersOf(request: PeerRequest): number[] {
  const { batch, messageCount } = COMMANDS.sendMessages.codec.decodeRequest(frameBody(request.frame));
  validateBatch(batch, 0, batch.length, messageCount);
  return decodeBatch(batch).messages.map(({ payload }) => Buffer.from(payload).readUInt32LE());
}

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

describe("faults", () => {
  it("sends unanswered batches again in order after the connection was lost", async () => {
    let holding = true;
    const { producer, peer, clock, confirmed, failed } = await bench(
      (request) => request.name === "message.send" && holding,
      { batchCountMax: 2, inFlightMax: 2 },
    );
    for (let i = 0; i < 6; i++) put(producer, i);
    await until(() => peer.named("message.send").length === 2);
    holding = false;
    peer.connections[0]!.drop();
    await advanceUntil(clock, () => confirmed.length === 3);
    expect(
      peer.connections[1]!.requests.filter(({ name }) => name === "message.send").flatMap(numbersOf),
    ).toEqual([0, 1, 2, 3, 4, 5]);
    expect(failed).toEqual([]);
    const [login] = peer.connections[1]!.requests;
    expect(peer.connections[1]!.requests.at(-1)!.header.client).toBe(login!.header.client);
  });

  it("collects while the server is away and sends when it is back", async () => {
    const { producer, peer, clock, confirmed, client } = await bench(undefined, { lingerMillis: 1 });
    await peer.close();
    await until(() => !client.connected);
    for (let i = 0; i < 20; i++) {
      expect(put(producer, i)).toBe(true);
      await clock.advance(50);
    }
    await peer.listen(peer.port);
    await advanceUntil(clock, () => confirmed.length > 0);
    expect(peer.named("message.send").flatMap(numbersOf)).toEqual([...Array(20).keys()]);
  });

  it("reports a refused batch and goes on with the next", async () => {
    const { producer, failed, confirmed } = await bench(
      (request) => {
        if (request.name !== "message.send" || numbersOf(request)[0] !== 1) return false;
        request.refuseByStatus(20);
        return true;
      },
      { batchCountMax: 1 },
    );
    for (let i = 0; i < 3; i++) put(producer, i);
    await expect(producer.flush()).rejects.toMatchObject({
      code: "iggy-client.refused",
      context: { code: 20 },
    });
    expect(failed).toEqual([["iggy-client.refused", 1]]);
    expect(confirmed.length).toBe(2);
  });

  it("repeats transient refusals before anything new", async () => {
    let refusals = 2;
    const stored: number[] = [];
    const { producer, peer, clock, confirmed } = await bench(
      (request) => {
        if (request.name !== "message.send") return false;
        if (refusals > 0) {
          refusals--;
          request.refuseByStatus(58);
          return true;
        }
        stored.push(...numbersOf(request));
        return false;
      },
      { batchCountMax: 1, inFlightMax: 2 },
    );
    for (let i = 0; i < 4; i++) put(producer, i);
    await until(() => peer.named("message.send").length === 2);
    for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    await clock.advance(49);
    expect(peer.named("message.send").length).toBe(2);
    await advanceUntil(clock, () => confirmed.length === 4);
    expect(stored).toEqual([0, 1, 2, 3]);
  });

  it("reports what it still collects when the client gives up connecting, and flushes at once from then on", async () => {
    const { producer, peer, clock, client, failed } = await bench(
      undefined,
      { lingerMillis: 5 },
      30_000,
      "&reconnection_retries=1",
    );
    await peer.close();
    await until(() => !client.connected);
    put(producer, 1);
    const flushing = producer.flush();
    flushing.catch(() => {});
    let attempts = 0;
    client.on("error", () => attempts++);
    await advanceUntil(clock, () => attempts === 2);
    await expect(flushing).rejects.toMatchObject({ code: "iggy-client.not-connected" });
    put(producer, 2);
    await expect(producer.flush()).rejects.toMatchObject({ code: "iggy-client.not-connected" });
    put(producer, 3);
    await clock.advance(5);
    expect(failed).toEqual(Array(3).fill(["iggy-client.not-connected", 1]));
    expect(producer.pendingCount).toBe(0);
  });

  it("gives up a batch whose reply stays away every time", async () => {
    const { producer, clock, failed, confirmed } = await bench(
      (request) => request.name === "message.send" && numbersOf(request)[0] === 0,
      { batchCountMax: 1, inFlightMax: 1, timeoutsMax: 2 },
      1000,
    );
    put(producer, 0);
    put(producer, 1);
    await advanceUntil(clock, () => confirmed.length === 1);
    expect(failed).toEqual([["iggy-client.outcome-unknown", 1]]);
    expect(clock.monotonicMillis()).toBeGreaterThanOrEqual(2000);
  });

  it("never sends an unanswered batch again when resend is off, and goes on with the next", async () => {
    const { producer, peer, clock, failed, confirmed } = await bench(
      (request) => {
        if (request.name !== "message.send" || numbersOf(request)[0] !== 0) return false;
        request.connection.drop();
        return true;
      },
      { batchCountMax: 1, inFlightMax: 1, resend: false },
    );
    put(producer, 0);
    put(producer, 1);
    await advanceUntil(clock, () => confirmed.length === 1);
    expect(failed).toEqual([["iggy-client.outcome-unknown", 1]]);
    expect(peer.named("message.send").map(numbersOf)).toEqual([[0], [1]]);
  });

  it("delivers everything in order under random drops and transient refusals", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("ok", "ok", "ok", "drop", "lose"), { maxLength: 12 }),
        async (plan) => {
          const stored: number[] = [];
          const { producer, clock, peer, client } = await bench(
            (request) => {
              if (request.name !== "message.send") return false;
              const step = plan.shift() ?? "ok";
              // A server handles nothing more of a connection that it closed.
              if (request.connection.socket.destroyed) return true;
              if (step !== "drop") stored.push(...numbersOf(request));
              if (step !== "ok") request.connection.drop();
              return step !== "ok";
            },
            { batchCountMax: 2, inFlightMax: 3 },
          );
          for (let i = 0; i < 12; i++) await advanceUntil(clock, () => put(producer, i));
          const flushed = producer.flush();
          let done = false;
          void flushed.then(() => {
            done = true;
          });
          await advanceUntil(clock, () => done);
          expect([...new Set(stored)]).toEqual([...Array(12).keys()]);
          await client.close();
          await peer.close();
        },
      ),
      { numRuns: 15 },
    );
    closers.splice(0);
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

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numbersOf, producerBenches, put } from "../spec-support/producer-bench.js";
import { advanceUntil, until } from "../spec-support/scripted-peer.js";

const bench = producerBenches();

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
          const run = await bench(
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
          const { producer, clock } = run;
          for (let i = 0; i < 12; i++) await advanceUntil(clock, () => put(producer, i));
          const flushed = producer.flush();
          let done = false;
          void flushed.then(() => {
            done = true;
          });
          await advanceUntil(clock, () => done);
          expect([...new Set(stored)]).toEqual([...Array(12).keys()]);
          await run.close();
        },
      ),
      { numRuns: 15 },
    );
  });
});

import { encodeBatch } from "@ims/iggy-protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientFixture, READ } from "../spec-support/client-fixture.js";
import { advanceUntil, until } from "../spec-support/scripted-peer.js";
import { Histogram } from "./histogram.js";

const { peerWith, clientOf } = clientFixture();

describe("Histogram", () => {
  it("gives quantiles that are at most 19 % above the exact ones, and never below", () => {
    const value = fc.oneof(
      fc.double({ min: 0.001, max: 1e11, noNaN: true }),
      fc.integer({ min: 1, max: 1000 }),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (values) => {
        const histogram = new Histogram();
        for (const each of values) histogram.observe(each);
        const sorted = [...values].sort((a, b) => a - b);
        const exact = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
        const { count, sum, min, max, p50, p99, p999 } = histogram.snapshot();
        expect(count).toBe(values.length);
        expect(sum).toBeCloseTo(
          values.reduce((total, each) => total + each, 0),
          -6,
        );
        expect([min, max]).toEqual([sorted[0], sorted.at(-1)]);
        for (const [share, shown] of [
          [0.5, p50],
          [0.99, p99],
          [0.999, p999],
        ] as const) {
          expect(shown).toBeGreaterThanOrEqual(exact(share) * (1 - 1e-12));
          expect(shown).toBeLessThanOrEqual(exact(share) * 1.19);
        }
      }),
    );
  });

  it("takes what is beyond its range into the first and last bucket, and faults as 0", () => {
    const histogram = new Histogram();
    for (const value of [-1, Number.NaN, 0, 1e300]) histogram.observe(value);
    expect(histogram.snapshot()).toMatchObject({ count: 4, min: 0, max: 1e300, p50: 0.001, p999: 1e300 });
  });

  it("is all zeros without observations", () => {
    const zeros = { count: 0, sum: 0, min: 0, max: 0, p50: 0, p99: 0, p999: 0 };
    expect(new Histogram().snapshot()).toEqual(zeros);
  });
});

describe("diagnostics of a client", () => {
  it("count requests, bytes and round trips", async () => {
    const peer = await peerWith((request) => request.name === "stream.list");
    const { client, clock } = await clientOf(peer);
    const before = client.diagnostics.snapshot();
    const listed = client.streams.list();
    await until(() => peer.named("stream.list").length === 1);
    expect(client.diagnostics.snapshot()).toMatchObject({
      requestsInFlight: 1,
      requestsSent: before.requestsSent + 1,
      bytesSent: before.bytesSent + 256,
    });
    await clock.advance(40);
    peer.named("stream.list")[0]!.reply([]);
    await listed;
    expect(client.diagnostics.snapshot()).toMatchObject({
      requestsInFlight: 0,
      requestsAnswered: before.requestsAnswered + 1,
      bytesReceived: before.bytesReceived + 256,
      roundTripMillis: { max: 40 },
    });
  });

  it("count messages, retries, lost requests and reconnects", async () => {
    const script: string[] = ["transient", "answer", "drop"];
    const peer = await peerWith((request) => {
      if (request.name !== "message.send") return false;
      const step = script.shift();
      if (step === "transient") request.refuseByStatus(58);
      else if (step === "drop") request.connection.drop();
      else return false;
      return true;
    });
    const { client, clock } = await clientOf(peer);
    const send = () =>
      client.sendMessages({
        stream: "s",
        topic: "t",
        partitioning: { kind: "balanced" },
        messages: [{ payload: Uint8Array.of(1) }, { payload: Uint8Array.of(2) }],
      });
    const first = send();
    await advanceUntil(clock, () => peer.named("message.send").length === 2);
    await first;
    await expect(send()).rejects.toMatchObject({ code: "iggy-client.outcome-unknown" });
    await advanceUntil(clock, () => client.connected);
    expect(client.diagnostics.snapshot()).toMatchObject({
      messagesSent: 4,
      messagesConfirmed: 2,
      retries: { transient: 1, resend: 0 },
      requestsLost: 1,
      sessions: 2,
      reconnects: 1,
      sessionsLost: 1,
      batchMessages: { count: 2, max: 2 },
    });
  });

  it("count damaged replies", async () => {
    const batch = encodeBatch([{ id: 1n, payload: Uint8Array.of(1), originMicros: 7 }]);
    batch[batch.length - 1]! ^= 1;
    const peer = await peerWith((request) => {
      if (request.name !== "message.poll") return false;
      request.reply({ partitionId: 0, currentOffset: 0, messageCount: 1, batches: batch });
      return true;
    });
    const { client } = await clientOf(peer);
    await expect(client.poll({ ...READ, strategy: { kind: "first" }, count: 1 })).rejects.toMatchObject({
      code: "iggy-protocol.checksum-mismatch",
    });
    expect(client.diagnostics.snapshot()).toMatchObject({ checksumFailures: 1, messagesPolled: 1 });
  });
});

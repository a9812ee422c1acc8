import { IggyErrorCode } from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { until } from "../spec-support/scripted-peer.js";
import { anError, numbered, numberedList, settled, topicBenches } from "../spec-support/topic-bench.js";
import { sendSteps, TopicPeer } from "../spec-support/topic-peer.js";

const bench = topicBenches();

describe("the topic", () => {
  it("is created with its stream when it is missing", async () => {
    const missing = await TopicPeer.start(undefined);
    missing.hasStream = false;
    const { topic, producer, clock } = await bench(
      undefined,
      { createTopic: { partitionCount: 3 } },
      {},
      missing,
    );
    expect(topic.created).toEqual(["stream.create", "topic.create"]);
    expect(producer.partitionCount).toBe(3);
    await settled(clock, producer.send(numbered(0)));
    expect(topic.numbers(0)).toEqual([0]);
  });

  it("is an error when it is missing and may not be created", async () => {
    const missing = await TopicPeer.start(undefined);
    await expect(bench(undefined, { createTopic: false }, {}, missing)).rejects.toEqual(
      anError("iggy-client.topic-missing"),
    );
    missing.hasStream = false;
    await expect(bench(undefined, { createStream: false }, {}, missing)).rejects.toEqual(
      anError("iggy-client.topic-missing"),
    );
    missing.allowsCreation = false;
    await expect(bench(undefined, {}, {}, missing)).rejects.toEqual(
      anError("iggy-client.refused", { code: IggyErrorCode.Unauthorized }),
    );
    await missing.peer.close();
  });

  it("is a clear error when it was deleted", async () => {
    const { topic, clock, producer, failed } = await bench(1, { createTopic: false });
    await settled(clock, producer.send(numbered(0)));
    topic.partitionCount = undefined;
    await expect(settled(clock, producer.send(numbered(1)))).rejects.toEqual(
      anError("iggy-client.topic-missing"),
    );
    await producer.post(numbered(2));
    await expect(settled(clock, producer.flush())).rejects.toEqual(anError("iggy-client.topic-missing"));
    expect(failed).toEqual([["iggy-client.topic-missing", 0, 1]]);
    expect(topic.created).toEqual([]);
  });

  it("is created again when it was deleted, and the refused batches are sent again in order", async () => {
    const { topic, clock, producer } = await bench(1, {
      batchCountMax: 1,
      createTopic: { partitionCount: 2 },
    });
    topic.partitionCount = undefined;
    const receipt = await settled(
      clock,
      producer.send(numberedList(0, 4), { kind: "partition", partitionId: 0 }),
    );
    expect(topic.created).toEqual(["topic.create"]);
    expect(topic.numbers(0)).toEqual([0, 1, 2, 3]);
    expect(receipt.locate(3)).toEqual({ partitionId: 0, offset: 3 });
    expect(producer.partitionCount).toBe(2);
  });

  it("is created again after a reconnect, before anything is sent", async () => {
    const { topic, clock, client, producer } = await bench(1);
    topic.partitionCount = undefined;
    topic.peer.connections[0]!.drop();
    await until(() => !client.connected);
    await settled(clock, producer.send(numbered(0)));
    expect(topic.created).toEqual(["topic.create"]);
    expect(topic.sendCount).toBe(1);
  });

  it("lost a partition: its messages fail, the others are stored", async () => {
    const { topic, clock, producer } = await bench(2, { batchCountMax: 1 });
    topic.partitionCount = 1;
    await expect(settled(clock, producer.send([numbered(0), numbered(1)]))).rejects.toEqual(
      anError("iggy-client.partly-sent", {
        failed: [{ firstIndex: 1, messageCount: 1, code: "iggy-client.partition-missing" }],
      }),
    );
    expect(producer.partitionCount).toBe(1);
  });

  it("is there but not found by sends: after the retries they fail with the refusal", async () => {
    const { topic, clock, client, producer } = await bench(1, { retriesMax: 2, retryMillis: 500 });
    topic.plan = () => IggyErrorCode.ResourceNotFound;
    const startMillis = clock.monotonicMillis();
    await expect(settled(clock, producer.send(numbered(0)))).rejects.toEqual(
      anError("iggy-client.refused", { code: 20 }),
    );
    expect(topic.sendCount).toBe(3);
    expect(clock.monotonicMillis() - startMillis).toBeGreaterThanOrEqual(1000);
    expect(client.diagnostics.snapshot().retries.resend).toBe(2);
  });
});

describe("repeating", () => {
  it("sends the same frame again after a transient refusal", async () => {
    const { topic, clock, client, producer } = await bench(1);
    topic.plan = sendSteps(58, 57, "store");
    await settled(clock, producer.send(numbered(0)));
    const frames = topic.peer.named("message.send").map(({ frame }) => Buffer.from(frame).toString("hex"));
    expect(frames.length).toBe(3);
    expect(new Set(frames).size).toBe(1);
    expect(client.diagnostics.snapshot().retries.transient).toBe(2);
  });

  it("gives a number of the new session after a reconnect, and counts the retries", async () => {
    const { topic, clock, producer } = await bench(1, { retriesMax: 2 });
    topic.plan = sendSteps("drop", "store-and-drop", "store");
    const receipt = await settled(clock, producer.send(numbered(0)));
    expect(receipt.locate(0)).toEqual({ partitionId: 0, offset: 1 });
    topic.plan = () => "drop";
    await expect(settled(clock, producer.send(numbered(1)))).rejects.toEqual(
      anError("iggy-client.outcome-unknown"),
    );
    expect(topic.sendCount).toBe(6);
  });

  it("is left when resend is off: an unanswered batch has an unknown outcome and is never stored twice", async () => {
    const { topic, clock, producer } = await bench(1, { resend: false, batchCountMax: 1 });
    topic.plan = sendSteps("store", "store-and-drop");
    await expect(settled(clock, producer.send(numberedList(0, 6)))).rejects.toEqual(
      anError("iggy-client.partly-sent", {
        failed: expect.arrayContaining([
          { firstIndex: 1, messageCount: 1, code: "iggy-client.outcome-unknown" },
        ]),
      }),
    );
    expect(topic.numbers(0)).toEqual([...new Set(topic.numbers(0))]);
    expect(topic.numbers(0).slice(0, 2)).toEqual([0, 1]);
    topic.plan = sendSteps(57);
    await expect(settled(clock, producer.send(numbered(7)))).rejects.toEqual(
      anError("iggy-client.outcome-unknown"),
    );
    topic.plan = sendSteps(58);
    expect((await settled(clock, producer.send(numbered(8)))).droppedCount).toBe(0);
  });

  it("goes on in a new session when the server has forgotten the old one, whatever resend says", async () => {
    const { topic, clock, producer } = await bench(1, { resend: false });
    topic.plan = sendSteps(IggyErrorCode.Unauthenticated);
    expect((await settled(clock, producer.send(numbered(0)))).locate(0)).toEqual({
      partitionId: 0,
      offset: 0,
    });
    expect(topic.peer.connections.length).toBe(2);
  });

  it("says that the outcome is unknown when a lost batch is refused on its second way", async () => {
    const { topic, clock, producer } = await bench(1);
    topic.plan = sendSteps("store-and-drop", IggyErrorCode.Unauthorized);
    await expect(settled(clock, producer.send(numbered(0)))).rejects.toEqual(
      anError("iggy-client.outcome-unknown"),
    );
  });

  it("ends after the time for delivery, apart by whether a batch was sent", async () => {
    const { topic, clock, client, producer } = await bench(
      1,
      { deliveryMillisMax: 5000, batchCountMax: 1, inFlightMax: 1, retriesMax: 1000 },
      { requestTimeoutMillis: 1000 },
    );
    topic.plan = () => "hold";
    const first = producer.send(numbered(0));
    await until(() => topic.held.length === 1);
    const second = producer.send(numbered(1));
    await topic.peer.close();
    await until(() => !client.connected);
    const codes = await settled(
      clock,
      Promise.all([first, second].map((call) => call.catch(({ code }) => code))),
    );
    expect(codes).toEqual(["iggy-client.outcome-unknown", "iggy-client.not-connected"]);
    expect(clock.monotonicMillis()).toBeGreaterThanOrEqual(5000);
    expect(clock.monotonicMillis()).toBeLessThan(7000);
  });

  it("ends for messages that are still being collected without a server", async () => {
    const { topic, clock, client, producer } = await bench(1, { deliveryMillisMax: 5000 });
    await topic.peer.close();
    await until(() => !client.connected);
    const startMillis = clock.monotonicMillis();
    await expect(settled(clock, producer.send(numberedList(0, 3)))).rejects.toEqual(
      anError("iggy-client.not-connected"),
    );
    expect(clock.monotonicMillis() - startMillis).toBeGreaterThanOrEqual(5000);
    expect(clock.monotonicMillis() - startMillis).toBeLessThan(5100);
    expect(producer.pendingCount).toBe(0);
  });
});

describe("close", () => {
  it("stores what was given before and takes nothing more", async () => {
    const { topic, producer } = await bench(2, { lingerMillis: 1000, batchCountMax: 4 });
    const call = producer.send(numberedList(0, 6));
    const accepting = producer.whenAccepting();
    await producer.close();
    await accepting;
    expect((await call).runs.length).toBe(2);
    expect([topic.numbers(0), topic.numbers(1)]).toEqual([
      [0, 1, 2, 3],
      [4, 5],
    ]);
    await expect(producer.send(numbered(0))).rejects.toEqual(anError("iggy-client.producer-closed"));
    await expect(producer.post(numbered(0))).rejects.toEqual(anError("iggy-client.producer-closed"));
    await expect(producer.whenAccepting()).rejects.toEqual(anError("iggy-client.producer-closed"));
    expect(() => producer.reserve(0, 8)).toThrow(anError("iggy-client.producer-closed"));
    expect(producer.accepting).toBe(false);
  });

  it("gives up what is left after its time: sent, collected and waiting", async () => {
    const { topic, clock, producer, failed } = await bench(1, { inFlightMax: 1, batchCountMax: 1 });
    topic.plan = () => "hold";
    const posted = producer.post(numberedList(0, 4));
    await posted;
    const waiting = producer.send(numbered(4));
    waiting.catch(() => {});
    await until(() => topic.held.length === 1);
    const accepting = producer.whenAccepting();
    accepting.catch(() => {});
    const closing = producer.close(100);
    closing.catch(() => {});
    await clock.advance(100);
    await expect(closing).rejects.toEqual(anError("iggy-client.outcome-unknown"));
    await expect(waiting).rejects.toEqual(anError("iggy-client.producer-closed"));
    await expect(accepting).rejects.toEqual(anError("iggy-client.producer-closed"));
    expect(failed).toEqual([
      ["iggy-client.outcome-unknown", 0, 1],
      ["iggy-client.not-connected", 0, 1],
      ["iggy-client.not-connected", 0, 1],
      ["iggy-client.not-connected", 0, 1],
    ]);
    expect([producer.failedCount, producer.pendingCount]).toEqual([5, 0]);
  });

  it("is part of the client's close", async () => {
    const { topic, client, producer } = await bench(1, { lingerMillis: 1000 });
    await producer.post(numbered(0));
    await client.close();
    expect(topic.numbers(0)).toEqual([0]);
  });
});

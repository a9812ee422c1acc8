import { describe, expect, it } from "vitest";
import { consumerFixture, places, settled, take, unevenTopic } from "../spec-support/consumer-fixture.js";
import { advanceUntil, until } from "../spec-support/scripted-peer.js";
import { TopicModel } from "../spec-support/topic-model.js";
import type { ConsumedMessage } from "./consumed-message.js";

const { bench } = consumerFixture();

describe("reading one partition", () => {
  it("gives every message once, in order, across polls and slices", async () => {
    const topic = unevenTopic();
    const { consumer } = await bench(topic, { batchCount: 4 });
    const total = topic.partition.nextOffset;
    expect(await take(consumer, total)).toEqual(places(0, total));
    expect(topic.polls.every((poll) => poll.strategy.kind === "offset" && !poll.autoCommit)).toBe(true);
    expect(consumer.counters).toMatchObject({ messages: total, repeated: 0, gaps: 0, retries: 0 });
  });

  it("gives batches as cursors over the reply, which are handled when the next one is asked for", async () => {
    const topic = unevenTopic();
    const { consumer } = await bench(topic, { batchCount: 10, commit: { kind: "manual" } });
    const offsets: number[] = [];
    const handled: number[] = [];
    for await (const batch of consumer.batches()) {
      handled.push(consumer.partitions()[0]!.handled);
      expect(batch.messageCount).toBe(10);
      while (batch.next()) {
        expect(Buffer.from(batch.payload()).toString()).toBe(`0:${batch.offset}`);
        offsets.push(batch.offset);
      }
      if (offsets.length === 40) break;
    }
    expect(offsets).toEqual([...Array(40).keys()]);
    expect(handled).toEqual([-1, 9, 19, 29]);
  });

  it("tells id, times and headers of a message, also after the batch is gone", async () => {
    const topic = unevenTopic();
    const { consumer } = await bench(topic, { batchCount: 2, start: { kind: "offset", value: 4 } });
    const messages: ConsumedMessage[] = [];
    for await (const message of consumer) if (messages.push(message) === 6) break;
    expect(messages[1]).toMatchObject({
      partitionId: 0,
      offset: 5,
      id: 5n,
      timestampMicros: 30,
      originMicros: 1_000_005,
      currentOffset: topic.partition.nextOffset - 1,
    });
    expect(messages[1]!.headers()).toEqual([]);
  });

  it("waits with growing pauses for messages", async () => {
    const topic = new TopicModel();
    const { consumer, clock } = await bench(topic, {
      idleMillis: 2,
      idleMillisMax: 16,
      commit: { kind: "manual" },
    });
    const taken = take(consumer, 1);
    const pauses: number[] = [];
    for (let polls = 1; polls <= 6; polls++) {
      await until(() => topic.polls.length === polls && clock.pendingTimerCount === 1);
      const start = clock.monotonicMillis();
      while (topic.polls.length === polls) await clock.advance(1).then(() => settled());
      pauses.push(clock.monotonicMillis() - start);
    }
    expect(pauses).toEqual([2, 4, 8, 16, 16, 16]);
    topic.partition.append(1);
    await advanceUntil(clock, () => topic.polls.length > 7);
    expect(await taken).toEqual(["0:0"]);
  });

  it("keeps the gap between polls", async () => {
    const topic = unevenTopic();
    const { consumer, clock } = await bench(topic, {
      batchCount: 4,
      pollIntervalMillis: 50,
      prefetchBatches: 9,
    });
    consumer.start();
    await until(() => topic.polls.length === 1);
    await settled();
    await clock.advance(49);
    await settled();
    expect(topic.polls.length).toBe(1);
    await clock.advance(1);
    await until(() => topic.polls.length === 2);
  });

  it("tells lag and position", async () => {
    const topic = new TopicModel();
    const { consumer, clock } = await bench(topic, { batchCount: 4 });
    consumer.start();
    await until(() => consumer.counters.emptyPolls > 0);
    expect(consumer.partitions()).toMatchObject([{ partitionId: 0, lag: 0, position: 0 }]);
    topic.partition.append(10);
    const taken = take(consumer, 3);
    await advanceUntil(clock, () => consumer.counters.messages > 0);
    await taken;
    expect(consumer.partitions()).toMatchObject([{ lag: 7, position: 3, handled: 1 }]);
  });
});

describe("the start", () => {
  it.each([
    [{ kind: "first" }, 0],
    [{ kind: "offset", value: 17 }, 17],
    [{ kind: "last" }, 76],
    // Batches are stored at ten times their base offset.
    [{ kind: "timestamp", value: 75 }, 12],
    [{ kind: "next" }, 33],
  ] as const)("%o", async (start, firstOffset) => {
    const topic = unevenTopic();
    topic.offsets.set("consumer 1 0", 32);
    expect(topic.partition.nextOffset).toBe(90);
    const { consumer, events } = await bench(topic, { batchCount: 14, start, commit: { kind: "manual" } });
    expect(await take(consumer, 14)).toEqual(places(firstOffset, firstOffset + 14));
    expect(events.assigned).toEqual([{ partitionId: 0, offset: firstOffset }]);
  });

  it.each(["last", "timestamp"] as const)(
    "%s in an empty partition waits for the first message",
    async (kind) => {
      const topic = new TopicModel();
      const start = kind === "last" ? { kind } : { kind, value: 0 };
      const { consumer, clock } = await bench(topic, { start, batchCount: 2 });
      const taken = take(consumer, 5);
      await until(() => topic.polls.length > 0);
      topic.partition.append(5);
      await advanceUntil(clock, () => consumer.counters.messages >= 5);
      expect(await taken).toEqual(places(0, 5));
    },
  );

  it("refuses options outside their range", async () => {
    const { client } = await bench(new TopicModel());
    const options = { stream: "s", topic: "t", consumer: 1 } as const;
    for (const wrong of [
      { batchCount: 0 },
      { partitionId: -1 },
      { start: { kind: "offset", value: -1 } as const },
      { commit: { kind: "after", point: { every: 0 } } as const },
      { commit: { kind: "interval", intervalMillis: 0 } as const },
    ]) {
      expect(() => client.createConsumer({ ...options, ...wrong })).toThrow(
        expect.objectContaining({ code: "iggy-client.argument" }),
      );
    }
  });
});

describe("one reader at a time", () => {
  it("goes on behind the last message when a loop was left, and refuses a second one at once", async () => {
    const topic = unevenTopic();
    const { consumer } = await bench(topic, { batchCount: 7, commit: { kind: "manual" } });
    expect(await take(consumer, 5)).toEqual(places(0, 5));
    expect(consumer.partitions()[0]!.handled).toBe(3);
    const second = consumer[Symbol.asyncIterator]();
    expect((await second.next()).value.offset).toBe(5);
    expect(consumer.partitions()[0]!.handled).toBe(4);
    await expect(take(consumer, 1)).rejects.toMatchObject({ code: "iggy-client.consumer-busy" });
    await expect(consumer.run(() => {})).rejects.toMatchObject({ code: "iggy-client.consumer-busy" });
    await second.return!();
    const rest = await consumer.batches().next();
    expect(rest.value.next() && rest.value.offset).toBe(6);
  });

  it("answers calls of next in their order", async () => {
    const topic = unevenTopic();
    const { consumer } = await bench(topic, { batchCount: 4 });
    const iterator = consumer[Symbol.asyncIterator]();
    const results = await Promise.all(Array.from({ length: 10 }, () => iterator.next()));
    expect(results.map(({ value }) => value.offset)).toEqual([...Array(10).keys()]);
  });

  it("calls a handler with one message after the other until the signal", async () => {
    const topic = unevenTopic();
    const { consumer } = await bench(topic, { batchCount: 4, commit: { kind: "manual" } });
    const stop = new AbortController();
    const offsets: number[] = [];
    let atWork = 0;
    await consumer.run(
      async ({ offset }) => {
        expect(++atWork).toBe(1);
        await settled(offset % 3);
        offsets.push(offset);
        atWork--;
        if (offset === 21) stop.abort();
      },
      { signal: stop.signal },
    );
    expect(offsets).toEqual([...Array(22).keys()]);
    expect(consumer.partitions()[0]!.handled).toBe(21);
  });

  it.each([3, 4, 7])("gives message %i again after its handler failed", async (failing) => {
    const topic = unevenTopic();
    const { consumer } = await bench(topic, { batchCount: 4, commit: { kind: "manual" } });
    const offsets: number[] = [];
    const run = (handler: (offset: number) => unknown) =>
      consumer.run(({ offset }) => {
        offsets.push(offset);
        return handler(offset);
      });
    const broken = new Error("broken");
    await expect(
      run((offset) => {
        if (offset === failing) throw broken;
      }),
    ).rejects.toBe(broken);
    expect(consumer.partitions()[0]!.handled).toBe(failing - 1);
    await expect(run((offset) => (offset === failing ? Promise.reject(broken) : undefined))).rejects.toBe(
      broken,
    );
    const ending = run((offset) => (offset === 20 ? void consumer.close() : undefined));
    await ending;
    expect(offsets).toEqual([
      ...Array(failing).keys(),
      failing,
      failing,
      ...Array.from({ length: 21 - failing }, (_, i) => failing + i),
    ]);
  });
});

describe("pause", () => {
  it("holds back what was fetched, and polls, until resumed", async () => {
    const topic = unevenTopic();
    const { consumer } = await bench(topic, { batchCount: 4 });
    expect(await take(consumer, 2)).toEqual(places(0, 2));
    await until(() => topic.polls.length === 2);
    consumer.pause();
    const rest = take(consumer, 18);
    let ended = false;
    void rest.then(() => {
      ended = true;
    });
    await settled();
    expect([ended, topic.polls.length]).toEqual([false, 2]);
    consumer.resume();
    expect(await rest).toEqual(places(2, 20));
  });
});

describe("seek", () => {
  it("takes no notice of a reply that was under way", async () => {
    const topic = unevenTopic();
    let held: (() => void) | undefined;
    const { consumer } = await bench(topic, { batchCount: 4 }, (request) => {
      if (request.name !== "message.poll" || held) return false;
      held = () => void topic.script(request);
      return true;
    });
    consumer.start();
    await until(() => held !== undefined);
    consumer.seek(0, 20);
    held!();
    expect(await take(consumer, 8)).toEqual(places(20, 28));
  });

  it("goes back and forth, dropping what was fetched", async () => {
    const topic = unevenTopic();
    const { consumer } = await bench(topic, { batchCount: 4, prefetchBatches: 3 });
    await take(consumer, 10);
    consumer.seek(0, 2);
    expect(await take(consumer, 5)).toEqual(places(2, 7));
    consumer.seek(0, 50);
    expect(await take(consumer, 10)).toEqual(places(50, 60));
    expect(topic.polls.every(({ count }) => count === 4)).toBe(true);
    expect(() => consumer.seek(1, 0)).toThrow(
      expect.objectContaining({ code: "iggy-client.partition-lost" }),
    );
  });
});

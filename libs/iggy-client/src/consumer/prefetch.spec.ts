import { describe, expect, it } from "vitest";
import { consumerFixture, places, settled, take, unevenTopic } from "../spec-support/consumer-fixture.js";
import { advanceUntil, until } from "../spec-support/scripted-peer.js";
import { TopicModel } from "../spec-support/topic-model.js";

const { bench } = consumerFixture();

describe("prefetch", () => {
  it.each([
    [0, 1],
    [1, 2],
    [3, 4],
  ])("%i batches ahead: %i polls while the first batch is worked on", async (prefetchBatches, polls) => {
    const topic = unevenTopic();
    const { consumer } = await bench(topic, { batchCount: 5, prefetchBatches });
    await take(consumer, 1);
    await until(() => topic.polls.length === polls);
    await settled();
    expect(topic.polls.length).toBe(polls);
    expect(await take(consumer, 29)).toEqual(places(1, 30));
  });

  it("stops at the bytes allowed", async () => {
    const topic = new TopicModel();
    topic.partition.append(100, 1000);
    const { consumer } = await bench(topic, {
      batchCount: 10,
      prefetchBatches: 9,
      prefetchBytesMax: 25_000,
    });
    await take(consumer, 1);
    await until(() => topic.polls.length === 4);
    await settled();
    expect(topic.polls.length).toBe(4);
  });

  it.each([
    ["two polls under way for a single consumer", { consumer: 1, partitionId: 0 }, [10, 20]],
    ["one for a member of a group", { group: "g" }, [10]],
    ["one where polls commit", { commit: { kind: "poll" } }, [10]],
    ["one with a gap between polls", { pollIntervalMillis: 1 }, [10]],
  ])("has %s", async (_, options, expected) => {
    const topic = new TopicModel();
    for (let i = 0; i < 30; i++) topic.partition.append(10);
    const held: (() => void)[] = [];
    const offsets: number[] = [];
    const { consumer, clock } = await bench(
      topic,
      { batchCount: 10, prefetchBatches: 3, ...options },
      (request) => {
        if (request.name !== "message.poll" || offsets.length >= 2 + expected.length) return false;
        const { strategy } = request.decode() as { strategy: { value: bigint } };
        if (strategy.value === 0n) return false;
        offsets.push(Number(strategy.value));
        held.push(() => void topic.script(request));
        return true;
      },
    );
    const taken = take(consumer, 300);
    await advanceUntil(clock, () => held.length > 0);
    await settled();
    expect(offsets).toEqual(expected);
    let done = false;
    void taken.then(() => {
      done = true;
    });
    while (!done) {
      for (const answer of held.splice(0)) answer();
      await settled();
      await clock.advance(1);
    }
    expect(await taken).toEqual(places(0, 300));
  });

  it("takes no notice of a poll that went ahead of a short one", async () => {
    const topic = new TopicModel();
    for (let i = 0; i < 30; i++) topic.partition.append(10);
    const { consumer } = await bench(topic, { batchCount: 10, prefetchBatches: 3 }, (request) => {
      if (request.name !== "message.poll" || topic.polls.length % 3 !== 1) return false;
      const poll = request.decode() as (typeof topic.polls)[number];
      if (poll.strategy.kind !== "offset") return false;
      topic.polls.push(poll);
      const { batches, count } = topic.partition.read(Number(poll.strategy.value), 4);
      request.reply({ partitionId: 0, currentOffset: 299, messageCount: count, batches });
      return true;
    });
    expect(await take(consumer, 300)).toEqual(places(0, 300));
    expect(consumer.counters.repeated).toBe(0);
  });

  it("asks for fewer messages where they are large", async () => {
    const topic = new TopicModel();
    for (let i = 0; i < 10; i++) topic.partition.append(10, 1000);
    const { consumer } = await bench(topic, { batchCount: 20, batchBytesMax: 12_000 });
    await take(consumer, 60);
    // Replies carry 48 bytes with each message, and 256 with each batch of ten that they touch.
    expect(topic.polls.map(({ count }) => count).slice(0, 3)).toEqual([20, 11, 10]);
  });
});

import { describe, expect, it } from "vitest";
import { consumerFixture, places, settled, take } from "../spec-support/consumer-fixture.js";
import { advanceUntil, until } from "../spec-support/scripted-peer.js";
import { PartitionModel, TopicModel } from "../spec-support/topic-model.js";

const { bench } = consumerFixture();
const ALL = { consumer: "reader" } as const;

function topicOf(partitionCount: number, count: number): TopicModel {
  const topic = new TopicModel(partitionCount);
  for (const partition of topic.partitions) partition.append(count);
  return topic;
}

describe("all partitions of a topic", () => {
  it("take turns batch by batch, each in its order", async () => {
    const topic = topicOf(3, 40);
    const { consumer, events } = await bench(topic, { ...ALL, batchCount: 10 });
    consumer.start();
    await until(() => consumer.counters.messages === 30);
    const turns: number[] = [];
    const next = [0, 0, 0];
    for await (const batch of consumer.batches()) {
      turns.push(batch.partitionId);
      while (batch.next()) expect(batch.offset).toBe(next[batch.partitionId]!++);
      await settled();
      if (next.every((offset) => offset === 40)) break;
    }
    expect(turns).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(events.assigned.length).toBe(3);
  });

  it("commit each for itself", async () => {
    const topic = topicOf(3, 6);
    const { consumer } = await bench(topic, { ...ALL, commit: { kind: "after", point: "batch" } });
    await take(consumer, 18);
    await consumer.close();
    const stored = topic.partitions.map(({ id }) => topic.storedBy({ kind: "consumer", id: "reader" }, id));
    expect(stored.sort()).toEqual([4, 5, 5]);
  });

  it("can be paused one by one, and all", async () => {
    const topic = topicOf(3, 6);
    const { consumer } = await bench(topic, { ...ALL, batchCount: 3 });
    consumer.start();
    await until(() => consumer.counters.messages === 9);
    consumer.pause(1);
    const without = await take(consumer, 12);
    expect(without.filter((place) => place.startsWith("1"))).toEqual([]);
    consumer.pause();
    consumer.resume();
    expect(consumer.partitions().map(({ paused }) => paused)).toEqual([false, true, false]);
    consumer.resume(1);
    expect(await take(consumer, 6)).toEqual(places(0, 6, 1));
  });

  it("includes partitions added later, and lets go of deleted ones", async () => {
    const topic = topicOf(1, 3);
    const { consumer, clock, events } = await bench(topic, { ...ALL, assignmentMillis: 3000 });
    expect(await take(consumer, 3)).toEqual(places(0, 3));
    topic.partitions.push(new PartitionModel(1));
    topic.partitions[1]!.append(2);
    const added = take(consumer, 2);
    await advanceUntil(clock, () => consumer.counters.messages === 5);
    expect(clock.monotonicMillis()).toBeLessThan(3500);
    expect(await added).toEqual(places(0, 2, 1));
    topic.partitions.pop();
    await advanceUntil(clock, () => events.revoked.length > 0 || consumer.partitions().length === 1);
    expect(events.revoked).toMatchObject([{ partitionId: 1 }]);
  });

  it("waits for partitions where there are none yet", async () => {
    const topic = new TopicModel(0);
    const { consumer, clock } = await bench(topic, ALL);
    const taken = take(consumer, 2);
    await settled();
    topic.partitions.push(new PartitionModel(0));
    topic.partitions[0]!.append(2);
    await advanceUntil(clock, () => consumer.counters.messages > 0);
    expect(await taken).toEqual(places(0, 2));
  });
});

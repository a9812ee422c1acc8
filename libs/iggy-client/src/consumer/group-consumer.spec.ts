import { describe, expect, it } from "vitest";
import type { IggyClient } from "../client/iggy-client.js";
import {
  consumerFixture,
  eventsOf,
  GROUP_IDENTITY,
  places,
  settled,
  take,
} from "../spec-support/consumer-fixture.js";
import { advanceUntil, seededRandom, until } from "../spec-support/scripted-peer.js";
import { TopicModel } from "../spec-support/topic-model.js";
import type { GroupConsumerOptions } from "./consumer-options.js";

const { bench, clientOf } = consumerFixture();
const MEMBER = { stream: "s", topic: "t", group: "g" } as const;

function topicOf(partitionCount: number, count: number): TopicModel {
  const topic = new TopicModel(partitionCount);
  for (const partition of topic.partitions) partition.append(count);
  return topic;
}

const partitionsOf = (consumer: { partitions(): { partitionId: number }[] }) =>
  consumer.partitions().map(({ partitionId }) => partitionId);

const storedIn = (topic: TopicModel) => topic.partitions.map(({ id }) => topic.storedBy(GROUP_IDENTITY, id));

describe("a member of a group", () => {
  it("creates the group, joins, reads all partitions, commits and leaves", async () => {
    const topic = topicOf(3, 10);
    const { consumer, events, peer } = await bench(topic, { group: "g" });
    const taken = await take(consumer, 30);
    for (const id of [0, 1, 2]) {
      expect(taken.filter((place) => place.startsWith(`${id}:`))).toEqual(places(0, 10, id));
    }
    expect(events.joined.length).toBe(1);
    await consumer.close();
    expect(storedIn(topic).sort()).toEqual([8, 9, 9]);
    expect(topic.group.memberCount).toBe(0);
    expect(peer.named("group.leave").length).toBe(1);
  });

  it("does not create the group unless told to", async () => {
    const topic = topicOf(1, 1);
    const { consumer, client } = await bench(topic, { group: "g", createGroup: false });
    await expect(take(consumer, 1)).rejects.toMatchObject({
      code: "iggy-client.consumer-target-missing",
      context: { code: 5000 },
    });
    expect(() => client.createConsumer(MEMBER)).toThrow(
      expect.objectContaining({ code: "iggy-client.consumer-busy" }),
    );
    await consumer.close();
    const second = client.createConsumer(MEMBER);
    expect(await take(second, 1)).toEqual(["0:0"]);
  });

  it("continues behind what the group has committed", async () => {
    const topic = topicOf(2, 10);
    topic.offsets.set("group g 0", 6);
    const { consumer } = await bench(topic, { group: "g" });
    expect((await take(consumer, 13)).sort()).toEqual([...places(7, 10, 0), ...places(0, 10, 1)].sort());
  });
});

describe("rebalancing", () => {
  async function twoMembers(topic: TopicModel, options: Partial<GroupConsumerOptions> = {}) {
    const first = await bench(topic, { group: "g", batchCount: 5, ...options });
    const joinSecond = async () => {
      const { client, clock } = await clientOf(first.peer, { random: seededRandom(2) });
      const consumer = client.createConsumer({ ...MEMBER, batchCount: 5, ...options });
      return { client, clock, consumer, events: eventsOf(consumer) };
    };
    return { first, joinSecond };
  }

  it("hands a partition over once everything fetched from it is handled and committed", async () => {
    const topic = topicOf(2, 20);
    const { first, joinSecond } = await twoMembers(topic, {
      commit: { kind: "after", point: { every: 1000 } },
    });
    const seen: string[] = [];
    const iterator = first.consumer[Symbol.asyncIterator]();
    const step = async () => {
      const { value } = await iterator.next();
      seen.push(`${value.partitionId}:${value.offset}`);
    };
    await step();
    await until(() => first.consumer.counters.messages >= 15);
    const second = await joinSecond();
    second.consumer.start();
    await until(() => topic.group.memberCount === 2);
    await first.clock.advance(5000);
    await until(() => first.consumer.partitions().some(({ revoked }) => revoked));
    await second.clock.advance(5000);
    expect(partitionsOf(second.consumer)).toEqual([]);
    while (first.events.revoked.length === 0) await step();
    expect(first.events.revoked).toEqual([{ partitionId: 1, complete: true }]);
    const handedOver = topic.storedBy(GROUP_IDENTITY, 1)!;
    const fromSecond = take(second.consumer, 19 - handedOver);
    await advanceUntil(second.clock, () => second.consumer.counters.messages > 0);
    expect(await fromSecond).toEqual(places(handedOver + 1, 20, 1));
    expect(seen.filter((place) => place.startsWith("1:"))).toEqual(places(0, handedOver + 1, 1));
    expect(partitionsOf(first.consumer)).toEqual([0]);
    await iterator.return!();
    await second.client.close();
  });

  it("gives a partition up when its messages are not handled in time", async () => {
    const topic = topicOf(2, 20);
    const { first, joinSecond } = await twoMembers(topic, {
      revocationMillis: 3000,
      commit: { kind: "manual" },
    });
    await take(first.consumer, 12);
    const second = await joinSecond();
    second.consumer.start();
    await until(() => topic.group.memberCount === 2);
    await first.clock.advance(5000);
    await until(() => first.consumer.partitions().some(({ revoked }) => revoked));
    await first.clock.advance(2999);
    expect(first.events.revoked).toEqual([]);
    await first.clock.advance(1);
    expect(first.events.revoked).toEqual([{ partitionId: 1, complete: false }]);
    await expect(first.consumer.commit({ partitionId: 1, offset: 1 })).rejects.toMatchObject({
      code: "iggy-client.partition-lost",
    });
    await second.client.close();
  });

  it("by hand: the commit of the last message fetched completes it", async () => {
    const topic = topicOf(2, 5);
    const { first, joinSecond } = await twoMembers(topic, { commit: { kind: "manual" } });
    await take(first.consumer, 10);
    const second = await joinSecond();
    second.consumer.start();
    await until(() => topic.group.memberCount === 2);
    await first.clock.advance(5000);
    await until(() => first.consumer.partitions().some(({ revoked }) => revoked));
    await first.consumer.commit({ partitionId: 1, offset: 3 });
    expect(first.events.revoked).toEqual([]);
    await first.consumer.commit({ partitionId: 1, offset: 4 });
    expect(first.events.revoked).toEqual([{ partitionId: 1, complete: true }]);
    await second.client.close();
  });

  it("takes a partition back whose new owner went before it was handed over", async () => {
    const topic = topicOf(2, 20);
    const { first, joinSecond } = await twoMembers(topic, { commit: { kind: "manual" } });
    expect((await take(first.consumer, 10)).length).toBe(10);
    const second = await joinSecond();
    second.consumer.start();
    await until(() => topic.group.memberCount === 2);
    await first.clock.advance(5000);
    await until(() => first.consumer.partitions().some(({ revoked }) => revoked));
    await second.client.close();
    await first.clock.advance(5000);
    await until(() => first.consumer.partitions().every(({ revoked }) => !revoked));
    const rest = take(first.consumer, 30);
    await advanceUntil(first.clock, () => first.consumer.counters.messages >= 40);
    expect((await rest).length).toBe(30);
    expect(first.events.revoked).toEqual([]);
  });

  it("a member that dies leaves what it did not commit to the other", async () => {
    const topic = topicOf(2, 10);
    const { first, joinSecond } = await twoMembers(topic, { commit: { kind: "manual" } });
    expect(await take(first.consumer, 4)).toEqual(places(0, 4));
    const second = await joinSecond();
    second.consumer.start();
    await until(() => topic.group.memberCount === 2);
    first.peer.connections[0]!.drop();
    await until(() => topic.group.memberCount === 1);
    const taken = take(second.consumer, 20);
    await advanceUntil(second.clock, () => second.consumer.counters.messages >= 20);
    expect((await taken).sort()).toEqual([...places(0, 10, 0), ...places(0, 10, 1)].sort());
    await second.client.close();
  });
});

describe("lost membership", () => {
  it("joins again after a new connection and goes on, without repeating what it handled", async () => {
    const topic = topicOf(2, 40);
    const { consumer, clock, peer, events } = await bench(topic, { group: "g", batchCount: 5 });
    const taken = await take(consumer, 25);
    peer.connections[0]!.drop();
    const rest = take(consumer, 55);
    await advanceUntil(clock, () => events.joined.length === 2);
    await advanceUntil(clock, () => consumer.counters.messages >= 80);
    const all = [...taken, ...(await rest)];
    for (const id of [0, 1]) {
      expect(all.filter((place) => place.startsWith(`${id}:`))).toEqual(places(0, 40, id));
    }
  });

  it("gives no batch of which another member has handled everything", async () => {
    const topic = topicOf(1, 40);
    const options = { group: "g", batchCount: 10, commit: { kind: "manual" } };
    const { consumer, clock, events, peer } = await bench(topic, options);
    const batches = consumer.batches();
    await batches.next();
    await until(() => consumer.counters.messages === 20);
    topic.group.leave(peer.connections[0]!.requests[0]!.header.client);
    topic.offsets.set("group g 0", 24);
    await advanceUntil(clock, () => events.joined.length === 2);
    await settled();
    const { value: batch } = await batches.next();
    expect([batch.next(), batch.offset]).toEqual([true, 25]);
  });

  it("commits after a new connection what was under way when the old one was lost", async () => {
    const topic = topicOf(1, 10);
    let losses = 1;
    const options = { group: "g", commit: { kind: "manual" }, pollRetryMillis: 300 };
    const { consumer, clock, events } = await bench(topic, options, (request) => {
      if (request.name !== "offset.store" || losses === 0) return false;
      losses--;
      request.connection.drop();
      return true;
    });
    await take(consumer, 5);
    let committed = false;
    void consumer.commit({ partitionId: 0, offset: 4 }).then(() => {
      committed = true;
    });
    await advanceUntil(clock, () => committed);
    expect(topic.storedBy(GROUP_IDENTITY)).toBe(4);
    expect(events.commitFailed).toEqual([]);
    expect(events.joined.length).toBe(2);
  });

  it("joins again when the server has forgotten it", async () => {
    const topic = topicOf(1, 10);
    const { consumer, clock, events, peer } = await bench(topic, { group: "g", batchCount: 5 });
    await take(consumer, 5);
    await until(() => consumer.counters.messages === 10);
    topic.group.leave(peer.connections[0]!.requests[0]!.header.client);
    topic.partition.append(5);
    const rest = take(consumer, 10);
    await advanceUntil(clock, () => consumer.counters.messages === 15);
    expect(await rest).toEqual(places(5, 15));
    expect(events.joined.length).toBe(2);
    expect(consumer.counters.fenced).toBeGreaterThan(0);
  });

  it.each([
    ["in what is still to be fetched", 27],
    ["in what was fetched", 12],
  ])("goes on behind another member's commit meanwhile: %s", async (_, storedMeanwhile) => {
    const topic = topicOf(1, 40);
    const { consumer, clock, events, peer } = await bench(topic, {
      group: "g",
      batchCount: 10,
      commit: { kind: "manual" },
    });
    await take(consumer, 10);
    await until(() => consumer.counters.messages === 20);
    topic.group.leave(peer.connections[0]!.requests[0]!.header.client);
    topic.offsets.set("group g 0", storedMeanwhile);
    await advanceUntil(clock, () => events.joined.length === 2);
    await settled();
    const rest = take(consumer, 39 - storedMeanwhile);
    await advanceUntil(clock, () => consumer.partitions()[0]!.position === 40);
    expect(await rest).toEqual(places(storedMeanwhile + 1, 40));
  });

  it("gives nothing more of a partition that went to another member, however much was fetched", async () => {
    const topic = topicOf(2, 20);
    const { consumer, clock, events, peer } = await bench(topic, { group: "g", batchCount: 10 });
    const [place] = await take(consumer, 1);
    const partitionId = Number(place!.split(":")[0]);
    const other = topic.group;
    other.leave(peer.connections[0]!.requests[0]!.header.client);
    other.join(99n);
    if (partitionId === 1) other.join(98n);
    await advanceUntil(clock, () => events.revoked.length > 0);
    expect(events.revoked).toContainEqual({ partitionId, complete: false });
    await settled();
    let next: string[] = [];
    void take(consumer, 20).then((taken) => {
      next = taken;
    });
    await advanceUntil(clock, () => next.length > 0 || clock.monotonicMillis() > 30_000);
    expect(next.filter((taken) => taken.startsWith(`${partitionId}:`))).toEqual([]);
  });

  it("creates a group anew that was deleted", async () => {
    const topic = topicOf(1, 5);
    const { consumer, clock, events, peer } = await bench(topic, { group: "g" });
    await take(consumer, 5);
    topic.groupExists = false;
    topic.group.leave(peer.connections[0]!.requests[0]!.header.client);
    topic.offsets.clear();
    topic.partition.append(1);
    const next = take(consumer, 1);
    await advanceUntil(clock, () => events.joined.length === 2 && consumer.counters.messages === 6);
    expect(await next).toEqual(["0:5"]);
  });

  it("a fenced poll is tried once more at once, then after a pause", async () => {
    const topic = topicOf(1, 5);
    let fenced = 0;
    const { consumer, clock, peer } = await bench(
      topic,
      { group: "g", idleMillis: 40, idleMillisMax: 40 },
      (request) => {
        if (request.name !== "message.poll" || fenced >= 4) return false;
        fenced++;
        request.reply({
          partitionId: 0xffff_ffff,
          currentOffset: 0,
          messageCount: 0,
          batches: new Uint8Array(0),
        });
        return true;
      },
    );
    const taken = take(consumer, 5);
    await until(() => fenced === 2);
    await settled();
    expect(fenced).toBe(2);
    expect(peer.named("group.sync").length).toBe(3);
    await advanceUntil(clock, () => consumer.counters.messages > 0);
    expect(await taken).toEqual(places(0, 5));
  });
});

describe("a single session", () => {
  it("is a member of a group once", async () => {
    const { client } = await bench(topicOf(1, 1), { group: "g" });
    const again = (use: IggyClient) => use.createConsumer(MEMBER);
    expect(() => again(client)).toThrow(expect.objectContaining({ code: "iggy-client.consumer-busy" }));
  });
});

import { describe, expect, it } from "vitest";
import { consumerFixture, places, SINGLE_IDENTITY, settled, take } from "../spec-support/consumer-fixture.js";
import { advanceUntil, until } from "../spec-support/scripted-peer.js";
import { TopicModel } from "../spec-support/topic-model.js";
import type { CommitMode } from "./commit-mode.js";

const { bench } = consumerFixture();

function topicOf(count: number): TopicModel {
  const topic = new TopicModel();
  topic.partition.append(count);
  return topic;
}

const offsetsOf = (topic: TopicModel) => topic.stores.map(({ offset }) => offset);

/** Takes messages one by one and gives each commit time to arrive. Returns the offset stored after each. */
async function storedAfterEach(commit: CommitMode, count: number) {
  const topic = topicOf(count);
  const { consumer } = await bench(topic, { batchCount: 4, commit, prefetchBatches: 0 });
  const stored: (number | undefined)[] = [];
  for await (const { offset } of consumer) {
    await settled();
    stored.push(topic.storedBy(SINGLE_IDENTITY));
    if (offset === count - 1) break;
  }
  return { topic, consumer, stored };
}

describe("commit modes of an iterator", () => {
  const none = undefined;
  it.each([
    [{ kind: "manual" }, [none, none, none, none, none, none, none, none, none], none],
    [{ kind: "after", point: "each" }, [none, 0, 1, 2, 3, 4, 5, 6, 7], 7],
    [{ kind: "after", point: { every: 3 } }, [none, none, none, 2, 2, 2, 5, 5, 5], 7],
    [{ kind: "after", point: "batch" }, [none, none, none, none, 3, 3, 3, 3, 7], 7],
    [{ kind: "when", point: "each" }, [0, 1, 2, 3, 4, 5, 6, 7, 8], 8],
    [{ kind: "when", point: { every: 3 } }, [none, none, 2, 2, 2, 5, 5, 5, 8], 8],
    [{ kind: "when", point: "batch" }, [none, none, none, 3, 3, 3, 3, 7, 8], 8],
    [{ kind: "poll" }, [3, 3, 3, 3, 7, 7, 7, 7, 8], 8],
  ] as const)("%o", async (commit, expected, afterClose) => {
    const { topic, consumer, stored } = await storedAfterEach(commit, 9);
    expect(stored).toEqual(expected);
    await consumer.close();
    expect(topic.storedBy(SINGLE_IDENTITY)).toBe(afterClose);
  });

  it("interval: what was handled, only when there is something new", async () => {
    const topic = topicOf(9);
    const { consumer, clock } = await bench(topic, { commit: { kind: "interval", intervalMillis: 500 } });
    await take(consumer, 3);
    await clock.advance(499);
    expect(topic.stores).toEqual([]);
    await clock.advance(1);
    await until(() => topic.stores.length === 1);
    await clock.advance(5000);
    await settled();
    expect(offsetsOf(topic)).toEqual([1]);
    await take(consumer, 4);
    await clock.advance(500);
    await until(() => topic.stores.length === 2);
    expect(offsetsOf(topic)).toEqual([1, 5]);
  });

  it("interval or after: whichever comes first", async () => {
    const topic = topicOf(9);
    const commit: CommitMode = { kind: "after", point: { every: 5 }, intervalMillis: 500 };
    const { consumer, clock } = await bench(topic, { commit });
    await take(consumer, 3);
    await clock.advance(500);
    await until(() => topic.stores.length === 1);
    await take(consumer, 5);
    await until(() => topic.stores.length === 2);
    expect(offsetsOf(topic)).toEqual([1, 6]);
  });
});

describe("commit modes of a handler", () => {
  it.each([
    ["after", [undefined, 0, 1, 2]],
    ["when", [0, 1, 2, 3]],
  ] as const)("%s each", async (kind, expected) => {
    const topic = topicOf(4);
    const { consumer } = await bench(topic, { commit: { kind, point: "each" } });
    const seen: (number | undefined)[] = [];
    await consumer.run(async ({ offset }) => {
      await settled();
      seen.push(topic.storedBy(SINGLE_IDENTITY));
      if (offset === 3) void consumer.close();
    });
    expect(seen).toEqual(expected);
    await consumer.close();
    expect(topic.storedBy(SINGLE_IDENTITY)).toBe(3);
  });

  it("never commits a message whose handler failed", async () => {
    const topic = topicOf(4);
    const { consumer } = await bench(topic, { commit: { kind: "after", point: "each" } });
    const run = consumer.run(({ offset }) =>
      offset === 2 ? Promise.reject(new Error("broken")) : undefined,
    );
    await expect(run).rejects.toThrow("broken");
    await consumer.close();
    expect(topic.storedBy(SINGLE_IDENTITY)).toBe(1);
  });
});

describe("commits by hand", () => {
  it("go forward only, one request at a time, the last one for all that came due meanwhile", async () => {
    const topic = topicOf(9);
    const held: (() => void)[] = [];
    const { consumer } = await bench(topic, { commit: { kind: "manual" } }, (request) => {
      if (request.name !== "offset.store" || held.length > 0) return false;
      held.push(() => void topic.script(request));
      return true;
    });
    await take(consumer, 9);
    const commits = [2, 5, 7, 3].map((offset) => consumer.commit({ partitionId: 0, offset }));
    await until(() => held.length === 1);
    held[0]!();
    await Promise.all(commits);
    expect(offsetsOf(topic)).toEqual([2, 7]);
    await consumer.commit({ partitionId: 0, offset: 6 });
    expect(offsetsOf(topic)).toEqual([2, 7]);
    expect(consumer.partitions()[0]!.committed).toBe(7);
  });

  it("go back with storeOffset, or where replay is allowed", async () => {
    const topic = topicOf(9);
    const { consumer } = await bench(topic, { commit: { kind: "manual" }, allowReplay: true });
    await take(consumer, 9);
    await consumer.commit({ partitionId: 0, offset: 7 });
    await consumer.commit({ partitionId: 0, offset: 4 });
    await consumer.storeOffset(0, 2);
    await consumer.commit({ partitionId: 0, offset: 3 });
    expect(offsetsOf(topic)).toEqual([7, 4, 2, 3]);
  });

  it("reject with the server's refusal, and may succeed later", async () => {
    const topic = topicOf(3);
    const { consumer, events } = await bench(topic, { commit: { kind: "manual" } });
    await take(consumer, 3);
    const refused = consumer.commit({ partitionId: 0, offset: 5 });
    await expect(refused).rejects.toMatchObject({ code: "iggy-client.refused", context: { code: 4100 } });
    expect(events.commitFailed).toMatchObject([{ partitionId: 0, offset: 5 }]);
    topic.partition.append(3);
    await consumer.commit({ partitionId: 0, offset: 5 });
    expect(topic.storedBy(SINGLE_IDENTITY)).toBe(5);
    await expect(consumer.commit({ partitionId: 3, offset: 0 })).rejects.toMatchObject({
      code: "iggy-client.partition-lost",
    });
  });

  it("do not move back what an earlier reader stored, unless asked to", async () => {
    const topic = topicOf(20);
    topic.offsets.set("consumer 1 0", 15);
    const { consumer } = await bench(topic, { start: { kind: "first" }, batchCount: 4 });
    await take(consumer, 14);
    await settled();
    expect(topic.stores).toEqual([]);
    await take(consumer, 6);
    await consumer.close();
    expect(topic.storedBy(SINGLE_IDENTITY)).toBe(18);
  });
});

describe("commits by polls", () => {
  it("are taken back on close as far as nothing was taken", async () => {
    const topic = topicOf(20);
    const { consumer } = await bench(topic, { batchCount: 5, commit: { kind: "poll" } });
    await take(consumer, 7);
    await until(() => topic.storedBy(SINGLE_IDENTITY) === 14);
    await consumer.close();
    expect(topic.storedBy(SINGLE_IDENTITY)).toBe(6);
  });

  it("are taken back also where the reply came while a handler was still at work, or was lost", async () => {
    for (const isLost of [false, true]) {
      const topic = topicOf(20);
      let reply: (() => void) | undefined;
      const options = { batchCount: 1, commit: { kind: "poll" } };
      const { consumer, clock, client } = await bench(topic, options, (request) => {
        if (request.name !== "message.poll" || topic.polls.length !== 1) return false;
        reply = () => {
          if (isLost) request.connection.write = () => {};
          topic.script(request);
          if (isLost) request.connection.drop();
        };
        return true;
      });
      let finish = () => {};
      const running = consumer.run(() => new Promise<void>((resolve) => (finish = resolve)));
      await until(() => consumer.partitions()[0]?.position === 1 && reply !== undefined);
      const closing = consumer.close();
      reply!();
      await until(() => topic.storedBy(SINGLE_IDENTITY) === 1);
      await settled();
      if (isLost) await advanceUntil(clock, () => client.connected);
      finish();
      await Promise.all([closing, running]);
      expect(topic.storedBy(SINGLE_IDENTITY)).toBe(0);
    }
  });

  it("leave no offset when nothing was taken at all", async () => {
    const topic = topicOf(20);
    const { consumer } = await bench(topic, { batchCount: 5, commit: { kind: "poll" } });
    consumer.start();
    await until(() => topic.storedBy(SINGLE_IDENTITY) === 4);
    await consumer.close();
    expect(topic.storedBy(SINGLE_IDENTITY)).toBeUndefined();
  });
});

describe("close", () => {
  it("commits what was handled, ends the iteration and refuses another one", async () => {
    const topic = topicOf(9);
    const { consumer } = await bench(topic, {});
    await take(consumer, 5);
    const waiting = take(consumer, 100);
    await until(() => consumer.partitions()[0]!.handled === 8 || consumer.partitions()[0]!.position === 9);
    await consumer.close();
    expect(await waiting).toEqual(places(5, 9));
    expect(topic.storedBy(SINGLE_IDENTITY)).toBe(8);
    expect(
      await consumer[Symbol.asyncIterator]()
        .next()
        .catch((error) => error.code),
    ).toBe("iggy-client.consumer-closed");
    expect(() => consumer.start()).toThrow(expect.objectContaining({ code: "iggy-client.consumer-closed" }));
  });

  it("waits for the handler at work and commits its message", async () => {
    const topic = topicOf(3);
    const { consumer } = await bench(topic, {});
    let finish = () => {};
    const running = consumer.run(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    await until(() => consumer.partitions()[0]?.position === 1);
    let closed = false;
    const closing = consumer.close().then(() => {
      closed = true;
    });
    await settled();
    expect(closed).toBe(false);
    finish();
    await Promise.all([closing, running]);
    expect(topic.storedBy(SINGLE_IDENTITY)).toBe(0);
  });

  it("gives up the last commit when the time is over", async () => {
    const topic = topicOf(9);
    const { consumer, clock } = await bench(
      topic,
      { drainMillis: 700, commit: { kind: "after", point: { every: 100 } } },
      (request) => request.name === "offset.store",
    );
    await take(consumer, 5);
    let closed = false;
    void consumer.close().then(() => {
      closed = true;
    });
    await settled();
    await clock.advance(699);
    expect(closed).toBe(false);
    await clock.advance(1);
    expect(closed).toBe(true);
  });

  it("of the client closes its consumers first", async () => {
    const topic = topicOf(9);
    const { consumer, client, clock } = await bench(topic, {});
    const taken = take(consumer, 100);
    await until(() => consumer.partitions()[0]?.position === 9);
    await client.close();
    expect(await taken).toEqual(places(0, 9));
    expect(topic.storedBy(SINGLE_IDENTITY)).toBe(8);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("repeats a commit whose connection was lost", async () => {
    const topic = topicOf(9);
    let losses = 2;
    const { consumer, client, clock } = await bench(
      topic,
      { commit: { kind: "after", point: "each" } },
      (request) => {
        if (request.name !== "offset.store" || losses === 0) return false;
        losses--;
        request.connection.drop();
        return true;
      },
    );
    await take(consumer, 9);
    await advanceUntil(
      clock,
      () => losses === 0 && client.connected && topic.storedBy(SINGLE_IDENTITY) === 7,
    );
    await consumer.close();
    expect(topic.storedBy(SINGLE_IDENTITY)).toBe(7);
  });
});

import { describe, expect, it } from "vitest";
import { consumerFixture, places, SINGLE_IDENTITY, take } from "../spec-support/consumer-fixture.js";
import { advanceUntil, until } from "../spec-support/scripted-peer.js";
import { TopicModel } from "../spec-support/topic-model.js";

const { bench } = consumerFixture();

function topicOf(count: number): TopicModel {
  const topic = new TopicModel();
  for (let left = count; left > 0; left -= 5) topic.partition.append(Math.min(5, left));
  return topic;
}

describe("a lost connection", () => {
  it("in the middle of a reply: reading goes on where it was", async () => {
    const topic = topicOf(40);
    let losses = 0;
    const { consumer, clock, events } = await bench(topic, { batchCount: 7 }, (request) => {
      if (request.name !== "message.poll" || topic.polls.length % 3 !== 2) return false;
      losses++;
      const { connection } = request;
      const write = connection.write.bind(connection);
      connection.write = (bytes) => {
        write(bytes.subarray(0, 300));
        connection.socket.end();
        connection.write = write;
      };
      return false;
    });
    const taken = take(consumer, 40);
    let done = false;
    void taken.then(() => {
      done = true;
    });
    await advanceUntil(clock, () => done);
    expect(await taken).toEqual(places(0, 40));
    // A cut behind the end of a short reply is none.
    expect(events.retrying.length).toBeGreaterThan(1);
    expect(events.retrying.length).toBeLessThanOrEqual(losses);
  });

  it("goes on as soon as the connection is back, not after the whole pause", async () => {
    const topic = topicOf(10);
    let losses = 1;
    const { consumer, clock } = await bench(topic, { batchCount: 4, pollRetryMillis: 60_000 }, (request) => {
      if (request.name !== "message.poll" || losses === 0) return false;
      losses--;
      request.connection.drop();
      return true;
    });
    const taken = take(consumer, 10);
    await advanceUntil(clock, () => consumer.counters.messages >= 10);
    expect(clock.monotonicMillis()).toBeLessThan(10_000);
    expect(await taken).toEqual(places(0, 10));
  });

  it("pauses between repeated failures, and never ends by itself", async () => {
    const topic = topicOf(10);
    let isReady = false;
    const { consumer, clock, events } = await bench(
      topic,
      { batchCount: 20, pollRetryMillis: 500 },
      (request) => {
        if (request.name !== "message.poll" || isReady) return false;
        request.refuseByStatus(58);
        return true;
      },
      { requestTimeoutMillis: 100 },
    );
    const taken = take(consumer, 10);
    await advanceUntil(clock, () => events.retrying.length === 5);
    expect(clock.monotonicMillis()).toBeGreaterThanOrEqual(4 * 500);
    isReady = true;
    await advanceUntil(clock, () => consumer.counters.messages > 0);
    expect(await taken).toEqual(places(0, 10));
  });

  it("for ever, when the client is closed, ends the iteration", async () => {
    const topic = topicOf(3);
    const { consumer, client } = await bench(topic);
    const taken = take(consumer, 100);
    await until(() => consumer.counters.emptyPolls > 0);
    await client.close();
    expect(await taken).toEqual(places(0, 3));
  });
});

describe("a missing topic", () => {
  it("at the start is an error at once, or after the retries allowed", async () => {
    const topic = topicOf(3);
    topic.exists = false;
    const { consumer, client, clock } = await bench(topic);
    await expect(take(consumer, 1)).rejects.toMatchObject({
      code: "iggy-client.consumer-target-missing",
      context: { code: 2010 },
    });
    const patient = client.createConsumer({
      stream: "s",
      topic: "t",
      consumer: 2,
      partitionId: 0,
      initRetries: 3,
      initRetryMillis: 200,
    });
    const outcome = take(patient, 1).catch((error) => error.code);
    await advanceUntil(clock, () => clock.monotonicMillis() >= 650);
    expect(await outcome).toBe("iggy-client.consumer-target-missing");
    expect(topic.polls.length).toBe(1 + 4);
  });

  it("that comes within the retries is read, also with all its partitions", async () => {
    for (const options of [{}, { consumer: 1 }]) {
      const topic = topicOf(3);
      topic.exists = false;
      const { consumer, clock } = await bench(topic, { ...options, initRetries: 9, initRetryMillis: 100 });
      const taken = take(consumer, 3);
      await advanceUntil(clock, () => clock.monotonicMillis() >= 300);
      topic.exists = true;
      await advanceUntil(clock, () => consumer.counters.messages === 3);
      expect(await taken).toEqual(places(0, 3));
    }
  });

  it("deleted while it is read is an error; asking again looks again", async () => {
    const topic = topicOf(3);
    const { consumer, clock } = await bench(topic, { initRetries: 100 });
    await take(consumer, 3);
    topic.exists = false;
    const outcome = take(consumer, 1).catch((error) => error.code);
    await advanceUntil(clock, () => consumer.counters.polls < topic.polls.length);
    expect(await outcome).toBe("iggy-client.consumer-target-missing");
    const polls = topic.polls.length;
    await clock.advance(5000);
    expect(topic.polls.length).toBe(polls);
    topic.exists = true;
    topic.partition.append(1);
    expect(await take(consumer, 1)).toEqual(["0:3"]);
  });

  it("a refusal that waiting does not cure is thrown as it is", async () => {
    const topic = topicOf(3);
    const { consumer } = await bench(topic, {}, (request) => {
      if (request.name !== "message.poll") return false;
      request.refuseByStatus(41);
      return true;
    });
    await expect(take(consumer, 1)).rejects.toMatchObject({ context: { code: 41 } });
  });
});

describe("a gap", () => {
  it("from retention is told, and reading goes on behind it", async () => {
    const topic = topicOf(40);
    const { consumer, events } = await bench(topic, { batchCount: 10, prefetchBatches: 0 });
    expect(await take(consumer, 10)).toEqual(places(0, 10));
    topic.partition.trim(25);
    expect(await take(consumer, 15)).toEqual(places(25, 40));
    expect(events.gap).toEqual([{ partitionId: 0, expected: 10, found: 25, cause: "retention" }]);
  });

  it("before the first message is told where a stored offset promised it, not from the first one on", async () => {
    for (const [stored, start, gaps] of [
      [7, "next", [{ partitionId: 0, expected: 8, found: 25, cause: "retention" }]],
      [undefined, "next", []],
      [undefined, "first", []],
    ] as const) {
      const topic = topicOf(40);
      topic.partition.trim(25);
      if (stored !== undefined) topic.offsets.set("consumer 1 0", stored);
      const { consumer, events } = await bench(topic, { start: { kind: start } });
      expect(await take(consumer, 15)).toEqual(places(25, 40));
      expect(events.gap).toEqual(gaps);
    }
  });

  it.each(["retention", "truncated"] as const)(
    "from %s: a seek of whoever is told of it stands, and nothing fetched before it is given",
    async (cause) => {
      const topic = topicOf(40);
      const { consumer, clock, events } = await bench(topic, { batchCount: 10, prefetchBatches: 0 });
      consumer.on("gap", () => consumer.seek(0, 30));
      expect(await take(consumer, 10)).toEqual(places(0, 10));
      if (cause === "retention") {
        topic.partition.trim(25);
      } else {
        topic.partition.purge();
        topic.offsets.clear();
        topic.partition.append(35);
      }
      const rest = take(consumer, 5);
      await advanceUntil(clock, () => consumer.counters.messages >= 15);
      expect(await rest).toEqual(places(30, 35));
      expect(events.gap).toMatchObject([{ cause }]);
    },
  );

  it("from a purge: reading begins anew", async () => {
    const topic = topicOf(20);
    const { consumer, clock, events } = await bench(topic, {});
    await take(consumer, 20);
    topic.partition.purge();
    topic.offsets.clear();
    topic.partition.append(3);
    const rest = take(consumer, 3);
    await advanceUntil(clock, () => events.gap.length > 0);
    expect(await rest).toEqual(places(0, 3));
    expect(events.gap).toEqual([{ partitionId: 0, expected: 20, found: 0, cause: "truncated" }]);
    await consumer.close();
    expect(topic.storedBy(SINGLE_IDENTITY)).toBe(1);
  });

  it("from a lost end: reading goes on behind what the server still has stored", async () => {
    const topic = topicOf(20);
    const { consumer, clock, events } = await bench(topic, { commit: { kind: "manual" } });
    await take(consumer, 20);
    await consumer.commit({ partitionId: 0, offset: 12 });
    topic.partition.loseFrom(15);
    topic.partition.append(4);
    const rest = take(consumer, 6);
    await advanceUntil(clock, () => events.gap.length > 0);
    expect(await rest).toEqual(places(13, 19));
    expect(events.gap).toEqual([{ partitionId: 0, expected: 20, found: 13, cause: "truncated" }]);
  });
});

describe("a server that repeats messages", () => {
  it.each([
    [false, places(0, 12)],
    [true, [...places(0, 7), ...places(4, 12)]],
  ])("replay allowed: %s", async (allowReplay, expected) => {
    const topic = topicOf(12);
    const { consumer } = await bench(
      topic,
      { batchCount: 4, allowReplay, commit: { kind: "manual" } },
      (request) => {
        if (request.name !== "message.poll" || topic.polls.length !== 1) return false;
        const { batches, count } = topic.partition.read(0, 7);
        topic.polls.push(request.decode() as never);
        request.reply({ partitionId: 0, currentOffset: 11, messageCount: count, batches });
        return true;
      },
    );
    const seen: string[] = [];
    for await (const { offset } of consumer) {
      seen.push(`0:${offset}`);
      if (offset === 11) break;
    }
    if (allowReplay) expect(seen).toEqual(["0:0", "0:1", "0:2", "0:3", ...places(0, 12)]);
    else expect(seen).toEqual(expected);
    expect(consumer.counters.repeated).toBe(allowReplay ? 0 : 4);
  });
});

describe("a broken reply", () => {
  it("is asked for again, in smaller parts", async () => {
    const topic = topicOf(5);
    let broken = true;
    const { consumer } = await bench(topic, { batchCount: 20, verifyChecksums: false }, (request) => {
      if (request.name !== "message.poll" || !broken) return false;
      broken = false;
      const { batches } = topic.partition.read(0, 5);
      request.reply({ partitionId: 0, currentOffset: 4, messageCount: 9, batches: batches.subarray(0, 100) });
      return true;
    });
    expect(await take(consumer, 5)).toEqual(places(0, 5));
    expect(topic.polls.map(({ count }) => count).slice(0, 1)).toEqual([10]);
  });
});

import { encodeBatch, encodeUserHeaders, FieldKind, typedField } from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { Aes256GcmEncryptor } from "../encryption/aes-256-gcm.js";
import { consumerFixture, places, SINGLE_IDENTITY, take } from "../spec-support/consumer-fixture.js";
import { advanceUntil } from "../spec-support/scripted-peer.js";
import { TopicModel } from "../spec-support/topic-model.js";

const { bench } = consumerFixture();

function topicOf(count: number, byteCount = 8): TopicModel {
  const topic = new TopicModel();
  for (let left = count; left > 0; left -= 8) topic.partition.append(Math.min(8, left), byteCount);
  return topic;
}

describe("a message with a wrong checksum", () => {
  it("is an error that names it, behind the good ones before it, until seek goes on", async () => {
    const topic = topicOf(40);
    topic.partition.damaged.add(13);
    const { consumer } = await bench(topic, { batchCount: 16 });
    expect(await take(consumer, 13)).toEqual(places(0, 13));
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(take(consumer, 1)).rejects.toMatchObject({
        code: "iggy-client.message-unreadable",
        context: { partitionId: 0, offset: 13 },
        cause: { code: "iggy-protocol.checksum-mismatch" },
      });
    }
    consumer.seek(0, 14);
    expect(await take(consumer, 26)).toEqual(places(14, 40));
  });

  it("can be skipped, counted and reported", async () => {
    const topic = topicOf(40);
    for (const offset of [0, 13, 14, 31]) topic.partition.damaged.add(offset);
    const { consumer, events } = await bench(topic, { batchCount: 16, onUnreadable: "skip" });
    const expected = places(0, 40).filter((place) => !["0:0", "0:13", "0:14", "0:31"].includes(place));
    expect(await take(consumer, 36)).toEqual(expected);
    expect(events.unreadable).toMatchObject([0, 13, 14, 31].map((offset) => ({ partitionId: 0, offset })));
    expect(events.gap).toEqual([]);
    expect(consumer.counters.unreadable).toBe(4);
  });

  it.each([1, 16])("gets another chance when the damage is gone, with polls of %i", async (batchCount) => {
    const topic = topicOf(40);
    topic.partition.damaged.add(5);
    let reads = 0;
    const { consumer } = await bench(topic, { batchCount }, (request) => {
      if (request.name !== "message.poll") return false;
      const { strategy, count } = request.decode() as { strategy: { value: bigint }; count: number };
      const isDamaged = strategy.value <= 5 && Number(strategy.value) + count > 5;
      if (isDamaged && ++reads > 1) topic.partition.damaged.clear();
      return false;
    });
    expect(await take(consumer, 40)).toEqual(places(0, 40));
    expect(consumer.counters.unreadable).toBe(0);
  });

  it("is not looked for when checks are off", async () => {
    const topic = topicOf(8);
    topic.partition.damaged.add(5);
    const { consumer } = await bench(topic, { verifyChecksums: false });
    await expect(take(consumer, 8)).rejects.toThrow("0:5");
  });
});

describe("encrypted messages", () => {
  const key = new Uint8Array(32).fill(7);
  const encryptor = new Aes256GcmEncryptor(key);
  const headers = [{ key: typedField(FieldKind.Text, "k"), value: typedField(FieldKind.U32, 5) }];

  /** Message 3 is encrypted with another key. */
  function encryptedTopic(): TopicModel {
    const topic = new TopicModel();
    const other = new Aes256GcmEncryptor(new Uint8Array(32).fill(8));
    const messages = Array.from({ length: 6 }, (_, offset) => {
      const cipher = offset === 3 ? other : encryptor;
      const plain = new Uint8Array(Buffer.from(`0:${offset}`));
      return {
        id: 1n,
        payload: cipher.encrypt(plain),
        headers: offset % 2 === 0 ? cipher.encrypt(encodeUserHeaders(headers)) : undefined,
        originMicros: 1,
      };
    });
    topic.partition.store(encodeBatch(messages), 6);
    return topic;
  }

  it("come decrypted, with their headers", async () => {
    const { consumer } = await bench(encryptedTopic(), { encryptor });
    for await (const message of consumer) {
      expect(Buffer.from(message.payload).toString()).toBe(`0:${message.offset}`);
      expect(message.headers()).toEqual(message.offset % 2 === 0 ? headers : []);
      if (message.offset === 2) break;
    }
    consumer.seek(0, 4);
    const { value: batch } = await consumer.batches().next();
    expect(batch.next()).toBe(true);
    expect([Buffer.from(batch.payload()).toString(), batch.headers()]).toEqual(["0:4", headers]);
  });

  it("of another key are an error that names them, again until seek goes on", async () => {
    const { consumer } = await bench(encryptedTopic(), { encryptor });
    expect(await take(consumer, 3)).toEqual(places(0, 3));
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(take(consumer, 1)).rejects.toMatchObject({
        code: "iggy-client.message-unreadable",
        context: { offset: 3 },
        cause: { code: "iggy-client.decryption" },
      });
    }
    consumer.seek(0, 4);
    expect(await take(consumer, 2)).toEqual(places(4, 6));
  });

  it("of another key can be skipped, and do not stop commits", async () => {
    const topic = encryptedTopic();
    const { consumer, events } = await bench(topic, { encryptor, onUnreadable: "skip" });
    expect(await take(consumer, 5)).toEqual([...places(0, 3), ...places(4, 6)]);
    expect(events.unreadable).toMatchObject([{ offset: 3 }]);
    await consumer.close();
    expect(topic.storedBy(SINGLE_IDENTITY)).toBe(4);
  });
});

describe("replies above the frame limit", () => {
  const connect = { frameBytesMax: 20_000 };

  it("are asked for in smaller parts", async () => {
    const topic = topicOf(300, 400);
    const { consumer, clock } = await bench(topic, { batchCount: 200 }, () => false, connect);
    const taken = take(consumer, 300);
    let done = false;
    void taken.finally(() => {
      done = true;
    });
    await advanceUntil(clock, () => done);
    expect(await taken).toEqual(places(0, 300));
    expect(consumer.counters.retries).toBeGreaterThan(0);
  });

  it("of a single message are an error that names it, until seek goes on", async () => {
    const topic = topicOf(16, 400);
    topic.partition.append(1, 30_000);
    topic.partition.append(8, 400);
    const { consumer, clock } = await bench(topic, { batchCount: 100 }, () => false, connect);
    const places: string[] = [];
    let failure: unknown;
    const reading = (async () => {
      for await (const { offset } of consumer) places.push(String(offset));
    })().catch((error) => {
      failure = error;
    });
    await advanceUntil(clock, () => failure !== undefined);
    await reading;
    expect(failure).toMatchObject({
      code: "iggy-client.message-too-large",
      context: { partitionId: 0, offset: 16 },
    });
    expect(places.at(-1)).toBe("15");
    consumer.seek(0, 17);
    const rest = take(consumer, 8);
    await advanceUntil(clock, () => consumer.partitions()[0]!.position === 25);
    expect((await rest).length).toBe(8);
  });

  it.each([1, 50])("are blamed on the partition they come from, with polls of %i", async (batchCount) => {
    const topic = new TopicModel(3);
    for (const partition of topic.partitions) partition.append(10, 100);
    topic.partitions[1]!.append(1, 30_000);
    const { consumer, clock } = await bench(topic, { consumer: 1, batchCount }, () => false, connect);
    const seen = new Map<number, number>();
    const failures: unknown[] = [];
    const read = async () => {
      for await (const { partitionId, offset } of consumer) {
        expect(offset).toBe(seen.get(partitionId) ?? 0);
        seen.set(partitionId, offset + 1);
      }
    };
    void (async () => {
      while (failures.length < 3) await read().catch((error) => failures.push(error));
    })();
    await advanceUntil(clock, () => failures.length === 3);
    for (const failure of failures)
      expect(failure).toMatchObject({
        code: "iggy-client.message-too-large",
        context: { partitionId: 1, offset: 10 },
      });
    expect([...seen].sort()).toEqual([
      [0, 10],
      [1, 10],
      [2, 10],
    ]);
  });
});

import {
  decodeUserHeaders,
  FieldKind,
  fieldValue,
  IggyErrorCode,
  typedField,
  xxh32,
} from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { Aes256GcmEncryptor } from "../encryption/aes-256-gcm.js";
import { advanceUntil, until } from "../spec-support/scripted-peer.js";
import { anError, numbered, numberedList, settled, topicBenches } from "../spec-support/topic-bench.js";
import type { SendReceipt } from "./send-call.js";
import type { ProducerMessage } from "./topic-producer-options.js";

const bench = topicBenches();
const utf8 = new TextEncoder();

function offsetsOf(receipt: SendReceipt, count: number) {
  return Array.from({ length: count }, (_, i) => receipt.locate(i));
}

describe("partitioning", () => {
  it("balanced fills one batch after the other, each for the next partition", async () => {
    const { topic, clock, producer } = await bench(3, { batchCountMax: 2 });
    const receipt = await settled(clock, producer.send(numberedList(0, 7)));
    expect([topic.numbers(0), topic.numbers(1), topic.numbers(2)]).toEqual([
      [0, 1, 6],
      [2, 3],
      [4, 5],
    ]);
    expect(receipt.runs).toEqual([
      { firstIndex: 0, messageCount: 2, partitionId: 0, baseOffset: 0 },
      { firstIndex: 2, messageCount: 2, partitionId: 1, baseOffset: 0 },
      { firstIndex: 4, messageCount: 2, partitionId: 2, baseOffset: 0 },
      { firstIndex: 6, messageCount: 1, partitionId: 0, baseOffset: 2 },
    ]);
    await settled(clock, producer.send(numbered(7)));
    expect(topic.numbers(1)).toEqual([2, 3, 7]);
  });

  it("places keys as servers do, bytes and text alike", async () => {
    const { topic, clock, producer } = await bench(3);
    const keys = ["key-1", "key-2", "abc", "user-42"];
    const messages = keys.flatMap((key, i) => [
      numbered(i, { key }),
      numbered(10 + i, { key: utf8.encode(key) }),
    ]);
    await settled(clock, producer.send(messages));
    // server-behaviour.md section 5
    expect([topic.numbers(0), topic.numbers(1), topic.numbers(2)]).toEqual([
      [1, 11, 2, 12],
      [0, 10],
      [3, 13],
    ]);
    expect(producer.partitionOfKey("€".repeat(85))).toBe(xxh32(utf8.encode("€".repeat(85))) % 3);
    expect(() => producer.partitionOfKey("€".repeat(86))).toThrow(anError("iggy-client.argument"));
    expect(() => producer.partitionOfKey("")).toThrow(anError("iggy-client.argument"));
  });

  it("asks the partitioner first, then the key, the call and the producer", async () => {
    const asked: number[] = [];
    const { clock, producer } = await bench(4, { partitioning: { kind: "partition", partitionId: 1 } });
    const places = async (message: ProducerMessage, partitioning?: Parameters<typeof producer.send>[1]) =>
      (await settled(clock, producer.send(message, partitioning))).runs[0]!.partitionId;
    expect(await places(numbered(0))).toBe(1);
    expect(await places(numbered(0), { kind: "partition", partitionId: 2 })).toBe(2);
    const byKey = producer.partitionOfKey("abc");
    expect(await places(numbered(0, { key: "abc" }), { kind: "partition", partitionId: 2 })).toBe(byKey);
    expect(await places(numbered(0), { kind: "key", key: "abc" })).toBe(byKey);
    const custom = await bench(4, {
      partitioner: (message, count) => {
        asked.push(count);
        return message.payload[0]!;
      },
    });
    const receipt = await settled(custom.clock, custom.producer.send(numbered(3, { key: "abc" })));
    expect(receipt.runs[0]!.partitionId).toBe(3);
    expect(asked).toEqual([4]);
  });

  it("reports partitioners that throw or leave the topic, and what came before them is stored", async () => {
    const { topic, clock, producer } = await bench(2, { partitioner: ({ payload }) => payload[0]! });
    const call = settled(clock, producer.send([numbered(1), numbered(2), numbered(0)]));
    await expect(call).rejects.toEqual(
      anError("iggy-client.partly-sent", {
        stored: [{ firstIndex: 0, messageCount: 1, partitionId: 1, baseOffset: 0 }],
        failed: [{ firstIndex: 1, messageCount: 2, code: "iggy-client.argument" }],
      }),
    );
    expect([topic.numbers(0), topic.numbers(1)]).toEqual([[], [1]]);
    expect([producer.confirmedCount, producer.failedCount]).toEqual([1, 2]);
  });

  it("says which partition is missing and notices new ones", async () => {
    const { topic, clock, producer } = await bench(2, { topicRefreshMillis: 500 });
    const third = { kind: "partition", partitionId: 2 } as const;
    await expect(producer.send(numbered(0), third)).rejects.toEqual(
      anError("iggy-client.partition-missing", { partitionId: 2, partitionCount: 2 }),
    );
    expect(() => producer.reserve(2, 8)).toThrow(anError("iggy-client.partition-missing"));
    topic.partitionCount = 3;
    await advanceUntil(clock, () => producer.partitionCount === 3);
    expect((await settled(clock, producer.send(numbered(0), third))).locate(0)).toEqual({
      partitionId: 2,
      offset: 0,
    });
  });
});

describe("messages", () => {
  it("carry ids, creation times and user headers", async () => {
    const { topic, clock, producer } = await bench(1);
    const headers = [
      { key: typedField(FieldKind.Text, "venue"), value: typedField(FieldKind.Text, "binance") },
      { key: typedField(FieldKind.Text, "n"), value: typedField(FieldKind.U32, 7) },
    ];
    const id = 0x0123456789abcdef_fedcba9876543210n;
    await settled(
      clock,
      producer.send([
        numbered(0, { id, headers, originMicros: 1_600_000_000_000_123 }),
        numbered(1),
        numbered(2),
      ]),
    );
    const [first, second, third] = topic.stored[0]!;
    expect(first).toMatchObject({ id, originMicros: 1_600_000_000_000_123 });
    expect(
      decodeUserHeaders(first!.headers).map(({ key, value }) => [fieldValue(key), fieldValue(value)]),
    ).toEqual([
      ["venue", "binance"],
      ["n", 7],
    ]);
    expect(second!.originMicros).toBe(clock.startMicros);
    expect(second!.headers.length).toBe(0);
    expect(third!.id - second!.id).toBe(1n);
    expect(second!.id >> 64n).not.toBe(0n);
  });

  it("are encrypted with their headers", async () => {
    const encryptor = new Aes256GcmEncryptor(new Uint8Array(32).fill(7));
    const { topic, clock, producer } = await bench(1, { encryptor });
    const headers = [{ key: typedField(FieldKind.Text, "k"), value: typedField(FieldKind.Bool, true) }];
    await settled(clock, producer.send([numbered(5, { headers }), numbered(6)]));
    const [first, second] = topic.stored[0]!;
    expect(first!.payload.length).toBe(8 + encryptor.addedBytes);
    expect(Buffer.from(encryptor.decrypt(first!.payload)).readUInt32LE()).toBe(5);
    expect(decodeUserHeaders(encryptor.decrypt(first!.headers))).toEqual(headers);
    expect(Buffer.from(encryptor.decrypt(second!.payload)).readUInt32LE()).toBe(6);
    expect(second!.headers.length).toBe(0);
    expect(() => producer.reserve(0, 8)).toThrow(anError("iggy-client.argument"));
  });

  it("fail alone when the encryptor breaks its promise, and nothing of them stays behind", async () => {
    const { clock, producer } = await bench(1, {
      encryptor: { addedBytes: 1, encrypt: (plain) => plain, decrypt: (encrypted) => encrypted },
    });
    await expect(producer.send(numbered(0))).rejects.toEqual(anError("iggy-client.argument"));
    expect(producer.arena.freeSlotCount).toBe(producer.arena.slotCount);
    await clock.advance(1);
  });

  it("are refused together with their call when one is unusable", async () => {
    const { topic, clock, producer } = await bench(1);
    const unusable: ProducerMessage[] = [
      { payload: new Uint8Array(0) },
      { payload: "text" as unknown as Uint8Array },
      numbered(0, { id: -1n }),
      numbered(0, { id: 1n << 128n }),
      numbered(0, { originMicros: -1 }),
      numbered(0, { originMicros: 0.5 }),
      numbered(0, { key: "" }),
      numbered(0, { key: new Uint8Array(256) }),
      numbered(0, { headers: new Uint8Array(100_001) }),
    ];
    for (const message of unusable) {
      await expect(producer.send([numbered(1), message])).rejects.toEqual(anError("iggy-client.argument"));
    }
    await expect(producer.send(numbered(0, {}, 2000))).rejects.toEqual(
      anError("iggy-client.payload-too-large"),
    );
    await expect(producer.post(numbered(0, {}, 2000))).rejects.toEqual(
      anError("iggy-client.payload-too-large"),
    );
    await clock.advance(5);
    expect(topic.sendCount).toBe(0);
    expect((await producer.send([])).runs).toEqual([]);
  });
});

describe("a full buffer", () => {
  const fillers = () => numberedList(0, 4, 1000);

  it("makes calls wait, in order, until there is room", async () => {
    const { topic, clock, producer } = await bench(1, { inFlightMax: 1 });
    topic.plan = () => "hold";
    const calls = [
      producer.send(fillers()),
      producer.send(numberedList(4, 3, 1000)),
      producer.send(numbered(7)),
    ];
    let order = "";
    calls.forEach((call, i) => void call.then(() => (order += i)));
    expect([producer.accepting, producer.pendingCount]).toEqual([false, 4]);
    expect(producer.reserve(0, 8)).toBe(-1);
    const accepting = producer.whenAccepting();
    await until(() => topic.held.length === 1);
    topic.plan = () => "store";
    topic.release(topic.held[0]!);
    for (const call of calls) await settled(clock, call);
    await accepting;
    expect(order).toBe("012");
    expect(topic.numbers(0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("fails calls if so told, and what was taken of them is stored", async () => {
    const { topic, clock, producer } = await bench(1, { inFlightMax: 1, whenFull: "fail" });
    topic.plan = () => "hold";
    const first = producer.send(numberedList(0, 6, 1000));
    await expect(producer.post(numbered(9, {}, 1000))).rejects.toEqual(anError("iggy-client.buffer-full"));
    await until(() => topic.held.length === 1);
    topic.plan = () => "store";
    topic.release(topic.held[0]!);
    await expect(settled(clock, first)).rejects.toEqual(
      anError("iggy-client.partly-sent", {
        failed: [{ firstIndex: 4, messageCount: 2, code: "iggy-client.buffer-full" }],
      }),
    );
    expect(topic.numbers(0)).toEqual([0, 1, 2, 3]);
    expect([producer.confirmedCount, producer.failedCount]).toEqual([4, 3]);
  });

  it("drops messages if so told, and counts them", async () => {
    const { topic, clock, client, producer } = await bench(1, { inFlightMax: 1, whenFull: "drop" });
    topic.plan = () => "hold";
    const first = producer.send(numberedList(0, 6, 1000));
    await producer.post(numbered(9, {}, 1000));
    await until(() => topic.held.length === 1);
    topic.plan = () => "store";
    topic.release(topic.held[0]!);
    const receipt = await settled(clock, first);
    expect(receipt.droppedCount).toBe(2);
    expect(offsetsOf(receipt, 6).map((place) => place?.offset ?? null)).toEqual([0, 1, 2, 3, null, null]);
    expect(producer.droppedCount).toBe(3);
    expect(client.diagnostics.snapshot()).toMatchObject({ messagesDropped: 3 });
  });

  it("ends the wait after its time, and bounds the number of waiting calls", async () => {
    const { topic, clock, producer } = await bench(1, {
      inFlightMax: 1,
      waitMillisMax: 100,
      waitingCallsMax: 2,
    });
    topic.plan = () => "hold";
    const first = producer.send(fillers());
    first.catch(() => {});
    const waiting = [producer.send(numbered(4, {}, 1000)), producer.post(numbered(5, {}, 1000))];
    for (const call of waiting) call.catch(() => {});
    await expect(producer.send(numbered(6, {}, 1000))).rejects.toEqual(anError("iggy-client.buffer-full"));
    await clock.advance(99);
    expect(producer.failedCount).toBe(1);
    await clock.advance(1);
    for (const call of waiting) await expect(call).rejects.toEqual(anError("iggy-client.buffer-timeout"));
    expect(producer.failedCount).toBe(3);
  });

  it("sends what other partitions have started, so that nobody waits for a long linger", async () => {
    const { topic, clock, producer } = await bench(5, { lingerMillis: 60_000 });
    const call = producer.send([0, 1, 2, 3, 4].map((partitionId) => numbered(partitionId)).slice(0, 1), {
      kind: "partition",
      partitionId: 0,
    });
    const more = [1, 2, 3, 4].map((partitionId) =>
      producer.send(numbered(partitionId), { kind: "partition", partitionId }),
    );
    await until(() => topic.numbers(0).length === 1 && topic.numbers(3).length === 1);
    await call;
    await producer.flush();
    await Promise.all(more);
    expect(clock.monotonicMillis()).toBe(0);
  });
});

describe("post and the zero-copy path", () => {
  it("take messages at once and report later failures to the callback", async () => {
    const { topic, clock, producer, failed } = await bench(1, { batchCountMax: 2 });
    topic.plan = () => IggyErrorCode.Unauthorized;
    await producer.post([numbered(0), numbered(1)]);
    await until(() => failed.length === 1);
    expect(failed).toEqual([["iggy-client.refused", 0, 2]]);
    topic.plan = () => "store";
    await producer.post(numbered(2));
    await producer.flush();
    expect(topic.numbers(0)).toEqual([2]);
    expect(producer.pendingCount).toBe(0);
    await clock.advance(1);
  });

  it("reserve and commit share batches with calls, and only the callback hears of them", async () => {
    const { topic, producer, failed } = await bench(2, { batchCountMax: 3 });
    const put = (number: number) => {
      const at = producer.reserve(1, 8);
      producer.arena.view.setUint32(at, number, true);
      producer.arena.view.setUint32(at + 4, 0, true);
      producer.commit(1, 8);
    };
    put(0);
    const call = producer.send(numbered(1), { kind: "partition", partitionId: 1 });
    put(2);
    expect((await call).locate(0)).toEqual({ partitionId: 1, offset: 1 });
    expect(topic.numbers(1)).toEqual([0, 1, 2]);
    topic.plan = () => IggyErrorCode.Unauthorized;
    put(3);
    const refusedCall = producer.send(numbered(4), { kind: "partition", partitionId: 1 });
    put(5);
    await expect(refusedCall).rejects.toEqual(anError("iggy-client.refused", { code: 41 }));
    expect(failed).toEqual([["iggy-client.refused", 1, 2]]);
    expect([producer.balancedPartition(), producer.balancedPartition()]).toEqual([0, 1]);
  });
});

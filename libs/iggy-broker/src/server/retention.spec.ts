import { SimulatedClock } from "@ims/common";
import { COMMANDS, FieldKind, option } from "@ims/iggy-protocol";
import { MemoryFileSystem } from "@ims/segment-log";
import { afterEach, describe, expect, it } from "vitest";
import type { FrameClient } from "../spec-support/frame-client.js";
import { poll, STREAM, send, TOPIC } from "../spec-support/messages.js";
import { RunningBrokers } from "../spec-support/running-broker.js";

const running = new RunningBrokers();
afterEach(() => running.end());

const MIB = 1n << 20n;
const MINUTE_MICROS = 60_000_000n;
const target = { stream: STREAM, topic: TOPIC };

async function topicWith(client: FrameClient, key: string, value: bigint): Promise<void> {
  await client.call(COMMANDS.createStream, { name: STREAM, options: [] });
  const options = [option("segment_size", FieldKind.U64, MIB), option(key, FieldKind.U64, value)];
  await client.call(COMMANDS.createTopic, { stream: STREAM, name: TOPIC, partitionCount: 1, options });
}

/** Three of these fill a segment. */
async function sendLarge(client: FrameClient, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await send(client, ["x".repeat(400_000)]);
}

async function figures(client: FrameClient) {
  const topic = (await client.call(COMMANDS.getTopic, target))!;
  const { segmentCount, messageCount, currentOffset, sizeBytes } = topic.partitions[0]!;
  expect(topic.sizeBytes).toBe(sizeBytes);
  return { segmentCount, messageCount, currentOffset, sizeBytes };
}

/** Lets the broker look for what may go, without letting messages become much older. */
async function pass(clock: SimulatedClock): Promise<void> {
  await clock.advance(60_000);
}

describe("retention", () => {
  it("by age removes whole segments whose last message is too old, never the newest", async () => {
    const clock = new SimulatedClock();
    const fileSystem = new MemoryFileSystem();
    const client = await running.login(
      await running.start({ clock, fileSystem, heartbeatIntervalMillis: 3_600_000 }),
    );
    await topicWith(client, "message_expiry", 10n * MINUTE_MICROS);
    await sendLarge(client, 3);
    await clock.advance(5 * 60_000);
    await sendLarge(client, 4);
    expect(await figures(client)).toMatchObject({ segmentCount: 3, messageCount: 7 });
    await clock.advance(5 * 60_000);
    expect(await figures(client)).toMatchObject({ segmentCount: 2, messageCount: 4, currentOffset: 6 });
    await clock.advance(20 * 60_000);
    expect(await figures(client)).toMatchObject({ segmentCount: 1, messageCount: 1, currentOffset: 6 });
    // A reader that stood in what is gone goes on with what is left, and so do the offsets.
    expect((await poll(client, { kind: "offset", value: 2n })).map(([offset]) => offset)).toEqual([6]);
    expect(await send(client, ["next"])).toBe(7);
    const again = await running.login(await running.start({ fileSystem: fileSystem.crashed(() => 1) }));
    expect((await poll(again)).map(([offset]) => offset)).toEqual([6, 7]);
  });

  it("by size removes the oldest segments until the rest is within the bound", async () => {
    const clock = new SimulatedClock();
    const client = await running.login(await running.start({ clock, heartbeatIntervalMillis: 3_600_000 }));
    await topicWith(client, "max_topic_size", 2n * MIB);
    await sendLarge(client, 5);
    await pass(clock);
    expect(await figures(client)).toMatchObject({ segmentCount: 2, messageCount: 5 });
    await sendLarge(client, 5);
    await pass(clock);
    const { messageCount, sizeBytes } = await figures(client);
    expect([messageCount, (await poll(client))[0]![0]]).toEqual([4, 6]);
    expect(sizeBytes).toBe(4 * (400_000 + 304));
  });

  it("keeps what a consumer has not come to", async () => {
    const clock = new SimulatedClock();
    const client = await running.login(await running.start({ clock, heartbeatIntervalMillis: 3_600_000 }));
    await topicWith(client, "max_topic_size", MIB);
    await sendLarge(client, 10);
    const consumer = { kind: "consumer", id: 1 } as const;
    await client.call(COMMANDS.storeOffset, {
      ...target,
      consumer,
      partitionId: 0,
      offset: 4n,
      ack: "quorum",
    });
    await pass(clock);
    expect((await poll(client))[0]![0]).toBe(3);
  });

  it("takes up a change of the topic's options", async () => {
    const clock = new SimulatedClock();
    const client = await running.login(await running.start({ clock, heartbeatIntervalMillis: 3_600_000 }));
    await topicWith(client, "max_topic_size", 100n * MIB);
    await sendLarge(client, 10);
    await pass(clock);
    expect(await figures(client)).toMatchObject({ messageCount: 10 });
    const options = [option("max_topic_size", FieldKind.U64, MIB)];
    await client.call(COMMANDS.updateTopic, { ...target, name: TOPIC, options });
    await pass(clock);
    expect(await figures(client)).toMatchObject({ messageCount: 1 });
  });
});

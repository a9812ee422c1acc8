import { SimulatedClock } from "@ims/common";
import { COMMANDS, FieldKind, type Option, option, optionValues } from "@ims/iggy-protocol";
import { MemoryFileSystem } from "@ims/segment-log";
import { afterEach, describe, expect, it } from "vitest";
import type { FrameClient } from "../spec-support/frame-client.js";
import { poll, STREAM, send, TOPIC } from "../spec-support/messages.js";
import { RunningBrokers } from "../spec-support/running-broker.js";

const SYNC_INTERVAL_MILLIS = 1000;
const MESSAGE_COUNT = 8;
const consumer = { kind: "consumer", id: 7 } as const;
const target = { stream: STREAM, topic: TOPIC, consumer, partitionId: 0 };
const running = new RunningBrokers();
afterEach(() => running.end());

const both = (word: string): Option[] =>
  ["durability", "consumer_offset_durability"].map((key) => option(key, FieldKind.Text, word));

/** A broker with one topic of small segments, and how often files of its partitions were synced. */
async function brokerWith(durability: readonly Option[]) {
  const fileSystem = new MemoryFileSystem();
  const clock = new SimulatedClock();
  const broker = await running.start({ fileSystem, clock, syncIntervalMillis: SYNC_INTERVAL_MILLIS });
  const client = await running.login(broker);
  await client.call(COMMANDS.createStream, { name: STREAM, options: [] });
  const options = [option("segment_size", FieldKind.U64, 1n << 20n), ...durability];
  await client.call(COMMANDS.createTopic, { stream: STREAM, name: TOPIC, partitionCount: 1, options });
  let syncCount = 0;
  fileSystem.fault = ({ kind, path }) => {
    if (/^sync/.test(kind) && path.includes("/partitions")) syncCount++;
    return undefined;
  };
  // Three fill a segment.
  for (let index = 0; index < MESSAGE_COUNT; index++) await send(client, [`${index}`.repeat(400_000)]);
  await client.call(COMMANDS.storeOffset, { ...target, offset: 5n, ack: "quorum" });
  return { broker, client, clock, fileSystem, syncs: () => syncCount };
}

/** How many messages, and which offset, a start finds after a loss of power that takes all that was not synced. */
async function leftOf(fileSystem: MemoryFileSystem): Promise<[number, number | undefined]> {
  const client: FrameClient = await running.login(
    await running.start({ fileSystem: fileSystem.crashed(() => 0) }),
  );
  const found = await client.call(COMMANDS.getOffset, target);
  return [(await poll(client)).length, found?.storedOffset];
}

describe("the durability of a topic", () => {
  it("persisted: everything confirmed survives a loss of power", async () => {
    const { fileSystem } = await brokerWith(both("persisted"));
    expect(await leftOf(fileSystem)).toEqual([MESSAGE_COUNT, 5]);
  });

  it("replicated: everything survives that is older than the interval", async () => {
    const { clock, fileSystem } = await brokerWith(both("replicated"));
    // Full segments are synced in any case; what is stored of an offset never lies behind the messages.
    expect(await leftOf(fileSystem)).toEqual([6, undefined]);
    await clock.advance(SYNC_INTERVAL_MILLIS);
    expect(await leftOf(fileSystem)).toEqual([MESSAGE_COUNT, 5]);
  });

  it("none: nothing is synced before a clean stop, then everything is", async () => {
    const { broker, client, clock, fileSystem, syncs } = await brokerWith(both("none"));
    await clock.advance(60 * SYNC_INTERVAL_MILLIS);
    expect([await poll(client), syncs()]).toEqual([expect.objectContaining({ length: MESSAGE_COUNT }), 0]);
    expect(await leftOf(fileSystem)).toEqual([0, undefined]);
    const topic = (await client.call(COMMANDS.getTopic, { stream: STREAM, topic: TOPIC }))!;
    const words = { durability: "none", consumer_offset_durability: "none" };
    expect(optionValues(topic.options)).toMatchObject(words);
    await broker.close();
    expect(syncs()).toBeGreaterThan(0);
    expect(await leftOf(fileSystem)).toEqual([MESSAGE_COUNT, 5]);
  });
});

import { COMMANDS, FieldKind, option } from "@ims/iggy-protocol";
import { MemoryFileSystem, systemError } from "@ims/segment-log";
import { afterEach, describe, expect, it } from "vitest";
import type { FrameClient } from "../spec-support/frame-client.js";
import { poll, STREAM, send, TOPIC } from "../spec-support/messages.js";
import { RunningBrokers, refusal } from "../spec-support/running-broker.js";

const running = new RunningBrokers();
afterEach(() => running.end());

const target = { stream: STREAM, topic: TOPIC };

/** Ten messages of 400 KB: three fill a segment of 1 MiB, so segments begin at 0, 3, 6 and 9. */
async function fill(client: FrameClient): Promise<void> {
  await client.call(COMMANDS.createStream, { name: STREAM, options: [] });
  const options = [option("segment_size", FieldKind.U64, 1n << 20n)];
  await client.call(COMMANDS.createTopic, { stream: STREAM, name: TOPIC, partitionCount: 1, options });
  for (let index = 0; index < 10; index++) await send(client, [`${index}`.repeat(400_000)]);
}

function deleteSegments(client: FrameClient, segmentCount: number): Promise<unknown> {
  return client.call(COMMANDS.deleteSegments, { ...target, partitionId: 0, segmentCount });
}

function storeOffset(client: FrameClient, offset: bigint, id = 1): Promise<unknown> {
  const consumer = { kind: "consumer", id } as const;
  return client.call(COMMANDS.storeOffset, { ...target, consumer, partitionId: 0, offset, ack: "quorum" });
}

async function figures(client: FrameClient) {
  const { partitions } = (await client.call(COMMANDS.getTopic, target))!;
  const { segmentCount, messageCount, currentOffset } = partitions[0]!;
  return [segmentCount, messageCount, currentOffset];
}

async function firstOffset(client: FrameClient): Promise<number> {
  return (await poll(client, { kind: "first" }, 1))[0]![0];
}

describe("delete segments", () => {
  it("removes the oldest sealed segments, also for a later start, and offsets go on", async () => {
    const fileSystem = new MemoryFileSystem();
    const broker = await running.start({ fileSystem });
    const client = await running.login(broker);
    await fill(client);
    expect(await figures(client)).toEqual([4, 10, 9]);
    await deleteSegments(client, 2);
    expect(await firstOffset(client)).toBe(6);
    expect(await figures(client)).toEqual([2, 4, 9]);
    expect(await send(client, ["next"])).toBe(10);
    await broker.close();
    const again = await running.login(await running.start({ fileSystem }));
    expect(await firstOffset(again)).toBe(6);
    expect(await send(again, ["next"])).toBe(11);
  });

  it("never removes the newest segment", async () => {
    const client = await running.login(await running.start());
    await fill(client);
    await deleteSegments(client, 4_000_000_000);
    expect(await firstOffset(client)).toBe(9);
    await deleteSegments(client, 1);
    expect(await firstOffset(client)).toBe(9);
  });

  it("keeps what a consumer or group has not come to", async () => {
    const client = await running.login(await running.start());
    await fill(client);
    await storeOffset(client, 9n, 1);
    await storeOffset(client, 4n, 2);
    await deleteSegments(client, 3);
    expect(await firstOffset(client)).toBe(3);
    await storeOffset(client, 5n, 2);
    await deleteSegments(client, 3);
    expect(await firstOffset(client)).toBe(6);
  });

  it("succeeds when there is nothing to remove, and refuses what is missing", async () => {
    const client = await running.login(await running.start());
    await fill(client);
    await deleteSegments(client, 0);
    expect(await firstOffset(client)).toBe(0);
    const missing = { ...target, partitionId: 1, segmentCount: 1 };
    expect(await refusal(client.call(COMMANDS.deleteSegments, missing))).toBe("result 3007");
    expect(await refusal(client.call(COMMANDS.deleteSegments, { ...missing, topic: "x" }))).toBe(
      "result 2010",
    );
  });

  it("lets sends and polls that come meanwhile wait for it", async () => {
    const client = await running.login(await running.start());
    await fill(client);
    const work = [deleteSegments(client, 2), send(client, ["meanwhile"])];
    await work[0];
    expect(await firstOffset(client)).toBe(6);
    expect(await work[1]).toBe(10);
  });

  it("says so when files cannot be removed, and tries them again with the next ones", async () => {
    const fileSystem = new MemoryFileSystem();
    const warnings: string[] = [];
    const silent = () => undefined;
    const logger = {
      debug: silent,
      info: silent,
      error: silent,
      warn: (_: object, text: string) => warnings.push(text),
    };
    const client = await running.login(await running.start({ fileSystem, logger }));
    await fill(client);
    fileSystem.fault = ({ kind, path }) =>
      kind === "remove" ? { error: systemError("EIO", path) } : undefined;
    await deleteSegments(client, 1);
    expect(await firstOffset(client)).toBe(3);
    expect(warnings).toContain("files could not be removed; they are tried again");
    fileSystem.fault = undefined;
    await deleteSegments(client, 1);
    expect(await figures(client)).toEqual([2, 4, 9]);
    const again = await running.start({ fileSystem: fileSystem.crashed(() => 1) });
    expect(await firstOffset(await running.login(again))).toBe(6);
  });
});

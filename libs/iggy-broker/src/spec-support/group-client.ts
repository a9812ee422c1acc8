import { COMMANDS, decodeBatch, RESYNC_PARTITION_ID } from "@ims/iggy-protocol";
import type { FrameClient } from "./frame-client.js";
import { createTopic, STREAM, TOPIC } from "./messages.js";

export const GROUP = "g";
export const groupTarget = { stream: STREAM, topic: TOPIC, group: GROUP } as const;
const consumer = { kind: "group", id: GROUP } as const;

/** Makes the topic and a group on it. */
export async function createGroupTopic(admin: FrameClient, partitionCount: number): Promise<void> {
  await createTopic(admin, partitionCount);
  await admin.call(COMMANDS.createGroup, { stream: STREAM, topic: TOPIC, name: GROUP });
}

export function groupJoin(client: FrameClient): Promise<unknown> {
  return client.call(COMMANDS.joinGroup, groupTarget);
}

/** Offsets that a poll in the group's name returned, or `fenced` when the member must synchronise. */
export async function groupPoll(
  client: FrameClient,
  partitionId: number,
  options: { readonly count?: number; readonly autoCommit?: boolean } = {},
): Promise<number[] | "fenced"> {
  const { count = 100, autoCommit = false } = options;
  const reply = await client.call(COMMANDS.pollMessages, {
    consumer,
    stream: STREAM,
    topic: TOPIC,
    partitionId,
    strategy: { kind: "next" },
    count,
    autoCommit,
  });
  if (reply.partitionId === RESYNC_PARTITION_ID) return "fenced";
  const offsets: number[] = [];
  for (let at = 0; at < reply.batches.length; ) {
    const batch = decodeBatch(reply.batches, at);
    offsets.push(...batch.messages.map((message) => message.offset));
    at += batch.header.batchBytes;
  }
  return offsets;
}

export function groupCommit(client: FrameClient, partitionId: number, offset: number): Promise<unknown> {
  return client.call(COMMANDS.storeOffset, {
    consumer,
    stream: STREAM,
    topic: TOPIC,
    partitionId,
    offset: BigInt(offset),
    ack: "quorum",
  });
}

export function groupOffset(client: FrameClient, partitionId: number) {
  return client.call(COMMANDS.getOffset, { consumer, stream: STREAM, topic: TOPIC, partitionId });
}

/** Partitions of the member, undefined for a client that is none. */
export async function groupSync(client: FrameClient): Promise<readonly number[] | undefined> {
  return (await client.call(COMMANDS.syncGroup, groupTarget))?.partitionIds;
}

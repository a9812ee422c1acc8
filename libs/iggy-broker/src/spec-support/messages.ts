import { COMMANDS, decodeBatch, encodeBatch, type PollingStrategy } from "@ims/iggy-protocol";
import type { FrameClient } from "./frame-client.js";

export const STREAM = "s";
export const TOPIC = "t";

/** Makes stream "s" with topic "t". */
export async function createTopic(
  client: FrameClient,
  partitionCount = 1,
  enforceFsync = false,
): Promise<void> {
  await client.call(COMMANDS.createStream, { name: STREAM, options: [] });
  const options = enforceFsync ? [{ key: "enforce_fsync", value: { kind: 3, bytes: Uint8Array.of(1) } }] : [];
  await client.call(COMMANDS.createTopic, { stream: STREAM, name: TOPIC, partitionCount, options });
}

/** A batch of text messages. */
export function textBatch(texts: readonly string[]): Uint8Array {
  return encodeBatch(
    texts.map((text, index) => ({
      id: BigInt(index + 1),
      payload: Buffer.from(text),
      originMicros: 1000 + index,
    })),
  );
}

export function sendRequest(texts: readonly string[], partitionId = 0) {
  return {
    stream: STREAM,
    topic: TOPIC,
    partitioning: { kind: "partition", partitionId } as const,
    messageCount: texts.length,
    batch: textBatch(texts),
  };
}

/** Sends and returns the base offset. */
export async function send(client: FrameClient, texts: readonly string[], partitionId = 0): Promise<number> {
  const [placement] = await client.call(COMMANDS.sendMessages, sendRequest(texts, partitionId));
  return placement!.baseOffset;
}

/** Polls partition 0 and returns offset and text of each message. */
export async function poll(
  client: FrameClient,
  strategy: PollingStrategy = { kind: "first" },
  count = 100_000,
  autoCommit = false,
): Promise<[number, string][]> {
  const { batches } = await client.call(COMMANDS.pollMessages, {
    consumer: { kind: "consumer", id: 1 },
    stream: STREAM,
    topic: TOPIC,
    partitionId: 0,
    strategy,
    count,
    autoCommit,
  });
  const messages: [number, string][] = [];
  for (let at = 0; at < batches.length; ) {
    const batch = decodeBatch(batches, at);
    for (const message of batch.messages)
      messages.push([message.offset, Buffer.from(message.payload).toString()]);
    at += batch.header.batchBytes;
  }
  return messages;
}

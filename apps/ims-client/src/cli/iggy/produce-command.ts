import { createReadStream } from "node:fs";
import { describeError } from "@ims/common";
import type { SendPartitioning, TopicProducer } from "@ims/iggy-client";
import { fail } from "../../errors/client-errors.js";
import type { IggyRun } from "./iggy-run.js";
import { factText } from "./listing.js";
import { MESSAGE_BYTES_MAX, splitFrames, splitLines } from "./split-input.js";
import { readTopicPath, requireTopic } from "./topic-path.js";

/** Room for the largest message with its headers; a multiple of 8 as the producer wants it. */
const BATCH_BYTES_MAX = MESSAGE_BYTES_MAX + 64 * 1024;
const BUFFER_BATCHES = 8;

export interface ProduceFlags {
  readonly key?: string;
  readonly frames?: true;
}

/**
 * `ims iggy produce STREAM/TOPIC [FILE]`: each line, or each frame, becomes a message. Says how many were stored and in
 * which partitions; fails when one was not.
 */
export async function produce(
  run: IggyRun,
  pathText: string,
  file: string | undefined,
  flags: ProduceFlags,
): Promise<void> {
  const { client, settings, environment } = run;
  const path = readTopicPath(pathText);
  await requireTopic(client, path);
  const input = file === undefined || file === "-" ? environment.input : readFile(file);
  const payloads = flags.frames ? splitFrames(input) : splitLines(input);
  const counts = new Map<number, number>();
  const producer = await client.createTopicProducer({
    ...path,
    createStream: false,
    createTopic: false,
    batchBytesMax: BATCH_BYTES_MAX,
    bufferBytesMax: BUFFER_BATCHES * BATCH_BYTES_MAX,
    partitioning: partitioning(flags.key, settings.partition),
    onConfirmed: (partitionId, _, messageCount) =>
      counts.set(partitionId, (counts.get(partitionId) ?? 0) + messageCount),
  });
  try {
    await sendAll(producer, payloads, settings.count ?? Number.POSITIVE_INFINITY);
  } finally {
    await producer.close();
    await report(run, pathText, counts);
  }
}

async function sendAll(
  producer: TopicProducer,
  payloads: AsyncIterable<Uint8Array>,
  countMax: number,
): Promise<void> {
  let count = 0;
  for await (const payload of payloads) {
    await producer.post({ payload });
    if (++count === countMax) break;
  }
  // Rejects with the first message that was given up.
  await producer.flush();
}

async function report(
  { environment, settings }: IggyRun,
  topic: string,
  counts: ReadonlyMap<number, number>,
): Promise<void> {
  const stored = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const byPartition = [...counts].sort(([a], [b]) => a - b);
  const partitions = byPartition.map(([id, count]) => `${id}: ${count}`).join(", ");
  const sentence = `stored ${stored} messages in ${topic}${stored > 0 ? ` (partition ${partitions})` : ""}`;
  const facts = { topic, stored, partitions: Object.fromEntries(byPartition) };
  await environment.output.write(factText(environment, settings, sentence, facts));
}

function partitioning(key: string | undefined, partitionId: number | undefined): SendPartitioning {
  if (key !== undefined) return { kind: "key", key };
  return partitionId === undefined ? { kind: "balanced" } : { kind: "partition", partitionId };
}

async function* readFile(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw fail("client.invalid-argument", `${file} cannot be read: ${describeError(cause)}`, { cause });
  }
}

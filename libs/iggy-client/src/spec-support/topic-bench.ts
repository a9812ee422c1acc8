import { SimulatedClock } from "@ims/common";
import { afterEach, expect } from "vitest";
import type { ConnectOptions } from "../client/client-options.js";
import { IggyClient } from "../client/iggy-client.js";
import type { TopicProducer } from "../producer/topic-producer.js";
import type { ProducerMessage, TopicProducerOptions } from "../producer/topic-producer-options.js";
import { advanceUntil, seededRandom } from "./scripted-peer.js";
import { TopicPeer } from "./topic-peer.js";

export interface TopicBench {
  readonly topic: TopicPeer;
  readonly client: IggyClient;
  readonly clock: SimulatedClock;
  readonly producer: TopicProducer;
  /** What went to `onFailed`. */
  readonly failed: [code: string, partitionId: number, count: number][];
  close(): Promise<void>;
}

/** A producer of a topic on a peer, with room for four batches of 2 KiB; everything is closed after each test. */
export function topicBenches() {
  const open = new Set<TopicBench>();

  afterEach(async () => {
    for (const bench of open) await bench.close();
  });

  return async function bench(
    partitionCount: number | undefined,
    options: Partial<TopicProducerOptions> = {},
    connectOptions: ConnectOptions = {},
    topic?: TopicPeer,
  ): Promise<TopicBench> {
    const peer = topic ?? (await TopicPeer.start(partitionCount));
    const clock = new SimulatedClock();
    const client = await IggyClient.connect(peer.peer.url, {
      clock,
      random: seededRandom(),
      requestTimeoutMillis: 1000,
      ...connectOptions,
    });
    const failed: [string, number, number][] = [];
    const opening = client.createTopicProducer({
      stream: "s",
      topic: "t",
      batchBytesMax: 2048,
      bufferBytesMax: 8192,
      lingerMillis: 1,
      onFailed: (error, partitionId, count) => failed.push([error.code, partitionId, count]),
      ...options,
    });
    const producer = await opening.catch(async (error: unknown) => {
      await settled(clock, client.close());
      throw error;
    });
    const made: TopicBench = {
      topic: peer,
      client,
      clock,
      producer,
      failed,
      async close() {
        open.delete(made);
        const closing = Promise.all([producer.close(0), client.close()]);
        await settled(clock, closing).catch(() => {});
        await peer.peer.close();
        expect(clock.pendingTimerCount).toBe(0);
      },
    };
    open.add(made);
    return made;
  };
}

/** A message whose payload begins with its number. */
export function numbered(
  number: number,
  more: Partial<ProducerMessage> = {},
  byteCount = 8,
): ProducerMessage {
  const payload = Buffer.alloc(byteCount);
  payload.writeUInt32LE(number);
  return { payload, ...more };
}

export function numberedList(from: number, count: number, byteCount = 8): ProducerMessage[] {
  return Array.from({ length: count }, (_, i) => numbered(from + i, {}, byteCount));
}

/** Moves time on until the promise settles, and gives its outcome. */
export async function settled<Value>(clock: SimulatedClock, promise: Promise<Value>): Promise<Value> {
  let isSettled = false;
  const mark = () => {
    isSettled = true;
  };
  promise.then(mark, mark);
  await advanceUntil(clock, () => isSettled);
  return promise;
}

/** An error with this code and, among others, these facts. */
export const anError = (code: string, context: object = {}) =>
  expect.objectContaining({ code, context: expect.objectContaining(context) });

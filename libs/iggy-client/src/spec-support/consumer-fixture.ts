import type { SimulatedClock } from "@ims/common";
import { afterEach, expect } from "vitest";
import type { ConnectOptions } from "../client/client-options.js";
import type { Consumer } from "../consumer/consumer.js";
import type { ConsumerEvents, ConsumerOptions } from "../consumer/consumer-options.js";
import { clientFixture } from "./client-fixture.js";
import { advanceUntil, type PeerScript } from "./scripted-peer.js";
import { TopicModel } from "./topic-model.js";

const READ = { stream: "s", topic: "t" } as const;

/** How consumers of a test are named by default. */
export const SINGLE = { consumer: 1, partitionId: 0 } as const;
export const SINGLE_IDENTITY = { kind: "consumer", id: 1 } as const;
export const GROUP_IDENTITY = { kind: "group", id: "g" } as const;

/** Consumers on simulated time that read a topic model over real sockets. */
export function consumerFixture() {
  const { peerWith, clientOf } = clientFixture();
  const consumers: { consumer: Consumer; clock: SimulatedClock }[] = [];

  // Before the clients are closed; where a test leaves the connection broken, closing takes simulated time.
  afterEach(async () => {
    for (const { consumer, clock } of consumers.splice(0)) {
      let closed = false;
      void consumer.close().then(() => {
        closed = true;
      });
      await settled();
      await advanceUntil(clock, () => closed);
    }
  });

  return {
    peerWith,
    clientOf,
    /** @param faults looks at requests before the model does, as a peer's script */
    async bench(
      topic: TopicModel,
      options: Record<string, unknown> = {},
      faults: PeerScript = () => false,
      connect: ConnectOptions = {},
    ) {
      const peer = await peerWith((request) => faults(request) || topic.script(request));
      const { client, clock } = await clientOf(peer, connect);
      const kind = "group" in options || "consumer" in options ? {} : SINGLE;
      const consumer = client.createConsumer({ ...READ, ...kind, ...options } as ConsumerOptions);
      consumers.push({ consumer, clock });
      return { peer, client, clock, consumer, events: eventsOf(consumer) };
    },
  };
}

const NAMES = [
  "assigned",
  "revoked",
  "gap",
  "unreadable",
  "retrying",
  "commitFailed",
  "joined",
] as const satisfies readonly (keyof ConsumerEvents)[];

/** What a consumer tells, by name. */
export function eventsOf(consumer: Consumer): Record<(typeof NAMES)[number], unknown[]> {
  const events = Object.fromEntries(NAMES.map((name) => [name, [] as unknown[]]));
  for (const name of NAMES) consumer.on(name, (...args: unknown[]) => events[name]!.push(args[0]));
  return events as Record<(typeof NAMES)[number], unknown[]>;
}

/** Takes this many messages, checks that each carries its own place, and leaves the loop. */
export async function take(consumer: Consumer, count: number): Promise<string[]> {
  const places: string[] = [];
  if (count === 0) return places;
  for await (const { payload, partitionId, offset } of consumer) {
    expect(Buffer.from(payload).toString().trim()).toBe(`${partitionId}:${offset}`);
    places.push(`${partitionId}:${offset}`);
    if (places.length === count) break;
  }
  return places;
}

/** Places `partition:offset` from one offset to before another. */
export function places(from: number, to: number, partitionId = 0): string[] {
  return Array.from({ length: to - from }, (_, index) => `${partitionId}:${from + index}`);
}

/** Lets sockets and promises do what they can without time passing. */
export async function settled(turns = 30): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A topic of one partition with batches of three to six messages. */
export function unevenTopic(batchCount = 20): TopicModel {
  const topic = new TopicModel();
  for (let i = 0; i < batchCount; i++) topic.partition.append(3 + (i % 4));
  return topic;
}

import { type ImsError, isImsError, sleep } from "@ims/common";
import type {
  IggyClient,
  ProducerMessage,
  StoredRun,
  TopicProducer,
  TopicProducerOptions,
} from "@ims/iggy-client";
import { describe, expect, it } from "vitest";
import type { TopicModel } from "../model/catalog-model.js";
import { CALM_LINK, ROUGH_LINK } from "../network/link-conditions.js";
import { NO_FAULTS } from "../peer/fault.js";
import { ORDER_KEEPING_FAULTS, randomFaults } from "../peer/random-faults.js";
import type { SeededRandom } from "../random/seeded-random.js";
import { ClientRig } from "../rig/client-rig.js";
import { forEachSeed, seedTimeoutMillis } from "../rig/seeds.js";
import { expectFirstsInOrder, numberedPayload, numberOf } from "../spec-support/outcomes.js";

const SEEDS = 300;
const PARTITION_COUNT = 3;

/** What a producer said of one message. `posted`: taken, and not told what became of it. */
type Fate =
  | { readonly kind: "stored"; readonly partitionId: number; readonly offset: number }
  | { readonly kind: "failed"; readonly code: string }
  | { readonly kind: "dropped" | "posted" };

/** Codes that say: these messages were not stored. */
const NOT_STORED = [
  "iggy-client.not-connected",
  "iggy-client.buffer-full",
  "iggy-client.buffer-timeout",
  "iggy-client.producer-closed",
];

/** Sends messages that count up through one producer, and notes what it said of each. */
class Sending {
  readonly fates: Fate[] = [];
  /** Messages that `onFailed` was told of. */
  failedPosts = 0;
  private next = 0;
  private readonly calls: Promise<void>[] = [];

  constructor(private readonly random: SeededRandom) {}

  readonly onFailed = (error: ImsError, _partitionId: number, messageCount: number): void => {
    expect(isImsError(error)).toBe(true);
    this.failedPosts += messageCount;
  };

  get count(): number {
    return this.next;
  }

  call(producer: TopicProducer): void {
    const { random } = this;
    const first = this.next;
    const messages = Array.from({ length: random.pick([1, 1, 1, 5, 20]) }, () => this.message());
    if (random.chance(0.2)) this.calls.push(this.post(producer, messages, first));
    else this.calls.push(this.send(producer, messages, first));
  }

  async settled(): Promise<void> {
    await Promise.all(this.calls);
  }

  private message(): ProducerMessage {
    const number = this.next++;
    const payload = numberedPayload(number, this.random.pick([4, 60, 400]));
    return this.random.chance(0.3) ? { payload, key: `key ${number % 5}` } : { payload };
  }

  private async send(
    producer: TopicProducer,
    messages: readonly ProducerMessage[],
    first: number,
  ): Promise<void> {
    try {
      const receipt = await producer.send(messages);
      for (let index = 0; index < messages.length; index++) {
        const place = receipt.locate(index);
        this.fates[first + index] = place ? { kind: "stored", ...place } : { kind: "dropped" };
      }
    } catch (error) {
      this.noteFailure(error, messages.length, first);
    }
  }

  private async post(
    producer: TopicProducer,
    messages: readonly ProducerMessage[],
    first: number,
  ): Promise<void> {
    for (let index = 0; index < messages.length; index++) this.fates[first + index] = { kind: "posted" };
    try {
      await producer.post(messages);
    } catch (error) {
      if (!isImsError(error)) throw error;
    }
  }

  private noteFailure(error: unknown, count: number, first: number): void {
    if (!isImsError(error)) throw error;
    const { stored = [], failed } = error.context as {
      stored?: readonly StoredRun[];
      failed?: readonly {
        readonly firstIndex: number;
        readonly messageCount: number;
        readonly code: string;
      }[];
    };
    const isPart = error.code === "iggy-client.partly-sent";
    for (let index = 0; index < count; index++) {
      this.fates[first + index] = isPart ? { kind: "dropped" } : { kind: "failed", code: error.code };
    }
    for (const { firstIndex, messageCount, partitionId, baseOffset } of stored) {
      for (let index = 0; index < messageCount; index++) {
        this.fates[first + firstIndex + index] = { kind: "stored", partitionId, offset: baseOffset + index };
      }
    }
    for (const { firstIndex, messageCount, code } of isPart && failed ? failed : []) {
      for (let index = 0; index < messageCount; index++) {
        this.fates[first + firstIndex + index] = { kind: "failed", code };
      }
    }
  }
}

function topicOf(rig: ClientRig): TopicModel {
  return rig.model.catalog.streams.find("s")!.topics.find("t")!;
}

function judge(rig: ClientRig, sending: Sending, options: TopicProducerOptions, ordered: boolean): void {
  const { partitions } = topicOf(rig);
  const stored = partitions.map(({ messages }) => messages.map(({ payload }) => numberOf(payload)));
  const copies = new Map<number, number>();
  for (const number of stored.flat()) copies.set(number, (copies.get(number) ?? 0) + 1);
  for (let number = 0; number < sending.count; number++) {
    const fate = sending.fates[number];
    const copyCount = copies.get(number) ?? 0;
    expect(fate, `fate of message ${number}`).toBeDefined();
    if (options.resend === false) expect(copyCount, `copies of message ${number}`).toBeLessThanOrEqual(1);
    const homes = stored.filter((numbers) => numbers.includes(number)).length;
    expect(homes, `partitions of message ${number}`).toBeLessThanOrEqual(1);
    if (fate?.kind === "stored") expect(stored[fate.partitionId]![fate.offset]).toBe(number);
    const isSurelyNot =
      fate?.kind === "dropped" || (fate?.kind === "failed" && NOT_STORED.includes(fate.code));
    if (isSurelyNot) expect(copyCount, `copies of message ${number}: ${JSON.stringify(fate)}`).toBe(0);
  }
  if (!ordered) return;
  // What has an unknown outcome may still be on its way, and be stored behind what was sent later.
  const isConfirmed = (number: number) => sending.fates[number]?.kind === "stored";
  for (const numbers of stored) expectFirstsInOrder(numbers.filter(isConfirmed));
}

function drawOptions(random: SeededRandom, sending: Sending): TopicProducerOptions {
  return {
    stream: "s",
    topic: "t",
    partitioning: random.pick([
      { kind: "balanced" },
      { kind: "partition", partitionId: 1 },
      { kind: "key", key: "all" },
    ] as const),
    batchBytesMax: 2048,
    bufferBytesMax: 2048 * random.pick([1, 3, 8]),
    batchCountMax: random.pick([1, 4, 1000]),
    lingerMillis: random.pick([0, 5, 100]),
    whenFull: random.pick(["wait", "wait", "fail", "drop"] as const),
    waitMillisMax: random.pick([undefined, 500, 20_000]),
    inFlightMax: random.pick([1, 2, 4]),
    resend: random.pick([true, true, false]),
    retriesMax: random.pick([0, 3, 100]),
    retryMillis: 100,
    deliveryMillisMax: random.pick([5000, 120_000]),
    topicRefreshMillis: random.pick([0, 1000]),
    onFailed: sending.onFailed,
  };
}

async function produce(rig: ClientRig, client: IggyClient, sending: Sending, options: TopicProducerOptions) {
  const { random, clock } = rig;
  const producer = await client.createTopicProducer(options);
  for (let left = random.between(1, 40); left > 0; left--) {
    sending.call(producer);
    if (random.chance(0.5)) await sleep(clock, random.between(0, 300));
    if (random.chance(0.05)) await producer.flush().catch(() => undefined);
    if (random.chance(0.01)) topicOf(rig).addPartitions(1);
  }
  if (random.chance(0.7)) {
    rig.peer.plan = NO_FAULTS;
    await producer.flush().catch(() => undefined);
  }
  await producer.close().catch(() => undefined);
  await sending.settled();
  const { pendingCount, confirmedCount, failedCount, droppedCount } = producer;
  expect(pendingCount).toBe(0);
  expect(confirmedCount + failedCount + droppedCount, "messages with an outcome").toBe(sending.count);
  return producer;
}

describe("a topic producer while anything goes wrong", () => {
  it(
    "gives every message one outcome that is true, in order, and every batch back",
    async () => {
      await forEachSeed("topic producer", SEEDS, async (seed) => {
        const rig = new ClientRig(seed, { conditions: seed % 2 === 0 ? ROUGH_LINK : CALM_LINK });
        rig.model.catalog.addStream("s").addTopic("t", PARTITION_COUNT, []);
        const { random } = rig;
        const requestTimeoutMillis = random.pick([800, 3000, 30_000]);
        const client = await rig.run(rig.connect({ requestTimeoutMillis }), "connecting");
        const keepsOrder = random.chance(0.5);
        rig.peer.plan = randomFaults(random.fork(), {
          rate: 0.3,
          budget: 12,
          kinds: keepsOrder ? ORDER_KEEPING_FAULTS : undefined,
          refusedSendsMayBeStored: true,
        });
        const sending = new Sending(random.fork());
        const options = drawOptions(random, sending);
        let producer: TopicProducer | undefined;
        try {
          producer = await rig.run(produce(rig, client, sending, options), "producing");
        } catch (error) {
          // A producer cannot be made while its topic cannot be looked up; then nothing was sent.
          if (!isImsError(error) || !error.code.startsWith("iggy-") || sending.count > 0) throw error;
        }
        await rig.run(
          client.close().catch(() => undefined),
          "closing",
        );
        judge(rig, sending, options, keepsOrder || options.inFlightMax === 1);
        expect(producer?.arena.freeSlotCount, "batches given back").toBe(producer?.arena.slotCount);
        await rig.finish();
      });
    },
    seedTimeoutMillis(SEEDS),
  );
});

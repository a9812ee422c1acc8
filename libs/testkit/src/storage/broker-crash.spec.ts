import { isImsError } from "@ims/common";
import { startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../random/seeded-random.js";
import { forEachSeed, seedTimeoutMillis } from "../rig/seeds.js";
import { numberedPayload, numberOf } from "../spec-support/outcomes.js";
import { CrashableDisk } from "./crashable-disk.js";

const SEEDS = 10;
const PARTITION = { stream: "s", topic: "t", partitionId: 0, consumer: { kind: "consumer", id: 1 } } as const;

/** What the broker confirmed before the power went. */
interface Promised {
  topicExists: boolean;
  messages: number[];
  /** Stored offset, −1 = none, and the one that was being stored. */
  offset: number;
  offsetUnderWay: number;
}

async function brokerOn(fileSystem: CrashableDisk["fileSystem"]) {
  const broker = await startBroker({ port: 0, dataDir: "/broker", fileSystem });
  const url = `iggy://iggy:iggy@127.0.0.1:${broker.port}?heartbeat_interval=0`;
  const client = await IggyClient.connect(url, { requestTimeoutMillis: 1500, connectTimeoutMillis: 3000 });
  return { broker, client };
}

/** Sends and stores offsets until the power goes; whatever fails then is taken. */
async function work(disk: CrashableDisk, random: SeededRandom): Promise<Promised> {
  const promised: Promised = { topicExists: false, messages: [], offset: -1, offsetUnderWay: -1 };
  const started = await brokerOn(disk.fileSystem).catch(() => undefined);
  if (!started) return promised;
  const { broker, client } = started;
  try {
    await client.streams.create("s");
    await client.topics.create("s", { name: "t", partitionCount: 1, options: { enforceFsync: true } });
    promised.topicExists = true;
    for (let number = 0; !disk.isPowerOff; number++) {
      const payload = numberedPayload(number, random.between(4, 900));
      const partitioning = { kind: "partition", partitionId: 0 } as const;
      await client.sendMessages({ ...PARTITION, partitioning, messages: [{ payload }] });
      promised.messages.push(number);
      if (random.chance(0.7)) continue;
      promised.offsetUnderWay = number;
      await client.offsets.store({ ...PARTITION, offset: number });
      promised.offset = number;
    }
  } catch (error) {
    if (!isImsError(error)) throw error;
  } finally {
    await client.close().catch(() => undefined);
    await broker.close().catch(() => undefined);
  }
  return promised;
}

async function check(fileSystem: CrashableDisk["fileSystem"], promised: Promised): Promise<void> {
  const { broker, client } = await brokerOn(fileSystem);
  try {
    if (!promised.topicExists) return;
    const polled = await client.poll({ ...PARTITION, strategy: { kind: "first" }, count: 10_000 });
    const numbers: number[] = [];
    while (polled.next()) numbers.push(numberOf(polled.payload()));
    expect(numbers.slice(0, promised.messages.length)).toEqual(promised.messages);
    expect(numbers.length).toBeLessThanOrEqual(promised.messages.length + 1);
    const stored = (await client.offsets.get(PARTITION))?.storedOffset ?? -1;
    expect([promised.offset, promised.offsetUnderWay]).toContain(stored);
  } finally {
    await client.close();
    await broker.close();
  }
}

describe("the embedded broker on a disk whose power goes", () => {
  it(
    "starts again with everything it confirmed of a topic that syncs, and nothing made up",
    async () => {
      let cutCount = 0;
      await forEachSeed("broker on a crashing disk", SEEDS, async (seed) => {
        const random = new SeededRandom(seed);
        const disk = new CrashableDisk();
        disk.cutPowerAt(random.between(0, 120), random.next);
        const promised = await work(disk, random);
        if (disk.isPowerOff) cutCount++;
        await check(disk.found(random.next), promised);
      });
      expect(cutCount).toBeGreaterThan(0);
    },
    seedTimeoutMillis(SEEDS, 120_000),
  );
});

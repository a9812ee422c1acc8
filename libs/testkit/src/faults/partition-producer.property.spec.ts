import { type ImsError, sleep } from "@ims/common";
import type { IggyClient, PartitionProducer } from "@ims/iggy-client";
import { BatchArena } from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { CALM_LINK, ROUGH_LINK } from "../network/link-conditions.js";
import { NO_FAULTS } from "../peer/fault.js";
import { ORDER_KEEPING_FAULTS, randomFaults } from "../peer/random-faults.js";
import { ClientRig } from "../rig/client-rig.js";
import { forEachSeed, seedTimeoutMillis } from "../rig/seeds.js";
import { expectFirstsInOrder, numberedPayload, numberOf } from "../spec-support/outcomes.js";

const SEEDS = 400;
const ID = new Uint32Array(4);

/** Shared by all seeds, since each has to give every slot back. */
const ARENAS = [2, 3, 8].map((slotCount) => BatchArena.create({ slotCount, slotBytes: 2048 }));

/** What a producer said of its messages. */
class Report {
  committed = 0;
  confirmedCount = 0;
  failedCount = 0;
  /** Messages in batches that surely were not stored. */
  notStoredCount = 0;
  readonly confirmedBatches: { readonly baseOffset: number; readonly count: number }[] = [];

  readonly onConfirmed = (baseOffset: number, count: number): void => {
    this.confirmedCount += count;
    this.confirmedBatches.push({ baseOffset, count });
  };

  readonly onFailed = (error: ImsError, count: number): void => {
    this.failedCount += count;
    expect(["iggy-client.not-connected", "iggy-client.outcome-unknown", "iggy-client.refused"]).toContain(
      error.code,
    );
    if (error.code === "iggy-client.not-connected") this.notStoredCount += count;
  };
}

/** Commits messages that count up, as room and luck allow. */
async function produce(
  rig: ClientRig,
  producer: PartitionProducer,
  report: Report,
  count: number,
): Promise<void> {
  const { random, clock } = rig;
  while (report.committed < count) {
    if (!producer.accepting) await producer.whenAccepting();
    const payload = numberedPayload(report.committed, random.pick([4, 40, 600]));
    const at = producer.reserve(payload.length);
    if (at < 0) {
      await sleep(clock, 5);
      continue;
    }
    producer.arena.bytes.set(payload, at);
    producer.commit(payload.length, ID, clock.nowMicros());
    report.committed++;
    if (random.chance(0.15)) await sleep(clock, random.between(0, 200));
    if (random.chance(0.02)) await producer.flush().catch(() => undefined);
  }
}

function judge(rig: ClientRig, report: Report, ordered: boolean): void {
  const stored = rig.model.partition("s", "t", 0).messages.map(({ payload }) => numberOf(payload));
  expect(report.confirmedCount + report.failedCount, "messages with an outcome").toBe(report.committed);
  const confirmed = new Set<number>();
  for (const { baseOffset, count } of report.confirmedBatches) {
    const numbers = stored.slice(baseOffset, baseOffset + count);
    expect(numbers.length, "messages stored where they were confirmed").toBe(count);
    for (const number of numbers) confirmed.add(number);
  }
  expect(confirmed.size, "different messages confirmed").toBe(report.confirmedCount);
  const missing = report.committed - new Set(stored).size;
  expect(missing, "messages that are stored nowhere").toBeLessThanOrEqual(report.failedCount);
  expect(missing, "messages that were surely not stored").toBeGreaterThanOrEqual(report.notStoredCount);
  // What has an unknown outcome may still be on its way, and be stored behind what was sent later.
  if (ordered) expectFirstsInOrder(stored.filter((number) => confirmed.has(number)));
}

describe("a partition producer while anything goes wrong", () => {
  it(
    "gives every message one outcome that is true, in order, and every slot back",
    async () => {
      await forEachSeed("partition producer", SEEDS, async (seed) => {
        const rig = new ClientRig(seed, { conditions: seed % 2 === 0 ? ROUGH_LINK : CALM_LINK });
        rig.model.catalog.addStream("s").addTopic("t", 1, []);
        const { random } = rig;
        const requestTimeoutMillis = random.pick([800, 3000, 30_000]);
        const client = await rig.run(rig.connect({ requestTimeoutMillis }), "connecting");
        const keepsOrder = random.chance(0.5);
        const kinds = keepsOrder ? ORDER_KEEPING_FAULTS : undefined;
        rig.peer.plan = randomFaults(random.fork(), {
          rate: 0.3,
          budget: 12,
          kinds,
          refusedSendsMayBeStored: true,
        });
        const arena = random.pick(ARENAS);
        const inFlightMax = random.pick([1, 2, 4]);
        const report = new Report();
        const producer = client.createProducer({
          stream: "s",
          topic: "t",
          partitionId: 0,
          arena,
          lingerMillis: random.pick([0, 5, 100]),
          batchCountMax: random.pick([1, 3, 1000]),
          inFlightMax,
          timeoutsMax: random.pick([1, 3]),
          onConfirmed: report.onConfirmed,
          onFailed: report.onFailed,
        });
        await rig.run(finishProducing(rig, client, producer, report), "producing");
        judge(rig, report, keepsOrder || inFlightMax === 1);
        expect(arena.freeSlotCount, "slots given back").toBe(arena.slotCount);
        await rig.finish();
      });
    },
    seedTimeoutMillis(SEEDS),
  );
});

/** Produces, and closes either in peace or while things still go wrong. */
async function finishProducing(
  rig: ClientRig,
  client: IggyClient,
  producer: PartitionProducer,
  report: Report,
): Promise<void> {
  await produce(rig, producer, report, rig.random.between(1, 80));
  if (rig.random.chance(0.7)) {
    rig.peer.plan = NO_FAULTS;
    await producer.flush().catch(() => undefined);
    expect(producer.pendingCount).toBe(0);
  }
  await client.close().catch(() => undefined);
}

import { sleep } from "@ims/common";
import type { CommitMode, IggyClient } from "@ims/iggy-client";
import { describe, expect, it } from "vitest";
import { CALM_LINK, ROUGH_LINK } from "../network/link-conditions.js";
import { NO_FAULTS } from "../peer/fault.js";
import { ALL_FAULTS, randomFaults } from "../peer/random-faults.js";
import { ClientRig } from "../rig/client-rig.js";
import { forEachSeed, seedTimeoutMillis } from "../rig/seeds.js";
import { consume, READING_STYLES, whileReading } from "../spec-support/consume.js";
import { appendNumbered, DeliveryLog } from "../spec-support/delivery-log.js";

const SINGLE_SEEDS = 120;
const GROUP_SEEDS = 100;
const TOPIC = { stream: "s", topic: "t" } as const;

/** Modes that commit nothing before it was handled. */
const SAFE_MODES: readonly (CommitMode | undefined)[] = [
  undefined,
  { kind: "interval", intervalMillis: 300 },
  { kind: "after", point: "each" },
  { kind: "after", point: "batch" },
  { kind: "after", point: { every: 3 }, intervalMillis: 700 },
];
const MODES: readonly (CommitMode | undefined)[] = [
  ...SAFE_MODES,
  { kind: "when", point: "each" },
  { kind: "when", point: "batch" },
  { kind: "poll" },
];

/** A topic whose messages come in bit by bit, and faults for a while. */
function fillTopic(rig: ClientRig, partitionCount: number): DeliveryLog {
  const { random } = rig;
  const topic = rig.model.catalog.addStream("s").addTopic("t", partitionCount, []);
  for (const partition of topic.partitions) {
    for (let left = random.between(1, 6); left > 0; left--) {
      const append = () => appendNumbered(partition, random.between(1, 25), rig.clock.nowMicros());
      if (random.chance(0.4)) append();
      else rig.peer.clock.setTimer(random.between(1, 8000), append);
    }
  }
  return DeliveryLog.of(rig.model, "s", "t");
}

/** All but what no client recovers from while it connects for the first time. */
const KINDS = ALL_FAULTS.filter((kind) => kind !== "newer-version");

function startFaults(rig: ClientRig): void {
  const rate = rig.random.pick([0.05, 0.2]);
  rig.peer.plan = randomFaults(rig.random.fork(), { rate, budget: 12, kinds: KINDS });
}

/** Waits until everything was delivered that is there, and that will come. */
async function complete(rig: ClientRig, log: DeliveryLog): Promise<void> {
  await sleep(rig.clock, 10_000);
  rig.peer.plan = NO_FAULTS;
  while (!log.isComplete) await sleep(rig.clock, 100);
}

function readingOptions(rig: ClientRig) {
  const { random } = rig;
  return {
    ...TOPIC,
    batchCount: random.pick([1, 7, 1000]),
    prefetchBatches: random.pick([0, 1, 3]),
    idleMillisMax: 400,
    pollRetryMillis: random.pick([50, 1000]),
    initRetries: 1000,
    assignmentMillis: random.pick([200, 5000]),
  };
}

/** What a poll committed and nobody took is taken back when the consumer is closed, if the server can be reached. */
async function peace(rig: ClientRig, client: IggyClient): Promise<void> {
  rig.peer.plan = NO_FAULTS;
  await sleep(rig.clock, 5000);
  while (!client.connected) await sleep(rig.clock, 100);
}

/** One consumer after the other under the same name: each goes on where the one before has stopped. */
async function readInTurns(
  rig: ClientRig,
  client: IggyClient,
  log: DeliveryLog,
  commit: CommitMode | undefined,
) {
  const { random, clock } = rig;
  const partitionId = log.partitionCount === 1 ? random.pick([0, undefined]) : undefined;
  for (let left = random.pick([0, 0, 1, 2]); left > 0; left--) {
    const consumer = client.createConsumer({
      ...readingOptions(rig),
      consumer: "reader",
      partitionId,
      commit,
    });
    const reading = consume(consumer, {
      style: random.pick(READING_STYLES),
      random: random.fork(),
      clock,
      log,
    });
    await whileReading(sleep(clock, random.between(100, 5000)), reading);
    if (commit?.kind === "poll") await peace(rig, client);
    await consumer.close();
    await reading;
    if (commit?.kind === "poll") startFaults(rig);
  }
  const consumer = client.createConsumer({ ...readingOptions(rig), consumer: "reader", partitionId, commit });
  const reading = consume(consumer, {
    style: random.pick(READING_STYLES),
    random: random.fork(),
    clock,
    log,
  });
  await whileReading(complete(rig, log), reading);
  await consumer.close();
  await reading;
}

describe("a consumer while anything goes wrong", () => {
  it(
    "gets every message in order, none left out, and commits nothing that was not handled",
    async () => {
      await forEachSeed("single consumer", SINGLE_SEEDS, async (seed) => {
        const rig = new ClientRig(seed, { conditions: seed % 2 === 0 ? ROUGH_LINK : CALM_LINK });
        const log = fillTopic(rig, rig.random.between(1, 3));
        const commit = rig.random.pick(MODES);
        if (SAFE_MODES.includes(commit)) log.watchCommits();
        const requestTimeoutMillis = rig.random.pick([800, 3000]);
        const client = await rig.run(rig.connect({ requestTimeoutMillis }), "connecting");
        startFaults(rig);
        await rig.run(readInTurns(rig, client, log, commit), "reading");
        await rig.run(client.close(), "closing");
        await rig.finish();
      });
    },
    seedTimeoutMillis(SINGLE_SEEDS),
  );
});

/** A member that comes at some time and, unless it is the last, goes at some time. */
async function beMember(
  rig: ClientRig,
  log: DeliveryLog,
  commit: CommitMode | undefined,
  until: Promise<void>,
) {
  const { clock } = rig;
  const random = rig.random.fork();
  await sleep(clock, random.between(0, 4000));
  const client = await rig.connect({ requestTimeoutMillis: random.pick([800, 3000]) });
  const consumer = client.createConsumer({ ...readingOptions(rig), group: "g", commit });
  const reading = consume(consumer, { style: random.pick(READING_STYLES), random, clock, log });
  const stay = random.chance(0.5) ? sleep(clock, random.between(100, 15_000)) : until;
  await whileReading(stay, reading);
  if (random.chance(0.7)) await consumer.close();
  await client.close();
  await reading;
}

describe("a consumer group while anything goes wrong", () => {
  it(
    "gets every message at least once, none left out, whoever comes and goes",
    async () => {
      await forEachSeed("consumer group", GROUP_SEEDS, async (seed) => {
        const rig = new ClientRig(seed, {
          conditions: seed % 2 === 0 ? ROUGH_LINK : CALM_LINK,
          query: "heartbeat_interval=1s",
        });
        const log = fillTopic(rig, rig.random.between(1, 4));
        log.watchCommits();
        startFaults(rig);
        const commit = rig.random.pick(SAFE_MODES);
        let end: () => void = () => undefined;
        const ended = new Promise<void>((resolve) => {
          end = resolve;
        });
        const members = Array.from({ length: rig.random.between(0, 3) }, () =>
          beMember(rig, log, commit, ended),
        );
        const client = await rig.run(rig.connect({ requestTimeoutMillis: 3000 }), "connecting");
        const consumer = client.createConsumer({ ...readingOptions(rig), group: "g", commit });
        const style = rig.random.pick(READING_STYLES);
        const reading = consume(consumer, { style, random: rig.random.fork(), clock: rig.clock, log });
        const others = Promise.all(members).then(() => undefined);
        await rig.run(whileReading(whileReading(complete(rig, log), reading), others), "reading");
        end();
        await rig.run(others, "the members' end");
        await rig.run(consumer.close(), "closing");
        await rig.run(reading, "the end of reading");
        await rig.run(client.close(), "closing the client");
        await rig.finish();
        const [group] = rig.model.catalog.allGroups;
        expect(group?.details().memberCount).toBe(0);
      });
    },
    seedTimeoutMillis(GROUP_SEEDS),
  );
});

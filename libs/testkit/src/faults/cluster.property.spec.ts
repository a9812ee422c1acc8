import { sleep } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import { describe, expect, it } from "vitest";
import { ROUGH_LINK } from "../network/link-conditions.js";
import { ClientRig } from "../rig/client-rig.js";
import { forEachSeed, seedTimeoutMillis } from "../rig/seeds.js";
import { Cluster } from "../spec-support/cluster.js";
import { numberedPayload, numberOf, outcomeOf, saysNotDone } from "../spec-support/outcomes.js";

const SEEDS = 150;
const TOPIC = { stream: "s", topic: "t" } as const;

function send(client: IggyClient, number: number, resend: boolean) {
  const partitioning = { kind: "partition", partitionId: 0 } as const;
  const messages = [{ payload: numberedPayload(number, 20) }];
  return outcomeOf(client.sendMessages({ ...TOPIC, partitioning, messages, resend }));
}

/** Sends one message after the other while leaders change and nodes stop, and compares what was said and stored. */
async function sendThroughChanges(rig: ClientRig, cluster: Cluster, client: IggyClient): Promise<void> {
  const { random, clock } = rig;
  const calls: Promise<void>[] = [];
  for (let number = 0; number < 20; number++) {
    if (random.chance(0.4)) cluster.change();
    const resend = random.chance(0.5);
    calls.push(send(client, number, resend).then((outcome) => judge(rig, number, resend, outcome)));
    await sleep(clock, random.between(0, 1500));
  }
  await Promise.all(calls);
}

function judge(
  rig: ClientRig,
  number: number,
  resend: boolean,
  outcome: Awaited<ReturnType<typeof send>>,
): void {
  const stored = rig.model.partition("s", "t", 0).messages.map(({ payload }) => numberOf(payload));
  const copies = stored.filter((other) => other === number).length;
  if (outcome.kind === "done") expect(stored[outcome.result[0]!.baseOffset]).toBe(number);
  if (!resend) expect(copies, `copies of message ${number}`).toBeLessThanOrEqual(1);
  if (saysNotDone(outcome)) expect(copies, `message ${number}: ${JSON.stringify(outcome)}`).toBe(0);
}

describe("a client of a cluster whose leader changes", () => {
  it(
    "tells the truth, finds the leader once there is one, and asks no more often than it should",
    async () => {
      await forEachSeed("cluster", SEEDS, async (seed) => {
        const rig = new ClientRig(seed, { conditions: ROUGH_LINK });
        rig.model.catalog.addStream("s").addTopic("t", 1, []);
        const cluster = new Cluster(rig, rig.random.between(2, 3), rig.random.fork());
        const requestTimeoutMillis = rig.random.pick([1000, 10_000]);
        const client = await rig.run(rig.connect({ requestTimeoutMillis }, cluster.url), "connecting");
        cluster.startFaults(4);
        await rig.run(sendThroughChanges(rig, cluster, client), "sending");
        cluster.settle();
        const settledMillis = rig.clock.monotonicMillis();
        const settledCount = cluster.requestCount;
        await rig.run(finallyStored(rig, client), "finding the leader", 120_000);
        const seconds = (rig.clock.monotonicMillis() - settledMillis) / 1000;
        // Repetitions every 50 ms, heartbeats, logins and looks at the cluster: nothing like a loop without pause.
        expect((cluster.requestCount - settledCount) / (seconds + 1)).toBeLessThan(60);
        await rig.run(client.close(), "closing");
        cluster.close();
        await rig.finish();
      });
    },
    seedTimeoutMillis(SEEDS),
  );
});

async function finallyStored(rig: ClientRig, client: IggyClient): Promise<void> {
  for (let number = 1000; ; number++) {
    if ((await send(client, number, false)).kind === "done") return;
    await sleep(rig.clock, 200);
  }
}

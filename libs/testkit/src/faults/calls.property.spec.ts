import { sleep } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import { IggyErrorCode } from "@ims/iggy-protocol";
import { RUNS_OF_CHEAPEST } from "@ims/spec-kit";
import { describe, expect, it } from "vitest";
import { CALM_LINK, ROUGH_LINK } from "../network/link-conditions.js";
import type { DialOutcome } from "../network/simulated-network.js";
import { NO_FAULTS } from "../peer/fault.js";
import { randomFaults } from "../peer/random-faults.js";
import type { SeededRandom } from "../random/seeded-random.js";
import { ClientRig } from "../rig/client-rig.js";
import { forEachSeed, seedPlan, seedTimeoutMillis } from "../rig/seeds.js";
import { numberedPayload, numberOf, type Outcome, outcomeOf, saysNotDone } from "../spec-support/outcomes.js";

const SEEDS = RUNS_OF_CHEAPEST;
/** Longest time for which something on its way is still under an earlier fault. */
const STALL_MILLIS_MAX = 5000;
const TOPIC = { stream: "s", topic: "t" } as const;
const PARTITION = { ...TOPIC, partitionId: 0 } as const;

interface Sent {
  readonly number: number;
  readonly resend: boolean;
  readonly outcome: Outcome<readonly { readonly baseOffset: number }[]>;
}

/** A seed's worth of calls, some at once, while anything may go wrong. */
class CallStorm {
  readonly sent: Sent[] = [];
  readonly created: { readonly name: string; readonly outcome: Outcome<unknown> }[] = [];
  private count = 0;

  constructor(
    private readonly rig: ClientRig,
    private readonly client: IggyClient,
    private readonly requestTimeoutMillis: number,
  ) {}

  async run(callCount: number): Promise<void> {
    const { random, clock } = this.rig;
    const calls: Promise<void>[] = [];
    for (let left = callCount; left > 0; left--) {
      calls.push(this.inTime(this.one()));
      if (random.chance(0.6)) await sleep(clock, random.between(0, 400));
      if (random.chance(0.2)) await Promise.all(calls);
    }
    await Promise.all(calls);
  }

  /** A call has the request timeout for everything that it waits for. */
  private async inTime(call: Promise<void>): Promise<void> {
    const beganMillis = this.rig.clock.monotonicMillis();
    await call;
    const tookMillis = this.rig.clock.monotonicMillis() - beganMillis;
    expect(tookMillis, "milliseconds that a call took").toBeLessThanOrEqual(this.requestTimeoutMillis);
  }

  private one(): Promise<void> {
    const { random } = this.rig;
    const number = this.count++;
    const kind = random.pick(["send", "send", "create", "list", "poll", "offset", "ping"] as const);
    switch (kind) {
      case "send":
        return this.send(number, random.chance(0.5));
      case "create":
        return this.create(`stream ${number}`);
      case "poll":
        return this.poll();
      case "offset":
        return this.offset();
      case "list":
        return outcomeOf(this.client.streams.list()).then(() => undefined);
      case "ping":
        return outcomeOf(this.client.ping()).then(() => undefined);
    }
  }

  private async send(number: number, resend: boolean): Promise<void> {
    const payload = numberedPayload(number, this.rig.random.pick([4, 100, 5000]));
    const call = this.client.sendMessages({
      ...TOPIC,
      partitioning: { kind: "partition", partitionId: 0 },
      messages: [{ payload }],
      resend,
    });
    this.sent.push({ number, resend, outcome: await outcomeOf(call) });
  }

  private async create(name: string): Promise<void> {
    this.created.push({ name, outcome: await outcomeOf(this.client.streams.create(name)) });
  }

  private async poll(): Promise<void> {
    const { model, random } = this.rig;
    const request = { ...PARTITION, consumer: { kind: "consumer", id: 1 }, count: 10 } as const;
    const strategy = { kind: "offset", value: random.between(0, 5) } as const;
    const outcome = await outcomeOf(this.client.poll({ ...request, strategy }));
    if (outcome.kind === "failed") return;
    const { messages } = model.partition("s", "t", 0);
    for (let offset = strategy.value; outcome.result.next(); offset++) {
      expect(outcome.result.offset).toBe(offset);
      expect(numberOf(outcome.result.payload())).toBe(numberOf(messages[offset]!.payload));
    }
  }

  private async offset(): Promise<void> {
    const target = { ...PARTITION, consumer: { kind: "consumer", id: 2 } } as const;
    const stored = await outcomeOf(this.client.offsets.store({ ...target, offset: 0 }));
    if (stored.kind === "failed") return;
    expect(this.rig.model.partition("s", "t", 0).offsets.get("consumer 2")).toBe(0);
  }
}

/** What the server really holds against what the client was told. */
function judge(rig: ClientRig, storm: CallStorm): void {
  const stored = rig.model.partition("s", "t", 0).messages.map(({ payload }) => numberOf(payload));
  for (const { number, resend, outcome } of storm.sent) {
    const copies = stored.filter((other) => other === number).length;
    if (!resend) expect(copies, `copies of message ${number}, not to be sent twice`).toBeLessThanOrEqual(1);
    if (outcome.kind === "done") expect(stored[outcome.result[0]!.baseOffset]).toBe(number);
    if (saysNotDone(outcome)) expect(copies, `message ${number}: ${JSON.stringify(outcome)}`).toBe(0);
  }
  for (const { name, outcome } of storm.created) {
    if (outcome.kind === "done") expect(rig.model.catalog.streams.find(name)).toBeDefined();
    else expect(outcome.refusal, `${name} was created twice`).not.toBe(IggyErrorCode.StreamNameAlreadyExists);
    if (saysNotDone(outcome)) expect(rig.model.catalog.streams.find(name), name).toBeUndefined();
  }
}

describe("calls while anything goes wrong", () => {
  it(
    "end in success or a typed error, tell the truth, and leave nothing behind",
    async () => {
      const kinds = new Map<string, number>();
      await forEachSeed("calls", SEEDS, async (seed) => {
        const rig = new ClientRig(seed, {
          conditions: seed % 2 === 0 ? ROUGH_LINK : CALM_LINK,
          query: `heartbeat_interval=${seed % 3 === 0 ? "1s" : "0"}`,
        });
        rig.model.catalog.addStream("s").addTopic("t", 1, []);
        rig.peer.plan = randomFaults(rig.random.fork(), {
          rate: 0.2,
          budget: 12,
          refusedSendsMayBeStored: true,
        });
        rig.network.dialOutcome = badDialing(rig.random.fork(), 3);
        const requestTimeoutMillis = rig.random.pick([800, 3000, 30_000]);
        const connecting = rig.connect({
          requestTimeoutMillis,
          connectTimeoutMillis: 120_000,
          inFlightMax: rig.random.pick([1, 2, 64]),
        });
        const connected = await rig.run(outcomeOf(connecting), "connecting");
        if (connected.kind === "done") await useAndClose(rig, connected.result, requestTimeoutMillis);
        await rig.finish();
        for (const [kind, count] of rig.peer.faultCounts) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
      });
      // A property that meets none of the faults would hold for nothing.
      if (seedPlan(SEEDS).count >= 200) expect([...kinds.keys()].sort()).toEqual(FAULT_KINDS);
    },
    seedTimeoutMillis(SEEDS),
  );
});

const FAULT_KINDS = [
  "close",
  "cut-request",
  "delay",
  "drop-reply",
  "duplicate-reply",
  "evict",
  "garbage",
  "newer-version",
  "overtaken",
  "refuse",
  "silence",
  "stall",
  "unknown-reply",
  "wrong-size",
];

/** Some attempts to connect are refused, or never answered. */
function badDialing(random: SeededRandom, budget: number): () => DialOutcome {
  let left = budget;
  return () => {
    if (left === 0 || random.chance(0.7)) return "connect";
    left--;
    return random.pick(["refuse", "silence"]);
  };
}

/** The server is gone for a while: what is open ends, and nothing can be opened. */
function startOutage(rig: ClientRig, millis: number): void {
  const { dialOutcome } = rig.network;
  rig.network.dialOutcome = () => "refuse";
  rig.peer.close();
  rig.peer.clock.setTimer(millis, () => {
    rig.network.dialOutcome = dialOutcome;
  });
}

/** Calls in a storm, then either a close in the middle of it or peace, in which everything works again. */
async function useAndClose(rig: ClientRig, client: IggyClient, requestTimeoutMillis: number): Promise<void> {
  const storm = new CallStorm(rig, client, requestTimeoutMillis);
  if (rig.random.chance(0.2)) startOutage(rig, rig.random.between(1000, 60_000));
  const calls = storm.run(rig.random.between(5, 25));
  if (rig.random.chance(0.2)) {
    await rig.clock.advance(rig.random.between(0, 2000));
    await rig.run(client.close(), "closing in the middle");
    await rig.run(calls, "the calls");
  } else {
    await rig.run(calls, "the calls");
    rig.peer.plan = NO_FAULTS;
    rig.network.dialOutcome = () => "connect";
    await rig.run(allSucceed(rig, client), "recovery");
    await rig.run(client.close(), "closing");
  }
  judge(rig, storm);
}

/** Once nothing goes wrong any more, the session comes back by itself, and with it all calls succeed, also at once. */
async function allSucceed(rig: ClientRig, client: IggyClient): Promise<void> {
  const partitioning = { kind: "partition", partitionId: 0 } as const;
  const messages = [{ payload: numberedPayload(1_000_000, 4) }];
  const target = { ...PARTITION, consumer: { kind: "consumer", id: 3 } } as const;
  await sleep(rig.clock, STALL_MILLIS_MAX);
  while ((await outcomeOf(client.ping())).kind === "failed") await sleep(rig.clock, 500);
  await client.sendMessages({ ...TOPIC, partitioning, messages });
  await Promise.all([
    client.streams.create("after the faults"),
    client.streams.create("after the faults too"),
    client.sendMessages({ ...TOPIC, partitioning, messages }),
    client.offsets.store({ ...target, offset: 0 }),
    client.poll({ ...target, strategy: { kind: "first" }, count: 1 }),
    client.streams.list(),
  ]);
}

import { sleep } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import { IggyErrorCode } from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { CALM_LINK, ROUGH_LINK } from "../network/link-conditions.js";
import { NO_FAULTS } from "../peer/fault.js";
import { randomFaults } from "../peer/random-faults.js";
import { ClientRig } from "../rig/client-rig.js";
import { forEachSeed, seedTimeoutMillis } from "../rig/seeds.js";
import { numberedPayload, numberOf, type Outcome, outcomeOf, saysNotDone } from "../spec-support/outcomes.js";

const SEEDS = 600;
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
  ) {}

  async run(callCount: number): Promise<void> {
    const { random, clock } = this.rig;
    const calls: Promise<void>[] = [];
    for (let left = callCount; left > 0; left--) {
      calls.push(this.one());
      if (random.chance(0.6)) await sleep(clock, random.between(0, 400));
      if (random.chance(0.2)) await Promise.all(calls);
    }
    await Promise.all(calls);
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
        return outcomeOf(this.client.listStreams()).then(() => undefined);
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
    this.created.push({ name, outcome: await outcomeOf(this.client.createStream(name)) });
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
    const stored = await outcomeOf(this.client.storeOffset({ ...target, offset: 0 }));
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
        const requestTimeoutMillis = rig.random.pick([800, 3000, 30_000]);
        const connecting = rig.connect({ requestTimeoutMillis, connectTimeoutMillis: 120_000 });
        const connected = await rig.run(outcomeOf(connecting), "connecting");
        if (connected.kind === "done") {
          const client = connected.result;
          const storm = new CallStorm(rig, client);
          await rig.run(storm.run(rig.random.between(5, 25)), "the calls");
          rig.peer.plan = NO_FAULTS;
          await rig.run(recovered(client, rig), "recovery");
          await rig.run(client.close(), "closing");
          judge(rig, storm);
        }
        await rig.finish();
        for (const [kind, count] of rig.peer.faultCounts) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
      });
      // A property that meets none of the faults would hold for nothing.
      if (!process.env.IMS_SEED) expect([...kinds.keys()].sort()).toEqual(FAULT_KINDS);
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

/** Once nothing goes wrong any more, calls succeed again by themselves. */
async function recovered(client: IggyClient, rig: ClientRig): Promise<void> {
  for (;;) {
    const outcome = await outcomeOf(client.ping());
    if (outcome.kind === "done") return;
    await sleep(rig.clock, 500);
  }
}

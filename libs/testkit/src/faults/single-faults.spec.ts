import { EvictionReason, IggyErrorCode } from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { type Fault, type FaultPlan, faultsOf, NO_FAULTS } from "../peer/fault.js";
import { ClientRig } from "../rig/client-rig.js";
import { numberedPayload, outcomeOf } from "../spec-support/outcomes.js";

const GARBAGE = Uint8Array.from({ length: 300 }, () => 0xa5);
const { TransientNotAccepted, TransientNotCommitted } = IggyErrorCode;

/** "done", or the last part of the error's code; for sends also how many copies are stored in the end. */
interface Expected {
  readonly read: string;
  readonly create: string;
  readonly send: string;
  readonly resend: string;
}

const UNHARMED: Expected = { read: "done", create: "done", send: "done, 1 stored", resend: "done, 1 stored" };
/** The connection is lost behind the execution: what may not be repeated has an unknown outcome. */
const LOST_DONE: Expected = {
  read: "done",
  create: "outcome-unknown",
  send: "outcome-unknown, 1 stored",
  resend: "done, 2 stored",
};
const LOST_UNDONE: Expected = {
  read: "done",
  create: "outcome-unknown",
  send: "outcome-unknown, 0 stored",
  resend: "done, 1 stored",
};
/** No answer at all: the time of the call is over when that is noticed. */
const UNANSWERED_DONE: Expected = {
  read: "outcome-unknown",
  create: "outcome-unknown",
  send: "outcome-unknown, 1 stored",
  resend: "outcome-unknown, 1 stored",
};
const UNANSWERED_UNDONE: Expected = {
  ...UNANSWERED_DONE,
  send: "outcome-unknown, 0 stored",
  resend: "outcome-unknown, 0 stored",
};

const CASES: readonly (readonly [what: string, fault: Fault, expected: Expected])[] = [
  ["a close before the reply", { kind: "close", executed: true, replyBytes: 0, how: "end" }, LOST_DONE],
  [
    "a close in the header of the reply",
    { kind: "close", executed: true, replyBytes: 100, how: "end" },
    LOST_DONE,
  ],
  [
    "a close in the body of the reply",
    { kind: "close", executed: true, replyBytes: 257, how: "end" },
    LOST_DONE,
  ],
  [
    "a close before the execution",
    { kind: "close", executed: false, replyBytes: 0, how: "end" },
    LOST_UNDONE,
  ],
  [
    "a reset before the execution",
    { kind: "close", executed: false, replyBytes: 0, how: "reset" },
    LOST_UNDONE,
  ],
  ["a delay", { kind: "delay", millis: 700 }, UNHARMED],
  ["a stalled network", { kind: "stall", millis: 700 }, UNHARMED],
  ["a dropped reply", { kind: "drop-reply", executed: true }, UNANSWERED_DONE],
  ["a dropped request", { kind: "drop-reply", executed: false }, UNANSWERED_UNDONE],
  ["half-open silence", { kind: "silence" }, UNANSWERED_UNDONE],
  ["a size of zero", { kind: "wrong-size", size: 0 }, LOST_DONE],
  ["a size below the header", { kind: "wrong-size", size: 255 }, LOST_DONE],
  ["a size above the limit", { kind: "wrong-size", size: 0x0400_0001 }, LOST_DONE],
  ["a size of 2^32 - 1", { kind: "wrong-size", size: 0xffff_ffff }, LOST_DONE],
  ["a size larger than what comes", { kind: "wrong-size", size: 70_000 }, UNANSWERED_DONE],
  ["garbage in front of the reply", { kind: "garbage", bytes: GARBAGE }, LOST_DONE],
  ["58 once", { kind: "refuse", code: TransientNotAccepted, executed: false }, UNHARMED],
  [
    "57 although it was executed",
    { kind: "refuse", code: TransientNotCommitted, executed: true },
    { read: "done", create: "done", send: "outcome-unknown, 1 stored", resend: "done, 2 stored" },
  ],
  ["a reply that comes twice", { kind: "duplicate-reply" }, UNHARMED],
  ["a reply to an unknown request", { kind: "unknown-reply" }, UNHARMED],
  ["a reply that others overtake", { kind: "overtaken" }, UNHARMED],
  ...Object.entries(EvictionReason).map(
    ([name, reason]) => [`eviction ${name}`, { kind: "evict", reason, close: false }, LOST_UNDONE] as const,
  ),
];

/** One call with one fault, and afterwards a client that works. */
async function callWith(fault: Fault, call: keyof Expected): Promise<string> {
  const rig = new ClientRig(1);
  rig.model.catalog.addStream("s").addTopic("t", 1, []);
  const client = await rig.run(rig.connect({ requestTimeoutMillis: 1000 }), "connecting");
  const send = (resend: boolean) =>
    client.sendMessages({
      stream: "s",
      topic: "t",
      partitioning: { kind: "partition", partitionId: 0 },
      messages: [{ payload: numberedPayload(7, 40) }],
      resend,
    });
  const calls = {
    read: { name: "stream.list", run: () => client.streams.list() },
    create: { name: "stream.create", run: () => client.streams.create("new") },
    send: { name: "message.send", run: () => send(false) },
    resend: { name: "message.send", run: () => send(true) },
  };
  rig.peer.plan = faultsOf(calls[call].name, fault);
  const outcome = await rig.run(outcomeOf<unknown>(calls[call].run()), call, 5000);
  expect([...rig.peer.faultCounts], "faults that came about").toEqual([[fault.kind, 1]]);
  await rig.run(client.ping(), "a ping afterwards", 20_000);
  await rig.run(client.close(), "closing", 5000);
  await rig.finish();
  const said = outcome.kind === "done" ? "done" : outcome.code.replace("iggy-client.", "");
  const storedCount = rig.model.partition("s", "t", 0).messages.length;
  return call === "send" || call === "resend" ? `${said}, ${storedCount} stored` : said;
}

describe("one fault in one call", () => {
  it.each(CASES)("%s", async (_, fault, expected) => {
    const isForSends = fault.kind === "overtaken";
    const isForWrites = fault.kind === "refuse";
    const found = {
      read: isForSends || isForWrites ? expected.read : await callWith(fault, "read"),
      create: isForSends ? expected.create : await callWith(fault, "create"),
      send: await callWith(fault, "send"),
      resend: await callWith(fault, "resend"),
    };
    expect(found).toEqual(expected);
  });
});

describe("refusals for a while", () => {
  const refuseUntil = (rig: ClientRig, code: number, untilMillis: number): FaultPlan => ({
    cutRequest: () => undefined,
    faultOf: ({ name }) =>
      name === "stream.create" && rig.clock.monotonicMillis() < untilMillis
        ? { kind: "refuse", code, executed: false }
        : undefined,
  });

  it.each([TransientNotCommitted, TransientNotAccepted])(
    "%i: the call waits until it is taken",
    async (code) => {
      const rig = new ClientRig(1);
      const client = await rig.run(rig.connect({ requestTimeoutMillis: 5000 }), "connecting");
      rig.peer.plan = refuseUntil(rig, code, rig.clock.monotonicMillis() + 3000);
      await rig.run(client.streams.create("s"), "creating", 5000);
      expect(rig.model.catalog.streams.all.map(({ name }) => name)).toEqual(["s"]);
      // One frame every 50 ms: neither a storm nor a single try.
      expect(rig.peer.requests.filter((name) => name === "stream.create").length).toBeGreaterThan(30);
      expect(rig.peer.requests.filter((name) => name === "stream.create").length).toBeLessThan(80);
      await rig.run(client.close(), "closing");
      await rig.finish();
    },
  );

  it.each([
    [TransientNotCommitted, "iggy-client.outcome-unknown"],
    [TransientNotAccepted, "iggy-client.refused"],
  ])("%i for ever: ends in time with %s", async (code, error) => {
    const rig = new ClientRig(1);
    const client = await rig.run(rig.connect({ requestTimeoutMillis: 2000 }), "connecting");
    rig.peer.plan = refuseUntil(rig, code, Number.POSITIVE_INFINITY);
    const outcome = await rig.run(outcomeOf(client.streams.create("s")), "creating", 2100);
    expect(outcome).toMatchObject({ kind: "failed", code: error });
    rig.peer.plan = NO_FAULTS;
    await rig.run(client.streams.create("s2"), "creating afterwards", 2000);
    await rig.run(client.close(), "closing");
    await rig.finish();
  });
});

import { describe, expect, it } from "vitest";
import { clientFixture, READ } from "../spec-support/client-fixture.js";
import { advanceUntil, type PeerRequest, type ScriptedPeer } from "../spec-support/scripted-peer.js";
import type { IggyClient } from "./iggy-client.js";

const { peerWith, clientOf } = clientFixture();

const SEND = {
  stream: "s",
  topic: "t",
  partitioning: { kind: "partition", partitionId: 0 },
  messages: [{ id: 1n, payload: Uint8Array.of(1) }],
} as const;

const CALLS: Record<string, { call: (client: IggyClient) => Promise<unknown>; repeated: boolean }> = {
  "stream.list": { call: (client) => client.streams.list(), repeated: true },
  "group.sync": { call: (client) => client.groups.sync("s", "t", "g"), repeated: true },
  "offset.store": { call: (client) => client.offsets.store({ ...READ, offset: 3 }), repeated: true },
  "stream.delete": { call: (client) => client.streams.delete("s"), repeated: false },
  "group.join": { call: (client) => client.groups.join("s", "t", "g"), repeated: false },
  "segment.delete": { call: (client) => client.partitions.deleteSegments("s", "t", 0, 1), repeated: false },
  "message.send": { call: (client) => client.sendMessages(SEND), repeated: false },
};

/** Runs a call whose first request the peer meets with `fault`, and tells how it ended and how often it was sent. */
async function outcomeWith(name: string, fault: (request: PeerRequest) => void) {
  let faults = 1;
  const peer = await peerWith((request) => {
    if (request.name === "group.sync" && faults === 0) request.reply(null);
    else if (request.name !== name || faults-- <= 0) return false;
    else fault(request);
    return true;
  });
  const { client, clock } = await clientOf(peer);
  let ended = "";
  const { call } = CALLS[name]!;
  call(client).then(
    () => {
      ended = "fulfilled";
    },
    (error: { code: string }) => {
      ended = error.code;
    },
  );
  await advanceUntil(clock, () => ended !== "" && client.connected);
  return { ended, sent: peer.named(name).length, peer, client };
}

describe("after a lost connection", () => {
  it.each(Object.entries(CALLS))("%s is repeated only if that is harmless", async (name, { repeated }) => {
    const { ended, sent } = await outcomeWith(name, (request) => request.connection.drop());
    expect({ ended, sent }).toEqual(
      repeated ? { ended: "fulfilled", sent: 2 } : { ended: "iggy-client.outcome-unknown", sent: 1 },
    );
  });

  it("a send with the caller's leave is repeated, byte for byte the same batch", async () => {
    let faults = 1;
    const peer = await peerWith((request) => {
      if (request.name !== "message.send" || faults-- <= 0) return false;
      request.connection.drop();
      return true;
    });
    const { client, clock } = await clientOf(peer);
    const sent = client.sendMessages({ ...SEND, resend: true });
    await advanceUntil(clock, () => peer.named("message.send").length === 2);
    await sent;
    const bodies = peer
      .named("message.send")
      .map(({ frame }) => Buffer.from(frame.subarray(256)).toString("hex"));
    expect(new Set(bodies).size).toBe(1);
    expect(client.diagnostics.snapshot().retries).toMatchObject({ resend: 1 });
  });

  it("a creation is looked up before it is made again", async () => {
    const stream = record("s");
    let created = false;
    const peer = await peerWith((request) => {
      if (request.name === "stream.get") request.reply(created ? stream : null);
      else if (request.name === "stream.create") {
        created = true;
        request.connection.drop();
      } else return false;
      return true;
    });
    const { client, clock } = await clientOf(peer);
    const ensured = client.streams.ensure("s");
    await advanceUntil(clock, () => peer.named("stream.get").length === 2);
    expect(await ensured).toMatchObject({ name: "s" });
    expect(peer.named("stream.create").length).toBe(1);
  });
});

describe("when the server does not know the session", () => {
  it.each(Object.keys(CALLS))("%s is sent on a new one, since it was not executed", async (name) => {
    const { ended, sent, client } = await outcomeWith(name, (request) => request.refuseByStatus(40));
    expect({ ended, sent }).toEqual({ ended: "fulfilled", sent: 2 });
    expect(client.diagnostics.snapshot()).toMatchObject({ sessions: 2, sessionsLost: 1 });
  });
});

describe("after transient refusals", () => {
  it.each([
    [58, "fulfilled", 2],
    [57, "iggy-client.outcome-unknown", 1],
  ])("%s and a lost connection, a change ends as %s", async (code, expected, sentCount) => {
    let refused = false;
    const { peer, client, clock } = await refusing(code, () => {
      refused = true;
    });
    let ended = "";
    client.streams.delete("s").then(
      () => {
        ended = "fulfilled";
      },
      (error: { code: string }) => {
        ended = error.code;
      },
    );
    await advanceUntil(clock, () => refused);
    peer.script = () => false;
    const sentBefore = peer.named("stream.delete").length;
    peer.connections[0]!.drop();
    await advanceUntil(clock, () => ended !== "" && client.connected);
    expect(ended).toBe(expected);
    expect(peer.named("stream.delete").length - sentBefore).toBe(sentCount - 1);
  });

  it.each([
    [57, "iggy-client.outcome-unknown"],
    [58, "iggy-client.refused"],
  ])("%s until the time is over, a change ends as %s", async (code, expected) => {
    const { client, clock } = await refusing(code, () => {});
    let failure: unknown;
    client.streams.delete("s", { timeoutMillis: 500 }).catch((error: unknown) => {
      failure = error;
    });
    await advanceUntil(clock, () => failure !== undefined);
    expect(failure).toMatchObject({ code: expected, context: { code, transient: true } });
  });

  it("59, executed before with its result gone, is an unknown outcome", async () => {
    const { ended } = await outcomeWith("stream.delete", (request) => request.refuseByResult(59));
    expect(ended).toBe("iggy-client.outcome-unknown");
  });

  async function refusing(code: number, onRefused: () => void) {
    const peer: ScriptedPeer = await peerWith((request) => {
      if (request.name !== "stream.delete") return false;
      request.refuseByResult(code);
      onRefused();
      return true;
    });
    return { peer, ...(await clientOf(peer)) };
  }
});

function record(name: string) {
  const counts = { topicCount: 0, sizeBytes: 0, messageCount: 0 };
  return { id: 1, createdAtMicros: 1, ...counts, name, options: [], topics: [] };
}

import type { ClusterNode } from "@ims/iggy-protocol";
import { EvictionReason, IggyErrorCode } from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { ServerModel } from "../model/server-model.js";
import { always, type Fault, faultsOf } from "../peer/fault.js";
import { IggyPeer } from "../peer/iggy-peer.js";
import { ClientRig, RIG_HOST, RIG_PORT } from "../rig/client-rig.js";
import { outcomeOf } from "../spec-support/outcomes.js";

const NEWER_VERSION = (12 << 10) | 3;
const LOGIN = "session.login";

const PASSING: readonly (readonly [what: string, fault: Fault])[] = [
  ["a close before the reply", { kind: "close", executed: true, replyBytes: 0, how: "end" }],
  ["a close in the reply", { kind: "close", executed: true, replyBytes: 260, how: "reset" }],
  ["a delay", { kind: "delay", millis: 900 }],
  ["a dropped reply", { kind: "drop-reply", executed: true }],
  ["silence", { kind: "silence" }],
  ["a wrong size", { kind: "wrong-size", size: 100 }],
  ["garbage", { kind: "garbage", bytes: new Uint8Array(300).fill(0xa5) }],
  ["57", { kind: "refuse", code: IggyErrorCode.TransientNotCommitted, executed: false }],
  ["58", { kind: "refuse", code: IggyErrorCode.TransientNotAccepted, executed: false }],
  ["a reply that comes twice", { kind: "duplicate-reply" }],
  ["a reply to an unknown request", { kind: "unknown-reply" }],
  ["a session error", { kind: "evict", reason: EvictionReason.SessionError, close: false }],
];

const HOPELESS: readonly (readonly [code: string, fault: Fault])[] = [
  ["iggy-client.incompatible-version", { kind: "newer-version", version: NEWER_VERSION }],
  ["iggy-client.login-refused", { kind: "evict", reason: EvictionReason.InvalidCredentials, close: false }],
  ["iggy-client.login-refused", { kind: "evict", reason: EvictionReason.InvalidToken, close: true }],
  ["iggy-client.login-refused", { kind: "evict", reason: EvictionReason.UserInactive, close: false }],
];

describe("a login with one fault", () => {
  it.each(PASSING)("succeeds in the end: %s", async (_, fault) => {
    const rig = new ClientRig(1);
    rig.peer.plan = faultsOf(LOGIN, fault);
    const client = await rig.run(rig.connect({ requestTimeoutMillis: 1000 }), "connecting", 20_000);
    expect([...rig.peer.faultCounts]).toEqual([[fault.kind, 1]]);
    await rig.run(client.ping(), "a ping");
    await rig.run(client.close(), "closing");
    await rig.finish();
  });

  it.each(HOPELESS)("that nothing can mend ends in %s", async (code, fault) => {
    const rig = new ClientRig(1);
    rig.peer.plan = always(LOGIN, fault);
    const outcome = await rig.run(outcomeOf(rig.connect()), "connecting", 10_000);
    expect(outcome).toMatchObject({ kind: "failed", code });
    expect(rig.peer.requests).toEqual([LOGIN]);
    await rig.finish();
  });

  it("names both versions where they differ", async () => {
    const rig = new ClientRig(1);
    rig.peer.plan = always(LOGIN, { kind: "newer-version", version: NEWER_VERSION });
    await expect(rig.run(rig.connect(), "connecting")).rejects.toThrow(/0\.12\.3.*0\.11\.0/);
    await rig.finish();
  });

  it("waits for a server that says nothing no longer than it was told to", async () => {
    const rig = new ClientRig(1);
    rig.peer.plan = always(LOGIN, { kind: "silence" });
    const connecting = rig.connect({ requestTimeoutMillis: 1000, connectTimeoutMillis: 10_000 });
    const outcome = await rig.run(outcomeOf(connecting), "connecting", 11_000);
    expect(outcome).toMatchObject({ kind: "failed", code: "iggy-client.connect-timeout" });
    await rig.finish();
  });
});

describe("an address that does not take connections", () => {
  it.each(["refuse", "silence"] as const)("is tried again until it does: %s", async (outcome) => {
    const rig = new ClientRig(1);
    let attempts = 0;
    rig.network.dialOutcome = () => (++attempts <= 3 ? outcome : "connect");
    const client = await rig.run(rig.connect(), "connecting", 60_000);
    expect(attempts).toBe(4);
    await rig.run(client.close(), "closing");
    await rig.finish();
  });
});

const SECOND_HOST = "10.0.0.2";

function node(ip: string, role: ClusterNode["role"]): ClusterNode {
  return {
    name: ip,
    ip,
    tcpPort: RIG_PORT,
    quicPort: 0,
    httpPort: 0,
    webSocketPort: 0,
    role,
    status: "healthy",
  };
}

describe("a cluster", () => {
  it("whose other node leads is entered there", async () => {
    const rig = new ClientRig(1);
    const leader = new IggyPeer(rig.model, rig.clock);
    rig.network.listen(SECOND_HOST, RIG_PORT, leader.accept);
    rig.model.nodes = [node(RIG_HOST, "follower"), node(SECOND_HOST, "leader")];
    const client = await rig.run(rig.connect(), "connecting");
    await rig.run(client.streams.create("s"), "creating");
    expect(leader.requests).toContain("stream.create");
    expect(rig.peer.requests).not.toContain("stream.create");
    await rig.run(client.close(), "closing");
    leader.close();
    await rig.finish();
  });

  it("whose nodes each name the other is a typed error, and entered once they agree", async () => {
    const rig = new ClientRig(1);
    const otherModel = new ServerModel({ clock: rig.clock });
    const other = new IggyPeer(otherModel, rig.clock);
    rig.network.listen(SECOND_HOST, RIG_PORT, other.accept);
    rig.model.nodes = [node(RIG_HOST, "follower"), node(SECOND_HOST, "leader")];
    otherModel.nodes = [node(RIG_HOST, "leader"), node(SECOND_HOST, "follower")];
    const lost = await rig.run(outcomeOf(rig.connect({ connectTimeoutMillis: 5000 })), "connecting");
    expect(lost).toMatchObject({ kind: "failed", code: "iggy-client.connect-timeout" });
    const logins = [...rig.peer.requests, ...other.requests].filter((name) => name === LOGIN).length;
    // Three hops and a growing pause: nothing like a loop without end.
    expect(logins).toBeLessThan(60);

    const errors: unknown[] = [];
    const connecting = rig.connect();
    await rig.clock.advance(3000);
    rig.model.nodes = otherModel.nodes;
    const client = await rig.run(connecting, "connecting");
    client.on("error", (error) => errors.push(error));
    await rig.run(client.ping(), "a ping");
    await rig.run(client.close(), "closing");
    other.close();
    await rig.finish();
    expect(errors).toEqual([]);
  });

  it("without a leader is waited for, and then used as it is", async () => {
    const rig = new ClientRig(1);
    rig.model.nodes = [node(RIG_HOST, "follower"), node(SECOND_HOST, "follower")];
    const before = rig.clock.monotonicMillis();
    const client = await rig.run(rig.connect(), "connecting");
    expect(rig.clock.monotonicMillis() - before).toBeGreaterThanOrEqual(4500);
    expect(rig.clock.monotonicMillis() - before).toBeLessThanOrEqual(6000);
    await rig.run(client.close(), "closing");
    await rig.finish();
  });
});

import { describe, expect, it } from "vitest";
import { IggyClient } from "../client/iggy-client.js";
import { clusterFixture, loginsOf, nodeOf, rosterOf } from "../spec-support/cluster-fixture.js";
import { advanceUntil, type ScriptedPeer, seededRandom, until } from "../spec-support/scripted-peer.js";

const { clock, cluster, connect } = clusterFixture();

describe("the leader", () => {
  it("is gone to after the login, and stayed with", async () => {
    const servers = await cluster(3);
    const leader = servers[2]!;
    for (const peer of servers) peer.cluster = rosterOf(servers, leader);
    const client = await connect(servers[0]!);
    expect(loginsOf(servers)).toEqual([1, 0, 1]);
    await until(() => servers[0]!.connections[0]!.closed);
    await client.ping();
    expect(leader.named("system.ping").length).toBe(1);
    expect(client.diagnostics.snapshot()).toMatchObject({ redirects: 1, sessions: 1 });
    leader.connections[0]!.drop();
    await until(() => !client.connected);
    await advanceUntil(clock, () => client.connected);
    expect(loginsOf(servers)).toEqual([1, 0, 2]);
  });

  it("that is gone is looked for at the addresses of the settings, which name the new one", async () => {
    const servers = await cluster(3);
    const [seed, old, next] = servers as [ScriptedPeer, ScriptedPeer, ScriptedPeer];
    for (const peer of servers) peer.cluster = rosterOf(servers, old);
    const client = await connect(seed);
    const redirects: unknown[] = [];
    client.on("redirected", (redirect) => redirects.push(redirect));
    for (const peer of servers) peer.cluster = rosterOf(servers, next);
    await old.close();
    await until(() => !client.connected);
    await advanceUntil(clock, () => client.connected);
    expect(loginsOf(servers)).toEqual([2, 1, 1]);
    expect(redirects).toEqual([{ from: `127.0.0.1:${seed.port}`, to: `127.0.0.1:${next.port}` }]);
    await old.listen(old.port);
  });

  it("is not gone to when follow_leader is false", async () => {
    const servers = await cluster(2);
    for (const peer of servers) peer.cluster = rosterOf(servers, servers[1]);
    await connect(servers[0]!, "&follow_leader=false");
    expect(loginsOf(servers)).toEqual([1, 0]);
    expect(servers[0]!.named("system.cluster-metadata").length).toBe(0);
  });

  it("is recognised as the server at hand by its name or address", async () => {
    const servers = await cluster(2);
    const [seed] = servers as [ScriptedPeer];
    seed.cluster = rosterOf(servers, seed);
    const client = await IggyClient.connect(seed.url.replace("127.0.0.1", "localhost"), {
      clock,
      random: seededRandom(),
    });
    expect(loginsOf(servers)).toEqual([1, 0]);
    await client.close();
  });

  it("is waited for, 250 ms at a time, and not for ever", async () => {
    const servers = await cluster(2);
    const [seed, other] = servers as [ScriptedPeer, ScriptedPeer];
    seed.cluster = rosterOf(servers, undefined);
    const first = connect(seed);
    await until(() => seed.named("system.cluster-metadata").length === 1);
    await clock.advance(1000);
    await until(() => seed.named("system.cluster-metadata").length > 1);
    seed.cluster = rosterOf(servers, other);
    await advanceUntil(clock, () => loginsOf(servers)[1] === 1);
    await first;
    seed.cluster = { name: "c", nodes: [nodeOf(seed, "follower"), nodeOf(other, "leader", "unreachable")] };
    const startMillis = clock.monotonicMillis();
    let client: IggyClient | undefined;
    void connect(seed).then((connected) => {
      client = connected;
    });
    await advanceUntil(clock, () => client !== undefined);
    expect(clock.monotonicMillis() - startMillis).toBeLessThanOrEqual(5100);
    expect(clock.monotonicMillis() - startMillis).toBeGreaterThan(4500);
    expect(loginsOf(servers)).toEqual([2, 1]);
  });

  it.each([
    [
      "a refusal",
      (peer: ScriptedPeer) => (request: Parameters<ScriptedPeer["answer"]>[0]) => {
        if (request.name !== "system.cluster-metadata") return false;
        request.refuseByStatus(3);
        return peer !== undefined;
      },
    ],
    [
      "a roster cut short",
      (peer: ScriptedPeer) => (request: Parameters<ScriptedPeer["answer"]>[0]) => {
        if (request.name !== "system.cluster-metadata") return false;
        const whole = Buffer.from(request.replyFrame(rosterOf([peer], peer)));
        const cut = whole.subarray(0, whole.length - 9);
        cut.writeUInt32LE(cut.length, 48);
        request.connection.write(cut);
        return true;
      },
    ],
  ])("does not matter where the roster cannot be read: %s", async (_, script) => {
    const [peer] = (await cluster(1)) as [ScriptedPeer];
    peer.script = script(peer);
    const client = await connect(peer);
    await client.ping();
  });

  it("is asked for again when a server has answered 58 for two seconds, and gets the change", async () => {
    const servers = await cluster(2);
    const [old, next] = servers as [ScriptedPeer, ScriptedPeer];
    const client = await connect(old);
    const ends: string[] = [];
    client.on("disconnected", (error) => ends.push(error.code));
    old.script = (request) => {
      if (request.name !== "stream.delete") return false;
      request.refuseByResult(58);
      return true;
    };
    for (const peer of servers) peer.cluster = rosterOf(servers, next);
    const deleted = client.streams.delete("s");
    await advanceUntil(clock, () => next.named("stream.delete").length === 1);
    await deleted;
    expect(ends).toEqual(["iggy-client.redirected"]);
    expect(clock.monotonicMillis()).toBeGreaterThanOrEqual(2000);
    expect(client.diagnostics.snapshot()).toMatchObject({
      redirects: 1,
      sessions: 2,
      retries: { resend: 0 },
    });
  });
});

describe("a server that says nothing of its cluster", () => {
  it("is stayed with after five seconds, for good", async () => {
    const [peer] = (await cluster(1)) as [ScriptedPeer];
    peer.script = (request) => request.name === "system.cluster-metadata";
    let client: IggyClient | undefined;
    void connect(peer).then((connected) => {
      client = connected;
    });
    const startMillis = clock.monotonicMillis();
    await advanceUntil(clock, () => client !== undefined);
    expect(clock.monotonicMillis() - startMillis).toBeLessThanOrEqual(5010);
    await clock.advance(120_000);
    await client!.ping();
    expect(peer.connections.length).toBe(1);
  });
});

describe("a redirect loop", () => {
  it("ends in a typed error after three hops, and the first address is tried again later", async () => {
    const servers = await cluster(2);
    const [a, b] = servers as [ScriptedPeer, ScriptedPeer];
    a.cluster = rosterOf(servers, b);
    b.cluster = rosterOf(servers, a);
    const connecting = IggyClient.connect(a.url, {
      clock,
      random: seededRandom(),
      connectTimeoutMillis: 4000,
    });
    connecting.catch(() => {});
    await until(() => loginsOf(servers).every((count) => count === 2));
    // Only a pause brings the next attempt.
    await clock.advance(40);
    expect(loginsOf(servers)).toEqual([2, 2]);
    await advanceUntil(clock, () => loginsOf(servers)[0]! > 2);
    a.cluster = rosterOf(servers, a);
    await advanceUntil(clock, () => a.connections.some(({ closed }) => !closed));
    const client = await connecting;
    await client.ping();
    await client.close();
  });

  it("is the cause when connecting takes too long", async () => {
    const servers = await cluster(2);
    const [a, b] = servers as [ScriptedPeer, ScriptedPeer];
    a.cluster = rosterOf(servers, b);
    b.cluster = rosterOf(servers, a);
    let failure: unknown;
    IggyClient.connect(a.url, { clock, random: seededRandom(), connectTimeoutMillis: 300 }).catch(
      (error: unknown) => {
        failure = error;
      },
    );
    await advanceUntil(clock, () => failure !== undefined);
    expect(failure).toMatchObject({
      code: "iggy-client.connect-timeout",
      cause: { code: "iggy-client.redirect-loop" },
    });
  });
});

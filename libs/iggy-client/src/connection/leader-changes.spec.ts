import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterFixture, loginsOf, rosterOf } from "../spec-support/cluster-fixture.js";
import { advanceUntil, type ScriptedPeer, until } from "../spec-support/scripted-peer.js";

const { clock, closeAll, cluster, connect } = clusterFixture();

describe("a leader that changes", () => {
  it("is no loop, however often, as long as there are sessions in between", async () => {
    const servers = await cluster(2);
    for (const peer of servers) peer.cluster = rosterOf(servers, servers[0]);
    const client = await connect(servers[0]!);
    const errors: string[] = [];
    client.on("error", (error) => errors.push(error.message));
    for (let change = 1; change <= 6; change++) {
      const old = servers[(change + 1) % 2]!;
      for (const peer of servers) peer.cluster = rosterOf(servers, servers[change % 2]);
      old.connections.at(-1)!.drop();
      await until(() => !client.connected);
      await advanceUntil(clock, () => client.connected);
    }
    expect(errors).toEqual([]);
    expect(client.diagnostics.snapshot()).toMatchObject({ redirects: 6, sessions: 7 });
  });

  it("is not asked for when a refusal with 58 passes", async () => {
    const [peer] = (await cluster(1)) as [ScriptedPeer];
    let refuses = false;
    peer.script = (request) => {
      if (request.name !== "stream.delete" || !refuses) return false;
      refuses = false;
      request.refuseByResult(58);
      return true;
    };
    const client = await connect(peer);
    for (let turn = 0; turn < 4; turn++) {
      refuses = true;
      const sent = peer.named("stream.delete").length;
      const deleted = client.streams.delete("s");
      await advanceUntil(clock, () => peer.named("stream.delete").length === sent + 2);
      await deleted;
      await clock.advance(1500);
    }
    expect(peer.named("system.cluster-metadata").length).toBe(1);
  });
});

const RUNS = Number(process.env.IMS_SEEDS ?? 25);

describe("whatever happens to a cluster", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("lead" as const), at: fc.nat(2) }),
    fc.record({ kind: fc.constant("disagree" as const), at: fc.nat(2), leader: fc.nat(2) }),
    fc.record({ kind: fc.constant("drop" as const), at: fc.nat(2) }),
    fc.record({ kind: fc.constant("stop" as const), at: fc.nat(2) }),
    fc.record({ kind: fc.constant("start" as const), at: fc.nat(2) }),
    fc.record({ kind: fc.constant("pass" as const), millis: fc.nat(3000) }),
  );

  it("the client ends up with the leader once there is one, and never in a storm of logins", {
    timeout: 20_000 + 40 * RUNS,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const servers = await cluster(3);
        const running = new Set(servers);
        const agreeOn = (leader: ScriptedPeer) => {
          for (const peer of servers) peer.cluster = rosterOf(servers, leader);
        };
        agreeOn(servers[0]!);
        const client = await connect(servers[0]!, "&reconnection_interval_max=1s");
        const startMillis = clock.monotonicMillis();
        for (const each of steps) {
          const peer = "at" in each ? servers[each.at]! : servers[0]!;
          if (each.kind === "lead") agreeOn(peer);
          else if (each.kind === "disagree") peer.cluster = rosterOf(servers, servers[each.leader]);
          else if (each.kind === "drop") for (const connection of peer.connections) connection.drop();
          else if (each.kind === "stop" && running.delete(peer)) await peer.close();
          else if (each.kind === "start" && !running.has(peer)) {
            await peer.listen(peer.port);
            running.add(peer);
          } else if (each.kind === "pass") await clock.advance(each.millis);
        }
        for (const peer of servers) if (!running.has(peer)) await peer.listen(peer.port);
        const leader = servers[steps.length % 3]!;
        agreeOn(leader);
        for (const peer of servers) for (const connection of peer.connections) connection.drop();
        await until(() => !client.connected);
        await advanceUntil(clock, () => client.connected);
        expect(leader.connections.some(({ closed }) => !closed)).toBe(true);
        // A round is four logins at most for the one address, and rounds are 50 ms apart or more.
        const rounds = 2 + steps.length + (clock.monotonicMillis() - startMillis) / 50;
        const logins = loginsOf(servers).reduce((sum, count) => sum + count, 0);
        expect(logins).toBeLessThanOrEqual(4 * rounds);
        await closeAll();
      }),
      { numRuns: RUNS },
    );
  });
});

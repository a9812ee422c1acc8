import { SimulatedClock } from "@ims/common";
import { afterEach, describe, expect, it } from "vitest";
import type { ConnectOptions } from "../client/client-options.js";
import { IggyClient } from "../client/iggy-client.js";
import { advanceUntil, ScriptedPeer, seededRandom, until } from "../spec-support/scripted-peer.js";
import { dial } from "./dial.js";

const clock = new SimulatedClock();
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
  expect(clock.pendingTimerCount).toBe(0);
});

async function peers(count: number): Promise<ScriptedPeer[]> {
  const started = await Promise.all([...Array(count)].map(() => ScriptedPeer.start()));
  open.push(...started);
  return started;
}

function urlOf(servers: readonly ScriptedPeer[], options = ""): string {
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`).join(",");
  return `iggy://iggy:iggy@${hosts}?heartbeat_interval=0${options}`;
}

async function connect(url: string, options: ConnectOptions = {}): Promise<IggyClient> {
  const client = await IggyClient.connect(url, { clock, random: seededRandom(), ...options });
  open.push(client);
  return client;
}

const loginsOf = (servers: readonly ScriptedPeer[]) =>
  servers.map((peer) => peer.named("session.login").length);

describe("several addresses", () => {
  it("tries one after the other at once, and begins with the last good one after a loss", async () => {
    const servers = await peers(3);
    const [first, second, third] = servers as [ScriptedPeer, ScriptedPeer, ScriptedPeer];
    await first.close();
    const startMillis = clock.monotonicMillis();
    const client = await connect(urlOf(servers));
    expect(clock.monotonicMillis()).toBe(startMillis);
    expect(loginsOf(servers)).toEqual([0, 1, 0]);
    second.connections[0]!.drop();
    await until(() => !client.connected);
    await advanceUntil(clock, () => client.connected);
    expect(loginsOf(servers)).toEqual([0, 2, 0]);
    await second.close();
    await until(() => !client.connected);
    await advanceUntil(clock, () => client.connected);
    expect(loginsOf(servers)).toEqual([0, 2, 1]);
    await first.listen(first.port);
    await second.listen(second.port);
    third.connections[0]!.drop();
    await until(() => !client.connected);
    await advanceUntil(clock, () => client.connected);
    expect(loginsOf(servers)).toEqual([0, 2, 2]);
  });

  it("leaves a server that answers 58 to the login for the next one", async () => {
    const servers = await peers(2);
    servers[0]!.script = (request) => {
      request.refuseByResult(58);
      return true;
    };
    const connecting = connect(urlOf(servers));
    await advanceUntil(clock, () => servers[1]!.named("session.login").length === 1);
    await connecting;
    const frames = servers[0]!.requests.map(({ frame }) => Buffer.from(frame).toString("hex"));
    expect(frames.length).toBe(41);
    expect(new Set(frames).size).toBe(1);
  });

  it("names every address when no session comes about", async () => {
    const servers = await peers(2);
    const url = urlOf(servers);
    for (const peer of servers) await peer.close();
    let failure: unknown;
    IggyClient.connect(url, { clock, random: seededRandom(), connectTimeoutMillis: 500 }).catch(
      (error: unknown) => {
        failure = error;
      },
    );
    await advanceUntil(clock, () => failure !== undefined);
    expect(failure).toMatchObject({
      code: "iggy-client.connect-timeout",
      message: expect.stringContaining(servers.map(({ port }) => `127.0.0.1:${port}`).join(", ")),
      cause: { code: "iggy-client.not-connected", message: expect.stringMatching(/ECONNREFUSED/) },
    });
    for (const peer of servers) await peer.listen(peer.port);
  });
});

describe("pauses between attempts", () => {
  it("grow to the cap with jitter, and never end by default", async () => {
    const [peer] = (await peers(1)) as [ScriptedPeer];
    const dialedAt: number[] = [];
    let isAway = false;
    const client = await connect(urlOf([peer], "&reconnection_interval_max=1s"), {
      dial: (...request) => {
        dialedAt.push(clock.monotonicMillis());
        return isAway ? Promise.reject(new Error("away")) : dial(...request);
      },
    });
    isAway = true;
    peer.connections[0]!.drop();
    await until(() => !client.connected);
    dialedAt.length = 0;
    await clock.advance(3_600_000);
    expect(dialedAt.length).toBeGreaterThan(3600);
    const pauses = dialedAt.slice(1).map((at, i) => at - dialedAt[i]!);
    for (const [i, pause] of pauses.entries()) {
      const full = Math.min(1000, 100 * 2 ** Math.min(i + 1, 10));
      expect(pause).toBeGreaterThanOrEqual(full / 2);
      expect(pause).toBeLessThanOrEqual(full);
    }
    expect(new Set(pauses.slice(10)).size).toBeGreaterThan(100);
    isAway = false;
    await advanceUntil(clock, () => client.connected);
    // A session makes the pauses short again.
    peer.connections.at(-1)!.drop();
    await until(() => !client.connected);
    const lostAtMillis = clock.monotonicMillis();
    dialedAt.length = 0;
    await clock.advance(100);
    expect(dialedAt[0]! - lostAtMillis).toBeLessThanOrEqual(100);
    await until(() => client.connected);
  });

  it("end after the given number of rounds, and calls then fail at once", async () => {
    const servers = await peers(2);
    const client = await connect(urlOf(servers, "&reconnection_retries=2"));
    let failures = 0;
    client.on("error", () => failures++);
    for (const peer of servers) await peer.close();
    await until(() => !client.connected);
    const waiting = client.ping();
    waiting.catch(() => {});
    await advanceUntil(clock, () => failures === 6);
    await expect(waiting).rejects.toMatchObject({ code: "iggy-client.not-connected" });
    await expect(client.ping()).rejects.toMatchObject({ code: "iggy-client.not-connected" });
    expect(clock.pendingTimerCount).toBe(0);
    for (const peer of servers) await peer.listen(peer.port);
  });

  it("do not come at all with reconnection_retries=0, and connecting rejects with what was wrong", async () => {
    const [peer] = (await peers(1)) as [ScriptedPeer];
    const url = urlOf([peer], "&reconnection_retries=0");
    await peer.close();
    await expect(IggyClient.connect(url, { clock, random: seededRandom() })).rejects.toMatchObject({
      code: "iggy-client.not-connected",
      message: expect.stringMatching(/cannot be reached \(connect ECONNREFUSED/),
    });
    await peer.listen(peer.port);
  });

  it("last at least as long as reestablish_after since the last session began", async () => {
    const [peer] = (await peers(1)) as [ScriptedPeer];
    const client = await connect(urlOf([peer], "&reestablish_after=5s"));
    await clock.advance(2000);
    peer.connections[0]!.drop();
    await until(() => !client.connected);
    await clock.advance(2999);
    expect(peer.connections.length).toBe(1);
    await clock.advance(1);
    await until(() => peer.connections.length === 2);
    await until(() => client.connected);
  });
});

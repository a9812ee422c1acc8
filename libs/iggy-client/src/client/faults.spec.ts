import { SimulatedClock } from "@ims/common";
import { EvictionReason } from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { clientFixture, READ } from "../spec-support/client-fixture.js";
import { advanceUntil, seededRandom, until } from "../spec-support/scripted-peer.js";
import { IggyClient } from "./iggy-client.js";

const { peerWith, clientOf } = clientFixture();

/** What a client sends before it has a session. */
const SETTING_UP: ReadonlySet<string> = new Set(["session.login", "system.cluster-metadata"]);

describe("faults", () => {
  it("a connection lost in mid-frame: reads are repeated, writes have an unknown outcome", async () => {
    let faults = 1;
    const peer = await peerWith((request) => {
      if (SETTING_UP.has(request.name) || faults === 0) return false;
      if (request.name !== "stream.delete") return true;
      faults--;
      request.connection.write(request.replyFrame(undefined).subarray(0, 200));
      setImmediate(() => request.connection.socket.end());
      return true;
    });
    const { client, clock } = await clientOf(peer);
    const seen: string[] = [];
    client.on("disconnected", (error) => seen.push(`disconnected ${(error as { code?: string }).code}`));
    client.on("connected", () => seen.push("connected"));
    const listed = client.streams.list();
    const deleted = client.streams.delete("s");
    await expect(deleted).rejects.toMatchObject({ code: "iggy-client.outcome-unknown" });
    await advanceUntil(clock, () => client.connected);
    expect(await listed).toEqual([]);
    expect(seen).toEqual(["disconnected iggy-client.connection-lost", "connected"]);
    expect(peer.named("stream.delete").length).toBe(1);
  });

  it("a reply that stays away ends the connection at the deadline", async () => {
    const peer = await peerWith((request) => request.name === "stream.delete");
    const { client, clock } = await clientOf(peer, { requestTimeoutMillis: 1000 });
    const deleted = client.streams.delete("s");
    deleted.catch(() => {});
    await until(() => peer.named("stream.delete").length === 1);
    await clock.advance(999);
    expect(client.connected).toBe(true);
    await clock.advance(1);
    await expect(deleted).rejects.toMatchObject({
      code: "iggy-client.outcome-unknown",
      message: expect.stringMatching(/no reply within 1000 ms/),
    });
    await until(() => peer.connections[0]!.closed);
    await advanceUntil(clock, () => client.connected);
  });

  it.each([
    ["bytes that are no frame", Uint8Array.from({ length: 300 }, () => 0xa5)],
    [
      "a frame that declares 2 GiB",
      Uint8Array.from({ length: 256 }, (_, i) => (i === 51 ? 0x80 : i === 60 ? 8 : 0)),
    ],
    ["a request", Uint8Array.from({ length: 256 }, (_, i) => (i === 49 ? 1 : i === 60 ? 5 : 0))],
  ])("%s: disconnects and connects again", async (_, garbage) => {
    const peer = await peerWith();
    const { client, clock } = await clientOf(peer);
    const reasons: Error[] = [];
    client.on("disconnected", (error) => reasons.push(error));
    peer.connections[0]!.write(garbage);
    await until(() => reasons.length === 1);
    expect(reasons[0]).toMatchObject({
      code: "iggy-client.connection-lost",
      message: expect.stringMatching(/cannot be read/),
    });
    await advanceUntil(clock, () => client.connected);
    await client.ping();
  });

  it("ignores a reply to no request", async () => {
    const peer = await peerWith((request) => {
      if (request.name !== "system.ping") return false;
      request.reply(undefined);
      request.reply(undefined);
      return true;
    });
    const { client } = await clientOf(peer);
    await client.ping();
    await client.ping();
    expect(peer.connections.length).toBe(1);
  });

  it("an eviction is told with its name, and the client logs in again", async () => {
    const peer = await peerWith();
    const { client, clock } = await clientOf(peer);
    const evictions: { reason: number; name: string }[] = [];
    client.on("evicted", (eviction) => evictions.push(eviction));
    peer.requests[0]!.evict(EvictionReason.StaleClient);
    await until(() => evictions.length === 1);
    expect(evictions).toEqual([{ reason: 13, name: "StaleClient" }]);
    await advanceUntil(clock, () => client.connected);
    expect(peer.named("session.login").length).toBe(2);
  });

  it("calls without a session fail at the deadline with nothing sent", async () => {
    const peer = await peerWith();
    const { client, clock } = await clientOf(peer, { requestTimeoutMillis: 500 });
    await peer.close();
    await until(() => !client.connected);
    const call = client.streams.create("s");
    call.catch(() => {});
    await clock.advance(500);
    await expect(call).rejects.toMatchObject({ code: "iggy-client.not-connected", retryable: true });
    await peer.listen(peer.port);
    await advanceUntil(clock, () => client.connected);
  });

  it("sends heartbeats, and a dead peer is noticed by them", async () => {
    let silent = false;
    const peer = await peerWith((request) => request.name === "system.ping" && silent);
    const clock = new SimulatedClock();
    const url = peer.url.replace("heartbeat_interval=0", "heartbeat_interval=5s");
    const client = await IggyClient.connect(url, {
      clock,
      random: seededRandom(),
      requestTimeoutMillis: 1000,
    });
    await clock.advance(4999);
    expect(peer.named("system.ping").length).toBe(0);
    await clock.advance(1);
    await until(() => peer.named("system.ping").length === 1);
    silent = true;
    await advanceUntil(clock, () => peer.named("system.ping").length === 2);
    await advanceUntil(clock, () => peer.named("session.login").length === 2);
    silent = false;
    await until(() => client.connected);
    await client.close();
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("a poll that commits is not repeated, since its reply may have carried the only copy", async () => {
    let faults = 2;
    const peer = await peerWith((request) => {
      if (request.name !== "message.poll" || faults-- <= 0) return false;
      request.connection.drop();
      return true;
    });
    const { client, clock } = await clientOf(peer);
    const request = { ...READ, strategy: { kind: "next" }, count: 1 } as const;
    await expect(client.poll({ ...request, autoCommit: true })).rejects.toMatchObject({
      code: "iggy-client.outcome-unknown",
    });
    await advanceUntil(clock, () => client.connected);
    const repeated = client.poll(request);
    repeated.catch(() => {});
    await advanceUntil(clock, () => peer.named("message.poll").length === 3);
    expect((await repeated).messageCount).toBe(0);
  });
});

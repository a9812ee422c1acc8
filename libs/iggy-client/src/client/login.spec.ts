import { SimulatedClock } from "@ims/common";
import { EvictionReason, formatProtocolVersion, PROTOCOL_VERSION } from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { clientFixture } from "../spec-support/client-fixture.js";
import { advanceUntil, seededRandom, until } from "../spec-support/scripted-peer.js";
import { IggyClient } from "./iggy-client.js";

const { peerWith, clientOf } = clientFixture();

describe("login", () => {
  it("registers with a fresh client id, the protocol version and the credentials", async () => {
    const peer = await peerWith();
    const { client, clock } = await clientOf(peer);
    const [login] = peer.requests;
    expect(login!.header).toMatchObject({ operation: 1, request: 0n, session: 0n });
    expect(login!.header.client).not.toBe(0n);
    expect(login!.decode()).toMatchObject({
      protocolVersion: PROTOCOL_VERSION,
      credentials: { kind: "password", username: "iggy", password: "iggy" },
    });
    expect(client.connected).toBe(true);
    peer.connections[0]!.drop();
    await until(() => !client.connected);
    await advanceUntil(clock, () => client.connected);
    const ids = peer.named("session.login").map(({ header }) => header.client);
    expect(new Set(ids).size).toBe(2);
  });

  it.each([
    ["inFlightMax", 65],
    ["inFlightMax", 0],
    ["queueMax", 0],
    ["frameBytesMax", 255],
    ["requestTimeoutMillis", Number.NaN],
  ])("refuses %s %s", async (name, value) => {
    await expect(IggyClient.connect("iggy://a:b@h:1", { [name]: value })).rejects.toMatchObject({
      code: "iggy-client.argument",
      message: expect.stringContaining(`${name} is ${value}`),
    });
  });

  it("sends a personal access token as it is", async () => {
    const peer = await peerWith();
    const clock = new SimulatedClock();
    const client = await IggyClient.connect(`iggy://x%2FPhtwz=@127.0.0.1:${peer.port}?heartbeat_interval=0`, {
      clock,
      random: seededRandom(),
    });
    expect(peer.requests[0]!.decode()).toMatchObject({ credentials: { kind: "token", token: "x/Phtwz=" } });
    await client.close();
  });

  it("rejects at once for refused credentials", async () => {
    const peer = await peerWith((request) => {
      request.evict(EvictionReason.InvalidCredentials);
      return true;
    });
    await expect(clientOf(peer)).rejects.toMatchObject({ code: "iggy-client.login-refused" });
    await until(() => peer.connections.every(({ closed }) => closed));
  });

  it("names both versions when they do not match", async () => {
    const peer = await peerWith((request) => {
      const serverProtocolVersion = 12 << 10;
      request.evict(EvictionReason.IncompatibleProtocol, {
        serverProtocolVersion,
        serverProtocolVersionMin: serverProtocolVersion,
      });
      return true;
    });
    await expect(clientOf(peer)).rejects.toMatchObject({
      code: "iggy-client.incompatible-version",
      message: expect.stringMatching(`0.12.0.*${formatProtocolVersion(PROTOCOL_VERSION)}`),
    });
  });

  it("repeats the same frame while the server is not ready", async () => {
    let refusals = 2;
    const peer = await peerWith((request) => {
      if (refusals-- <= 0) return false;
      request.refuseByResult(57);
      return true;
    });
    const clock = new SimulatedClock();
    const connecting = IggyClient.connect(peer.url, { clock, random: seededRandom() });
    await until(() => peer.requests.length === 1);
    await advanceUntil(clock, () => peer.requests.length === 3);
    const client = await connecting;
    const frames = peer.requests.map(({ frame }) => Buffer.from(frame).toString("hex"));
    expect(new Set(frames).size).toBe(1);
    await client.close();
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("tries for ever until the signal aborts, or until the time is over", async () => {
    const peer = await peerWith();
    await peer.close();
    const clock = new SimulatedClock();
    const stop = new AbortController();
    const first = IggyClient.connect(peer.url, { clock, random: seededRandom(), signal: stop.signal });
    first.catch(() => {});
    await clock.advance(60_000);
    stop.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    const second = IggyClient.connect(peer.url, {
      clock,
      random: seededRandom(),
      connectTimeoutMillis: 3000,
    });
    second.catch(() => {});
    await clock.advance(3000);
    await expect(second).rejects.toMatchObject({
      code: "iggy-client.connect-timeout",
      cause: { code: "iggy-client.not-connected" },
    });
    expect(clock.pendingTimerCount).toBe(0);
    await peer.listen(peer.port);
  });
});

describe("session hooks", () => {
  it("run after every login, before sends, and are repeated when they fail", async () => {
    const peer = await peerWith();
    const { client, clock } = await clientOf(peer);
    let runs = 0;
    client.onSession(async () => {
      if (++runs === 1) throw new Error("not yet");
      await client.streams.list();
    });
    const errors: string[] = [];
    client.on("error", (error) => errors.push(error.message));
    peer.connections[0]!.drop();
    await until(() => !client.connected);
    const sent = client.sendMessages({
      stream: "s",
      topic: "t",
      partitioning: { kind: "balanced" },
      messages: [{ payload: Uint8Array.of(1) }],
    });
    await advanceUntil(clock, () => client.connected);
    expect(await sent).toEqual([{ streamId: 0, topicId: 0, partitionId: 0, baseOffset: 0 }]);
    expect([runs, errors]).toEqual([2, ["not yet"]]);
    expect(peer.connections[2]!.requests.map(({ name }) => name)).toEqual([
      "session.login",
      "system.cluster-metadata",
      "stream.list",
      "message.send",
    ]);
  });
});

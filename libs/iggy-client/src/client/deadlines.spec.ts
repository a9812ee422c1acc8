import { describe, expect, it } from "vitest";
import { clientFixture, READ } from "../spec-support/client-fixture.js";
import { advanceUntil, type PeerRequest, until } from "../spec-support/scripted-peer.js";

const { peerWith, clientOf } = clientFixture();

/** The code of the error that a call ends in, once it does. */
function codeOf(call: Promise<unknown>): { code?: string; message?: string } {
  const outcome: { code?: string; message?: string } = {};
  call.then(
    () => {
      outcome.code = "fulfilled";
    },
    (error: { code: string; message: string }) => {
      outcome.code = error.code;
      outcome.message = error.message;
    },
  );
  return outcome;
}

describe("the time of a call", () => {
  it("covers waiting for a session", async () => {
    const peer = await peerWith();
    const { client, clock } = await clientOf(peer);
    await peer.close();
    await until(() => !client.connected);
    const outcome = codeOf(client.streams.list({ timeoutMillis: 300 }));
    await clock.advance(299);
    expect(outcome.code).toBeUndefined();
    await clock.advance(1);
    expect(outcome).toMatchObject({
      code: "iggy-client.not-connected",
      message: expect.stringMatching(
        /stream.list was not sent: there is no session with 127.0.0.1:\d+ after 300 ms/,
      ),
    });
    await peer.listen(peer.port);
  });

  it("covers waiting for room on the wire, and leaves the place to the next call", async () => {
    const held: PeerRequest[] = [];
    const peer = await peerWith((request) => {
      if (request.name !== "offset.get") return false;
      held.push(request);
      return true;
    });
    const { client, clock } = await clientOf(peer, { inFlightMax: 1 });
    const first = client.offsets.get(READ);
    await until(() => held.length === 1);
    const second = codeOf(client.offsets.get(READ, { timeoutMillis: 50 }));
    const third = client.offsets.get(READ);
    await clock.advance(50);
    expect(second).toMatchObject({
      code: "iggy-client.not-connected",
      message: expect.stringMatching(/no room on the wire within 50 ms/),
    });
    held[0]!.reply(null);
    expect(await first).toBeNull();
    await until(() => held.length === 2);
    held[1]!.reply(null);
    expect(await third).toBeNull();
    expect(peer.named("offset.get").length).toBe(2);
  });

  it("covers waiting for earlier changes", async () => {
    const held: PeerRequest[] = [];
    const peer = await peerWith((request) => {
      if (request.name !== "stream.delete") return false;
      held.push(request);
      return true;
    });
    const { client, clock } = await clientOf(peer);
    const first = client.streams.delete("a");
    const second = codeOf(client.streams.delete("b", { timeoutMillis: 50 }));
    const third = client.streams.delete("c");
    await until(() => held.length === 1);
    await clock.advance(50);
    expect(second).toMatchObject({
      code: "iggy-client.not-connected",
      message: expect.stringMatching(/stream.delete was not sent: an earlier change/),
    });
    held[0]!.reply(undefined);
    await first;
    await until(() => held.length === 2);
    held[1]!.reply(undefined);
    await third;
    expect(held.map((request) => request.decode())).toEqual([{ stream: "a" }, { stream: "c" }]);
  });

  it("ends a call whose reply is late without the connection, and the late reply disturbs nothing", async () => {
    const held: PeerRequest[] = [];
    const peer = await peerWith((request) => {
      if (request.name !== "offset.get" || held.length > 0) return false;
      held.push(request);
      return true;
    });
    const { client, clock } = await clientOf(peer);
    const outcome = codeOf(client.offsets.get(READ, { timeoutMillis: 100 }));
    await until(() => held.length === 1);
    await clock.advance(100);
    expect(outcome).toMatchObject({
      code: "iggy-client.outcome-unknown",
      message: expect.stringMatching(/no reply within 100 ms/),
    });
    held[0]!.reply({ partitionId: 0, currentOffset: 1, storedOffset: 1 });
    expect(await client.offsets.get(READ)).toBeNull();
    expect(peer.connections.length).toBe(1);
  });

  it("gives a slow answer more time than the connection allows others", async () => {
    const held: PeerRequest[] = [];
    const peer = await peerWith((request) => {
      if (request.name !== "system.snapshot") return false;
      held.push(request);
      return true;
    });
    const { client, clock } = await clientOf(peer, { requestTimeoutMillis: 1000 });
    const snapshot = client.system.snapshot(["all"], "stored", { timeoutMillis: 10_000 });
    await until(() => held.length === 1);
    await clock.advance(9000);
    await client.ping();
    held[0]!.reply(Uint8Array.of(1, 2, 3));
    expect([...(await snapshot)]).toEqual([1, 2, 3]);
    expect(peer.connections.length).toBe(1);
  });

  it("of one call does not keep the connection from noticing that another is not answered", async () => {
    const peer = await peerWith((request) => ["system.snapshot", "stream.list"].includes(request.name));
    const { client, clock } = await clientOf(peer, { requestTimeoutMillis: 1000 });
    const slow = codeOf(client.system.snapshot(["all"], "stored", { timeoutMillis: 60_000 }));
    const listed = codeOf(client.streams.list());
    await until(() => peer.named("stream.list").length === 1);
    await clock.advance(1000);
    expect(listed.code).toBe("iggy-client.outcome-unknown");
    await until(() => peer.connections[0]!.closed);
    // The snapshot has time left, and a read may be sent again.
    await advanceUntil(clock, () => peer.named("system.snapshot").length === 2);
    expect(slow.code).toBeUndefined();
    peer.named("system.snapshot")[1]!.reply(Uint8Array.of(1));
    await until(() => slow.code === "fulfilled");
  });

  it("is not begun anew by a repetition", async () => {
    const peer = await peerWith((request) => {
      if (request.name !== "stream.list") return false;
      request.connection.drop();
      return true;
    });
    const { client, clock } = await clientOf(peer);
    const startMillis = clock.monotonicMillis();
    const outcome = codeOf(client.streams.list({ timeoutMillis: 2000 }));
    await advanceUntil(clock, () => outcome.code !== undefined);
    expect(clock.monotonicMillis() - startMillis).toBeLessThanOrEqual(2010);
    expect(peer.named("stream.list").length).toBeGreaterThan(3);
    peer.script = () => false;
  });

  it.each([0, -1, Number.NaN])("must be above 0: %s", async (timeoutMillis) => {
    const { client } = await clientOf(await peerWith());
    await expect(client.streams.list({ timeoutMillis })).rejects.toMatchObject({
      code: "iggy-client.argument",
    });
  });
});

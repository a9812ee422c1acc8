import { getEventListeners } from "node:events";
import { SimulatedClock } from "@ims/common";
import { afterEach, describe, expect, it } from "vitest";
import { parseConnectionString } from "../connection/connection-string.js";
import { dial } from "../connection/dial.js";
import { RequestRunner } from "../connection/request-runner.js";
import { ServerConnection } from "../connection/server-connection.js";
import { Diagnostics } from "../diagnostics/diagnostics.js";
import {
  advanceUntil,
  type PeerScript,
  ScriptedPeer,
  seededRandom,
  until,
} from "../spec-support/scripted-peer.js";
import { awaitFirstSession } from "./await-first-session.js";
import { Streams } from "./streams.js";

let peer: ScriptedPeer | undefined;
afterEach(() => peer?.close());

async function start(script?: PeerScript) {
  peer = await ScriptedPeer.start(script);
  const clock = new SimulatedClock();
  const connection = new ServerConnection(parseConnectionString(peer.url), {
    clock,
    random: seededRandom(),
    requestTimeoutMillis: 30_000,
    inFlightMax: 2,
    frameBytesMax: 1 << 20,
    dial,
    metrics: new Diagnostics(),
  });
  const streams = new Streams(new RequestRunner(connection, 1000));
  return { peer, clock, connection, streams };
}

/** How calls end, in the order of the calls. */
function endsOf(calls: readonly Promise<unknown>[]): Promise<string[]> {
  return Promise.all(
    calls.map((call) =>
      call.then(
        () => "fulfilled",
        (error: { code: string }) => error.code,
      ),
    ),
  );
}

/** Nothing of a closed connection is left. */
async function expectNothingLeft(clock: SimulatedClock, connection: ServerConnection, server: ScriptedPeer) {
  expect(clock.pendingTimerCount).toBe(0);
  expect(getEventListeners(connection.closedSignal, "abort")).toEqual([]);
  await until(() => server.connections.every(({ closed }) => closed));
}

describe("closing", () => {
  it.each([
    ["a login without an answer", "session.login", "iggy-client.closed"],
    ["the reading of the cluster", "system.cluster-metadata", "iggy-client.closed"],
    ["a session hook", "stream.get", "fulfilled"],
  ])("during %s ends everything", async (_, unanswered, expected) => {
    const { peer, clock, connection, streams } = await start((request) => request.name === unanswered);
    const listed = streams.list();
    const ends = endsOf([listed]);
    let hookEnd = "";
    connection.addHook(async () => {
      [hookEnd = ""] = await endsOf([streams.get("s")]);
    });
    connection.start();
    await until(() => peer.named(unanswered).length === 1);
    if (expected === "fulfilled") await listed;
    await connection.close();
    expect(await ends).toEqual([expected]);
    expect(hookEnd).toBe(unanswered === "stream.get" ? "iggy-client.outcome-unknown" : "");
    await expectNothingLeft(clock, connection, peer);
  });

  it("during the pause before the next attempt, or while a server does not answer the handshake", async () => {
    const { peer, clock, connection, streams } = await start();
    await peer.close();
    const waiting = endsOf([streams.list(), streams.list()]);
    connection.start();
    await advanceUntil(clock, () => connection.problem !== undefined);
    await connection.close();
    expect(await waiting).toEqual(["iggy-client.closed", "iggy-client.closed"]);
    await expectNothingLeft(clock, connection, peer);
    await peer.listen(peer.port);
  });

  it("answers what is on the wire while it logs out, and ends what waits behind it", async () => {
    const { peer, clock, connection, streams } = await start((request) => request.name === "stream.list");
    connection.start();
    await awaitFirstSession(connection, undefined, undefined);
    const listed = streams.list();
    const held = endsOf([listed, streams.list()]);
    await until(() => peer.named("stream.list").length === 2);
    // The window is full: no logout fits, and this one is not sent any more.
    const waiting = endsOf([streams.get("s")]);
    await connection.close();
    expect(await held).toEqual(["iggy-client.outcome-unknown", "iggy-client.outcome-unknown"]);
    expect(await waiting).toEqual(["iggy-client.closed"]);
    expect(peer.named("session.logout").length).toBe(0);
    await expectNothingLeft(clock, connection, peer);
  });

  it("lets a late answer in while it logs out", async () => {
    const { peer, clock, connection, streams } = await start(
      (request) => request.name === "stream.list" || request.name === "session.logout",
    );
    connection.start();
    await awaitFirstSession(connection, undefined, undefined);
    const listed = streams.list();
    await until(() => peer.named("stream.list").length === 1);
    const closing = connection.close();
    await until(() => peer.named("session.logout").length === 1);
    const late = endsOf([streams.list()]);
    peer.named("stream.list")[0]!.reply([]);
    peer.named("session.logout")[0]!.reply(undefined);
    expect(await listed).toEqual([]);
    expect(await late).toEqual(["iggy-client.closed"]);
    await closing;
    await expectNothingLeft(clock, connection, peer);
  });

  it("during a pause after a transient refusal", async () => {
    const { peer, clock, connection, streams } = await start((request) => {
      if (request.name !== "stream.delete") return false;
      request.refuseByStatus(58);
      return true;
    });
    connection.start();
    await awaitFirstSession(connection, undefined, undefined);
    const calls = endsOf([streams.delete("a"), streams.delete("b")]);
    await until(() => peer.named("stream.delete").length === 1);
    await connection.close();
    expect(await calls).toEqual(["iggy-client.closed", "iggy-client.closed"]);
    await expectNothingLeft(clock, connection, peer);
  });

  it("finds no listeners of earlier calls", async () => {
    let refusals = 5;
    const { peer, clock, connection, streams } = await start((request) => {
      if (request.name !== "stream.delete" || refusals-- <= 0) return false;
      request.refuseByStatus(58);
      return true;
    });
    connection.start();
    await awaitFirstSession(connection, undefined, undefined);
    const before = getEventListeners(connection.closedSignal, "abort").length;
    let ended = false;
    void streams.delete("a").then(() => {
      ended = true;
    });
    await advanceUntil(clock, () => ended);
    expect(getEventListeners(connection.closedSignal, "abort").length).toBe(before);
    await connection.close();
    await expectNothingLeft(clock, connection, peer);
  });

  it("is not kept from working by a part of the client that throws", async () => {
    const { peer, clock, connection, streams } = await start();
    connection.onChange(() => {
      throw new Error("of a part");
    });
    connection.start();
    await awaitFirstSession(connection, undefined, undefined);
    expect(await streams.list()).toEqual([]);
    await connection.close();
    await expectNothingLeft(clock, connection, peer);
  });
});

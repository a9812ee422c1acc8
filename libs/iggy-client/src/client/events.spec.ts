import { EvictionReason, PROTOCOL_VERSION } from "@ims/iggy-protocol";
import { describe, expect, it } from "vitest";
import { clientFixture } from "../spec-support/client-fixture.js";
import { advanceUntil, until } from "../spec-support/scripted-peer.js";
import type { IggyClient } from "./iggy-client.js";

const { peerWith, clientOf } = clientFixture();

/** Names of the events from now on, with the code of the error where there is one. */
function eventsOf(client: IggyClient): string[] {
  const seen: string[] = [];
  client.on("connected", () => seen.push("connected"));
  client.on("disconnected", (error) => seen.push(`disconnected ${error.code}`));
  client.on("signedIn", ({ session }) => seen.push(`signedIn ${session}`));
  client.on("signedOut", () => seen.push("signedOut"));
  client.on("evicted", ({ name }) => seen.push(`evicted ${name}`));
  client.on("error", (error) => seen.push(`error ${(error as { code?: string }).code}`));
  client.on("closed", () => seen.push("closed"));
  return seen;
}

describe("events", () => {
  it("tell a session's life in order", async () => {
    const peer = await peerWith();
    const { client, clock } = await clientOf(peer);
    const seen = eventsOf(client);
    peer.connections[0]!.drop();
    await until(() => !client.connected);
    await advanceUntil(clock, () => client.connected);
    await client.close();
    await client.close();
    expect(seen).toEqual([
      "disconnected iggy-client.connection-lost",
      "signedIn 2",
      "connected",
      "signedOut",
      "closed",
    ]);
  });

  it("tell of no lost connection while the client closes", async () => {
    const peer = await peerWith((request) => {
      if (request.name !== "session.logout") return false;
      request.connection.drop();
      return true;
    });
    const { client } = await clientOf(peer);
    const seen = eventsOf(client);
    await client.close();
    expect(seen).toEqual(["closed"]);
    expect(peer.connections.length).toBe(1);
  });

  it("describe the session that was made", async () => {
    const peer = await peerWith();
    const { client, clock } = await clientOf(peer);
    const sessions: unknown[] = [];
    client.on("signedIn", (session) => sessions.push(session));
    peer.connections[0]!.drop();
    await until(() => !client.connected);
    await advanceUntil(clock, () => client.connected);
    expect(sessions).toEqual([
      {
        address: `127.0.0.1:${peer.port}`,
        userId: 0,
        session: 2n,
        serverVersion: "0.9.0",
        serverProtocolVersion: PROTOCOL_VERSION,
      },
    ]);
  });

  it.each(Object.entries(EvictionReason))(
    "an eviction in the session names %s (%i)",
    async (name, reason) => {
      const peer = await peerWith();
      const { client, clock } = await clientOf(peer);
      const seen = eventsOf(client);
      peer.requests[0]!.evict(reason);
      await until(() => seen.length === 2);
      expect(seen).toEqual([`evicted ${name}`, "disconnected iggy-client.evicted"]);
      await advanceUntil(clock, () => client.connected);
      expect(client.diagnostics.snapshot().evictions).toBe(1);
    },
  );

  it.each([
    [EvictionReason.InvalidCredentials, "login-refused"],
    [EvictionReason.InvalidToken, "login-refused"],
    [EvictionReason.UserInactive, "login-refused"],
    [EvictionReason.IncompatibleProtocol, "incompatible-version"],
    [EvictionReason.SessionError, "evicted"],
    [EvictionReason.MalformedLogin, "evicted"],
    [200, "evicted"],
  ])("an eviction %i of a later login is told, and the login tried again", async (reason, code) => {
    let refusals = 1;
    const peer = await peerWith((request) => {
      if (request.name !== "session.login" || peer.connections.length === 1 || refusals-- <= 0) return false;
      request.evict(reason);
      return true;
    });
    const { client, clock } = await clientOf(peer);
    const seen = eventsOf(client);
    peer.connections[0]!.drop();
    await until(() => !client.connected);
    await advanceUntil(clock, () => client.connected);
    const name =
      Object.entries(EvictionReason).find(([, number]) => number === reason)?.[0] ?? `Unknown(${reason})`;
    expect(seen.slice(1, 3)).toEqual([`evicted ${name}`, `error iggy-client.${code}`]);
  });

  it("reach the other listeners when one throws", async () => {
    const peer = await peerWith();
    const faults: string[] = [];
    const logger = {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (context: object) => faults.push((context as { error: string }).error),
    };
    const { client } = await clientOf(peer, { logger });
    client.on("closed", () => {
      throw new Error("of the listener");
    });
    let heard = 0;
    client.on("closed", () => heard++);
    await client.close();
    expect([heard, faults]).toEqual([1, ["of the listener"]]);
  });
});

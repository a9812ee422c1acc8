import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { LoopbackServer } from "../../server/loopback-server.js";
import { WsPeer } from "./ws-peer.js";

let server: LoopbackServer;
let client: WebSocket;
let peer: WsPeer;
let seen: string[];

beforeEach(async () => {
  let opened: (peer: WsPeer) => void = () => {};
  const opening = new Promise<WsPeer>((resolve) => {
    opened = resolve;
  });
  server = await LoopbackServer.listen("127.0.0.1", 0, {
    request: () => {},
    upgrade: () => (socket, transport) => opened(new WsPeer(socket, transport)),
  });
  client = new WebSocket(`ws://${server.authority}/`);
  const listed: string[] = [];
  seen = listed;
  client.on("message", (data) => listed.push((data as Buffer).toString()));
  client.on("ping", (payload) => listed.push(`ping ${payload.toString()}`));
  client.on("close", (code, reason) => listed.push(`close ${code} ${reason.toString()}`));
  await once(client, "open");
  peer = await opening;
  peer.listen({ message: () => {}, ping: () => {}, pong: () => {}, closed: () => {} });
});

afterEach(async () => {
  client.terminate();
  await server.close();
});

describe("WsPeer", () => {
  it("sends messages of every length of header whole and in order, and says when each was handed over", async () => {
    const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 300_000];
    const texts = lengths.map((length, at) => String(at).repeat(length).slice(0, length));
    let sentCount = 0;
    for (const text of texts) {
      peer.send(
        Buffer.from(text),
        () => ++sentCount === texts.length && peer.close(1001, "all were handed over"),
      );
    }
    await once(client, "close");
    expect(seen).toEqual([...texts, "close 1001 all were handed over"]);
  });

  it("keeps the order of messages, pings and the end, also within one turn", async () => {
    for (const text of ["ä", "b"]) peer.send(text, () => {});
    expect(peer.unsentBytes).toBe(7);
    peer.ping("1");
    peer.send("c", () => {});
    peer.close(1008, "enough");
    peer.send("too late", () => {});
    await once(client, "close");
    expect(seen).toEqual(["ä", "b", "ping 1", "c", "close 1008 enough"]);
  });

  it("calls back for what a cut connection never took", async () => {
    const called = new Promise<void>((resolve) => peer.send("lost", resolve));
    peer.terminate();
    await called;
    await once(client, "close");
    expect(seen).toEqual(["close 1006 "]);
  });
});

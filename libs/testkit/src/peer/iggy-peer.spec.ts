import { SimulatedClock, systemClock } from "@ims/common";
import { IggyClient } from "@ims/iggy-client";
import { describe, expect, it } from "vitest";
import { ServerModel } from "../model/server-model.js";
import { always, faultsOf } from "./fault.js";
import { IggyPeer } from "./iggy-peer.js";
import { listenTcp } from "./listen-tcp.js";

const CONSUMER = { stream: "s", topic: "t", partitionId: 0, consumer: { kind: "consumer", id: 1 } } as const;

/** A peer on TCP and a client of it, both gone after the test. */
async function onTcp(use: (peer: IggyPeer, client: IggyClient) => Promise<void>): Promise<void> {
  const peer = new IggyPeer(new ServerModel({ clock: systemClock }), systemClock);
  const listener = await listenTcp(peer.accept);
  const url = `iggy://iggy:iggy@127.0.0.1:${listener.port}?heartbeat_interval=0&reconnection_interval=1ms`;
  const client = await IggyClient.connect(url, { requestTimeoutMillis: 5000 });
  try {
    await use(peer, client);
  } finally {
    await client.close();
    peer.close();
    await listener.close();
  }
  expect(peer.openConnectionCount).toBe(0);
}

describe("a peer on TCP", () => {
  it("stores what is sent and gives it back", () =>
    onTcp(async (peer, client) => {
      await client.streams.create("s");
      await client.topics.create("s", { name: "t", partitionCount: 1 });
      const messages = ["a", "b", "c"].map((text) => ({ payload: Buffer.from(text) }));
      const partitioning = { kind: "partition", partitionId: 0 } as const;
      await client.sendMessages({ ...CONSUMER, partitioning, messages });
      const polled = await client.poll({
        ...CONSUMER,
        strategy: { kind: "next" },
        count: 2,
        autoCommit: true,
      });
      const texts: string[] = [];
      while (polled.next()) texts.push(Buffer.from(polled.payload()).toString());
      expect(texts).toEqual(["a", "b"]);
      expect(await client.offsets.get(CONSUMER)).toMatchObject({ storedOffset: 1, currentOffset: 2 });
      expect(peer.model.partition("s", "t", 0).messages.length).toBe(3);
    }));

  it.each(["end", "reset"] as const)("cuts a reply in the middle: %s", (how) =>
    onTcp(async (peer, client) => {
      peer.plan = faultsOf("stream.create", { kind: "close", executed: true, replyBytes: 200, how });
      await expect(client.streams.create("s")).rejects.toMatchObject({ code: "iggy-client.outcome-unknown" });
      expect((await client.streams.list()).map(({ name }) => name)).toEqual(["s"]);
    }),
  );

  it("cuts a request in the middle", () =>
    onTcp(async (peer, client) => {
      let cuts = 1;
      peer.plan = { cutRequest: () => (cuts-- > 0 ? 100 : undefined), faultOf: () => undefined };
      await expect(client.streams.create("s")).rejects.toMatchObject({ code: "iggy-client.outcome-unknown" });
      expect(await client.streams.list()).toEqual([]);
      expect(peer.faultCounts.get("cut-request")).toBe(1);
    }));

  it("closes a connection that sends no frames, and goes on", () =>
    onTcp(async (peer, client) => {
      peer.plan = always("system.ping", { kind: "garbage", bytes: new Uint8Array(300).fill(0xa5) });
      const lost = new Promise<void>((resolve) => client.on("disconnected", () => resolve()));
      const ping = client.ping();
      await lost;
      peer.plan = faultsOf("system.ping");
      await ping;
    }));
});

describe("a model", () => {
  it("lets a group's partition go after 30 s without a commit", async () => {
    const clock = new SimulatedClock();
    const model = new ServerModel({ clock });
    const group = model.catalog.addStream("s").addTopic("t", 2, []).addGroup("g");
    group.join(1n);
    group.onPolled(1, 5);
    group.join(2n);
    expect(group.assignmentOf(2n)?.partitionIds).toEqual([]);
    await clock.advance(29_999);
    expect(group.assignmentOf(2n)?.partitionIds).toEqual([]);
    await clock.advance(1);
    expect(group.assignmentOf(2n)).toMatchObject({ generation: 3, partitionIds: [1] });
  });
});

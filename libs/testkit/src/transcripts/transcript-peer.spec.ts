import { SimulatedClock, systemClock } from "@ims/common";
import { type ConnectOptions, IggyClient } from "@ims/iggy-client";
import { describe, expect, inject, it } from "vitest";
import { SimulatedNetwork } from "../network/simulated-network.js";
import { listenTcp } from "../peer/listen-tcp.js";
import { SeededRandom } from "../random/seeded-random.js";
import { runSimulated } from "../time/run-simulated.js";
import { readTranscript } from "./transcript.js";
import { TranscriptPeer } from "./transcript-peer.js";

const folder = inject("sharedDir") && `${inject("sharedDir")}/iggy/transcripts`;

/** Plays a recording to a client on a simulated network. */
async function playTo(id: string, use: (client: IggyClient) => Promise<unknown>): Promise<TranscriptPeer> {
  const clock = new SimulatedClock();
  const network = new SimulatedNetwork(clock, new SeededRandom(1));
  const peer = new TranscriptPeer(readTranscript(`${folder}/${id}.json`), clock);
  network.listen("peer", 1, peer.accept);
  const url = "iggy://iggy:iggy@peer:1?heartbeat_interval=0";
  const options: ConnectOptions = { clock, random: new SeededRandom(2).next, dial: network.dial };
  const run = async () => {
    const client = await IggyClient.connect(url, options);
    await use(client).finally(() => client.close());
  };
  await runSimulated(clock, run(), { limitMillis: 60_000, what: id }).finally(() => peer.close());
  return peer;
}

function expectPlayed(peer: TranscriptPeer): void {
  expect(peer.differences).toEqual([]);
  expect(peer.unplayed).toBe(0);
}

describe.skipIf(!folder)("a recording as a server", () => {
  it("answers a client that asks what was recorded", async () => {
    const peer = await playTo("stream-create-get-list", async (client) => {
      const created = [await client.streams.create("orders"), await client.streams.create("trades")];
      expect(created.map(({ name }) => name)).toEqual(["orders", "trades"]);
      expect(await client.streams.get(0)).toMatchObject({ name: "orders" });
      expect(await client.streams.get("trades")).toMatchObject({ id: 1 });
      expect((await client.streams.list()).map(({ id }) => id)).toEqual([0, 1]);
    });
    expectPlayed(peer);
  });

  it("refuses as recorded", async () => {
    const peer = await playTo("stream-duplicate", async (client) => {
      await client.streams.create("orders");
      await expect(client.streams.create("orders")).rejects.toMatchObject({
        code: "iggy-client.refused",
        context: { code: 1012 },
      });
      await client.streams.create("Orders");
      expect((await client.streams.list()).length).toBe(2);
    });
    expectPlayed(peer);
  });

  it("evicts as recorded", async () => {
    await expect(playTo("login-bad-password", async () => undefined)).rejects.toMatchObject({
      code: "iggy-client.login-refused",
    });
  });

  it("serves TCP as well, and one request after the other where they were recorded as written together", async () => {
    const peer = new TranscriptPeer(readTranscript(`${folder}/pipelined-pings.json`), systemClock);
    const listener = await listenTcp(peer.accept);
    const client = await IggyClient.connect(
      `iggy://iggy:iggy@127.0.0.1:${listener.port}?heartbeat_interval=0`,
    );
    for (let left = 5; left > 0; left--) await client.ping();
    await client.close();
    expectPlayed(peer);
    peer.close();
    await listener.close();
  });

  it("notes what was not recorded, and what was and did not come", async () => {
    const peer = await playTo("stream-list-empty", async (client) => {
      await expect(client.streams.create("s")).rejects.toMatchObject({ code: "iggy-client.outcome-unknown" });
    });
    expect(peer.differences[0]).toMatch(/^operation 128 code 0 came, recorded is "/);
    expect(peer.unplayed).toBe(2);
  });
});

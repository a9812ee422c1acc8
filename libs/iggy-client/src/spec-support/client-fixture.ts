import { SimulatedClock } from "@ims/common";
import { afterEach, expect } from "vitest";
import type { ConnectOptions } from "../client/client-options.js";
import { IggyClient } from "../client/iggy-client.js";
import { type PeerScript, ScriptedPeer, seededRandom } from "./scripted-peer.js";

/** Makes peers and clients on simulated time, and after each test closes them and looks for timers left behind. */
export function clientFixture() {
  const clocks: SimulatedClock[] = [];
  const closers: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0)) await close().catch(() => {});
    for (const clock of clocks.splice(0)) expect(clock.pendingTimerCount).toBe(0);
  });

  return {
    async peerWith(script?: PeerScript): Promise<ScriptedPeer> {
      const peer = await ScriptedPeer.start(script);
      closers.push(() => peer.close());
      return peer;
    },
    async clientOf(peer: ScriptedPeer, options: ConnectOptions = {}) {
      const clock = new SimulatedClock();
      clocks.push(clock);
      const client = await IggyClient.connect(peer.url, { clock, random: seededRandom(), ...options });
      closers.unshift(() => client.close());
      return { client, clock };
    },
  };
}

/** Where the tests read. */
export const READ = {
  stream: "s",
  topic: "t",
  partitionId: 0,
  consumer: { kind: "consumer", id: 1 },
} as const;

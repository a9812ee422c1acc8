import { SimulatedClock } from "@ims/common";
import type { ClusterMetadata, ClusterNode } from "@ims/iggy-protocol";
import { afterEach, expect } from "vitest";
import { IggyClient } from "../client/iggy-client.js";
import { ScriptedPeer, seededRandom } from "./scripted-peer.js";

/** Makes peers that form a cluster, and clients, on one simulated clock; closes them after each test. */
export function clusterFixture() {
  const clock = new SimulatedClock();
  const open: { close(): Promise<void> }[] = [];

  /** Closes everything made so far and looks for timers left behind. */
  async function closeAll(): Promise<void> {
    for (const each of open.splice(0).reverse()) await each.close();
    expect(clock.pendingTimerCount).toBe(0);
  }

  afterEach(closeAll);

  return {
    clock,
    closeAll,
    async cluster(count: number): Promise<ScriptedPeer[]> {
      const started = await Promise.all([...Array(count)].map(() => ScriptedPeer.start()));
      open.push(...started);
      return started;
    },
    async connect(peer: ScriptedPeer, options = ""): Promise<IggyClient> {
      const client = await IggyClient.connect(peer.url + options, { clock, random: seededRandom() });
      open.push(client);
      return client;
    },
  };
}

export function nodeOf(
  peer: ScriptedPeer,
  role: ClusterNode["role"],
  status: ClusterNode["status"] = "healthy",
): ClusterNode {
  const ports = { tcpPort: peer.port, quicPort: 0, httpPort: 0, webSocketPort: 0 };
  return { name: `node-${peer.port}`, ip: "127.0.0.1", ...ports, role, status };
}

/** What a server says when `leader` leads the servers. */
export function rosterOf(
  servers: readonly ScriptedPeer[],
  leader: ScriptedPeer | undefined,
): ClusterMetadata {
  return { name: "c", nodes: servers.map((peer) => nodeOf(peer, peer === leader ? "leader" : "follower")) };
}

export const loginsOf = (servers: readonly ScriptedPeer[]): number[] =>
  servers.map((peer) => peer.named("session.login").length);

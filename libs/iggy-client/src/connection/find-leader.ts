import { type Clock, describeError, sleep } from "@ims/common";
import { type ClusterMetadata, COMMANDS, isTransientError } from "@ims/iggy-protocol";
import type { ClientLog, ServerAddress } from "../client/client-options.js";
import { exchange } from "./exchange.js";
import { isSameEndpoint } from "./server-address.js";
import type { WireSession } from "./wire-session.js";

const POLL_MILLIS = 250;
const LEADERLESS_MILLIS = 5000;

export interface FindLeaderContext {
  readonly clock: Clock;
  readonly log?: ClientLog;
  readonly signal: AbortSignal;
}

/**
 * Asks the server which node leads its cluster (wire.md section 6). Resolves with the leader's address when that is
 * another one, with `undefined` to stay: a single node, a roster that cannot be read, or no healthy leader within five
 * seconds. Rejects with the reason of the end when the session ends meanwhile.
 * @param here the address of this session
 * @param connectedIp the peer's IP address, where known
 */
export async function findLeader(
  wire: WireSession,
  here: ServerAddress,
  connectedIp: string | undefined,
  { clock, log, signal }: FindLeaderContext,
): Promise<ServerAddress | undefined> {
  const untilMillis = clock.monotonicMillis() + LEADERLESS_MILLIS;
  for (;;) {
    const cluster = await readCluster(wire, clock, untilMillis - clock.monotonicMillis(), log);
    if (!wire.isOpen) throw await wire.ended;
    if (cluster === "unreadable") return undefined;
    if (cluster !== "not yet") {
      if (cluster.nodes.length <= 1) return undefined;
      const leader = cluster.nodes.find(({ role, status }) => role === "leader" && status === "healthy");
      if (leader) {
        if (leader.tcpPort === 0 || isSameEndpoint(leader, here, connectedIp)) return undefined;
        return { host: leader.ip, port: leader.tcpPort, tls: here.tls };
      }
    }
    if (clock.monotonicMillis() + POLL_MILLIS > untilMillis) {
      log?.warn({}, "the cluster names no healthy leader; staying with this node");
      return undefined;
    }
    await sleep(clock, POLL_MILLIS, signal).catch(() => {});
    if (!wire.isOpen) throw await wire.ended;
  }
}

async function readCluster(
  wire: WireSession,
  clock: Clock,
  timeoutMillis: number,
  log: ClientLog | undefined,
): Promise<ClusterMetadata | "not yet" | "unreadable"> {
  if (!wire.hasRoom) return "not yet";
  // A server that never answers this is no worse for anything else.
  const patienceMillis = Number.POSITIVE_INFINITY;
  const outcome = await exchange(wire, COMMANDS.getClusterMetadata, clock, timeoutMillis, patienceMillis);
  if (!outcome) return "unreadable";
  if (outcome.kind === "refused") return isTransientError(outcome.code) ? "not yet" : "unreadable";
  try {
    return COMMANDS.getClusterMetadata.codec.decodeReply(outcome.payload);
  } catch (error) {
    log?.warn({ error: describeError(error) }, "the cluster's roster cannot be read; staying with this node");
    return "unreadable";
  }
}

/**
 * Looks for the leader again whenever the server has been taking no changes for a while; `onFound` hears of one
 * elsewhere. Lasts as long as the session.
 */
export function watchLeader(
  wire: WireSession,
  look: () => Promise<ServerAddress | undefined>,
  onFound: (leader: ServerAddress) => void,
): void {
  let isLooking = false;
  wire.onNotAccepted = () => {
    if (isLooking) return;
    isLooking = true;
    look().then(
      (leader) => {
        isLooking = false;
        if (leader && wire.isOpen) onFound(leader);
      },
      // The session ended meanwhile, which its owner hears of by itself.
      () => {},
    );
  };
}

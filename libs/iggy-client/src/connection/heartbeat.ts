import type { Clock, TimerHandle } from "@ims/common";
import { COMMANDS } from "@ims/iggy-protocol";
import { exchange } from "./exchange.js";
import type { WireSession } from "./wire-session.js";

/**
 * Pings the server after every pause of `pauseMillis`, so that it does not take a member of a consumer group for gone
 * (wire.md section 4.6), and so that a dead connection is noticed by the missing reply. 0 = never. Returns a function
 * that ends it.
 */
export function startHeartbeat(
  wire: WireSession,
  pauseMillis: number,
  clock: Clock,
  replyTimeoutMillis: number,
): () => void {
  let timer: TimerHandle | undefined;
  let stopped = pauseMillis === 0;
  const arm = () => {
    if (stopped || !wire.isOpen) return;
    timer = clock.setTimer(pauseMillis, () => {
      // A full window is sign of life enough, and the age of its replies is watched.
      if (!wire.hasRoom) arm();
      else void exchange(wire, COMMANDS.ping, clock, replyTimeoutMillis).then(arm);
    });
  };
  arm();
  return () => {
    stopped = true;
    timer?.cancel();
  };
}

import { SimulatedClock } from "@ims/common";
import { describe, expect, it } from "vitest";
import { PendingRequests } from "./pending-requests.js";
import type { ControlReply } from "./reply.js";

function accepted(requestId: number, requestType: number): ControlReply {
  return {
    kind: "request-accepted",
    sessionId: 1n,
    requestId,
    requestType,
    affectedCount: 0,
    restartCount: 0,
  };
}

describe("PendingRequests", () => {
  it("matches replies by request id and type, in any order", async () => {
    const clock = new SimulatedClock();
    const pending = new PendingRequests(clock);
    const first = pending.wait(1, 113, 1000);
    const second = pending.wait(2, 114, 1000);
    expect(pending.settle(accepted(2, 113))).toBe(false);
    expect(pending.settle(accepted(3, 113))).toBe(false);
    expect(pending.settle(accepted(2, 114))).toBe(true);
    expect(pending.settle(accepted(1, 113))).toBe(true);
    expect(pending.settle(accepted(1, 113))).toBe(false);
    expect([(await first)?.requestId, (await second)?.requestId]).toEqual([1, 2]);
    expect(pending.size).toBe(0);
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("gives up after the time, and all at once when told to", async () => {
    const clock = new SimulatedClock();
    const pending = new PendingRequests(clock);
    const late = pending.wait(1, 113, 1000);
    const abandoned = pending.wait(2, 113, 5000);
    await clock.advance(1000);
    expect(await late).toBeUndefined();
    expect(pending.isWaiting(2)).toBe(true);
    pending.abandonAll();
    expect(await abandoned).toBeUndefined();
    expect(clock.pendingTimerCount).toBe(0);
  });
});

import { SimulatedClock } from "@ims/common";
import { describe, expect, it } from "vitest";
import { KeepAlive } from "./keep-alive.js";
import { MessageRate } from "./message-rate.js";

function spotKeepAlive() {
  const clock = new SimulatedClock();
  const seen: string[] = [];
  const keepAlive = new KeepAlive(
    clock,
    { pingIntervalMillis: 20_000, pongTimeoutMillis: 60_000, lifeMillis: 86_400_000 },
    {
      ping: (payload) => seen.push(`ping ${payload}`),
      pongMissing: () => seen.push("pong missing"),
      lifeOver: () => seen.push("life over"),
    },
  );
  return { clock, seen, keepAlive };
}

describe("KeepAlive", () => {
  it("pings every interval and lives while the payload comes back", async () => {
    const { clock, seen, keepAlive } = spotKeepAlive();
    for (let round = 1; round <= 5; round++) {
      await clock.advance(20_000);
      expect(seen).toHaveLength(round);
      keepAlive.pong(seen[round - 1]!.slice("ping ".length));
    }
    expect(seen.every((event) => event.startsWith("ping "))).toBe(true);
    keepAlive.stop();
    expect(clock.pendingTimerCount).toBe(0);
  });

  it("gives up 60 s after the oldest unanswered ping, whatever else is ponged", async () => {
    const { clock, seen, keepAlive } = spotKeepAlive();
    await clock.advance(79_999);
    keepAlive.pong("unsolicited");
    expect(seen.filter((event) => event === "pong missing")).toHaveLength(0);
    await clock.advance(1);
    expect(seen.filter((event) => event === "pong missing")).toHaveLength(1);
    keepAlive.stop();
  });

  it("lets the pong of a later ping answer the earlier ones", async () => {
    const { clock, seen, keepAlive } = spotKeepAlive();
    await clock.advance(40_000);
    keepAlive.pong(seen[1]!.slice("ping ".length));
    await clock.advance(59_000);
    expect(seen).not.toContain("pong missing");
    keepAlive.stop();
  });

  it("ends the connection after its life", async () => {
    const clock = new SimulatedClock();
    let over = false;
    const keepAlive = new KeepAlive(
      clock,
      { pingIntervalMillis: 1e9, pongTimeoutMillis: 1e9, lifeMillis: 86_400_000 },
      { ping: () => {}, pongMissing: () => {}, lifeOver: () => (over = true) },
    );
    await clock.advance(86_399_999);
    expect(over).toBe(false);
    await clock.advance(1);
    expect(over).toBe(true);
    keepAlive.stop();
  });
});

describe("MessageRate", () => {
  it("admits the limit within a second and no more", async () => {
    const clock = new SimulatedClock();
    const rate = new MessageRate(clock, 5);
    for (let message = 0; message < 5; message++) expect(rate.admit()).toBe(true);
    expect(rate.admit()).toBe(false);
    await clock.advance(1000);
    for (let message = 0; message < 20; message++) {
      expect(rate.admit()).toBe(true);
      await clock.advance(200);
    }
  });
});

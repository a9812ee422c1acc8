import { SimulatedClock } from "@ims/common";
import { describe, expect, it } from "vitest";
import { LoginThrottle } from "./login-throttle.js";

function newThrottle() {
  const clock = new SimulatedClock();
  return { clock, throttle: new LoginThrottle({ clock, burst: 3, perSecond: 2, rememberedMax: 4 }) };
}

describe("LoginThrottle", () => {
  it("stops a user at an address at its bound and forgives with time", async () => {
    const { clock, throttle } = newThrottle();
    for (let failure = 0; failure < 3; failure++) {
      expect(throttle.allows("a", "iggy")).toBe(true);
      throttle.noteFailure("a", "iggy");
    }
    expect(throttle.allows("a", "iggy")).toBe(false);
    expect(throttle.allows("a", "other")).toBe(true);
    expect(throttle.allows("b", "iggy")).toBe(true);
    await clock.advance(499);
    expect(throttle.allows("a", "iggy")).toBe(false);
    await clock.advance(1);
    expect(throttle.allows("a", "iggy")).toBe(true);
    throttle.noteFailure("a", "iggy");
    expect(throttle.allows("a", "iggy")).toBe(false);
    await clock.advance(60_000);
    for (let failure = 0; failure < 3; failure++) throttle.noteFailure("a", "iggy");
    expect(throttle.allows("a", "iggy")).toBe(false);
  });

  it("stops an address at four times the bound, whatever names it tries", () => {
    const { throttle } = newThrottle();
    for (let failure = 0; failure < 12; failure++) {
      expect(throttle.allows("a", `user${failure}`)).toBe(true);
      throttle.noteFailure("a", `user${failure}`);
    }
    expect(throttle.allows("a", "new")).toBe(false);
    expect(throttle.allows("a", undefined)).toBe(false);
    expect(throttle.allows("b", "new")).toBe(true);
  });

  it("remembers a bounded number of keys, those that failed last", () => {
    const { throttle } = newThrottle();
    for (let failure = 0; failure < 3; failure++) {
      throttle.noteFailure("early", "iggy");
      throttle.noteFailure("late", "iggy");
    }
    throttle.noteFailure("x", "iggy");
    expect(throttle.rememberedCount).toBe(4);
    expect([throttle.allows("early", "iggy"), throttle.allows("late", "iggy")]).toEqual([true, false]);
  });
});

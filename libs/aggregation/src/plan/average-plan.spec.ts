import { describe, expect, it } from "vitest";
import { describePlan, type PlanText, readPlan } from "./average-plan.js";

const text: PlanText = {
  windows: ["1m", "500ms", "1h"],
  halfLives: ["20t", "90s"],
  lateness: "2s",
  revisableWindows: 2,
  emptyWindows: true,
  extraDigits: 4,
};

describe("a plan", () => {
  it("is read, with its windows rising", () => {
    expect(readPlan(text)).toEqual({
      windows: [500_000, 60_000_000, 3_600_000_000],
      halfLives: [
        { kind: "count", trades: 20 },
        { kind: "time", micros: 90_000_000 },
      ],
      latenessMicros: 2_000_000,
      revisableWindows: 2,
      emptyWindows: true,
      extraDigits: 4,
    });
    expect(describePlan(readPlan(text))).toBe(
      "windows 500ms,1m,1h; half-lives 20t,90s; lateness 2s; revisable 2; empty true; digits 4",
    );
  });

  it.each([
    ["no window", { windows: [] }, /windows/],
    ["a window of more than a week", { windows: ["169h"] }, /"169h"/],
    ["a window of nothing", { windows: ["0s"] }, /"0s"/],
    ["a window in words", { windows: ["soon"] }, /"soon"/],
    ["the same window twice", { windows: ["60s", "1m"] }, /different/],
    ["too many windows", { windows: Array.from({ length: 17 }, (_, index) => `${2 ** index}ms`) }, /window/],
    ["a half-life of nothing", { halfLives: ["0t"] }, /"0t"/],
    ["a half-life beyond a year", { halfLives: ["9000h"] }, /"9000h"/],
    [
      "a half-life that no weight outlasts",
      { halfLives: ["20t", "1ms"], windows: ["501ms"] },
      /half-life 1ms/,
    ],
    ["more lateness than 100 windows", { lateness: "51s" }, /"51s"/],
    ["half a digit", { extraDigits: 0.5 }, /0\.5/],
    ["too many windows to revise", { revisableWindows: 101 }, /101/],
  ] as const)("with %s is refused, naming it", (_name, part, message) => {
    expect(() => readPlan({ ...text, ...part })).toThrow(
      expect.objectContaining({ code: "aggregation.bad-plan", message: expect.stringMatching(message) }),
    );
  });
});

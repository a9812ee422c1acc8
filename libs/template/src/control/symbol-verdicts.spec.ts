import { SimulatedClock } from "@ims/common";
import type { ImsDataIntegration, SymbolValidation } from "@ims/traits";
import { describe, expect, it } from "vitest";
import type { RateLimitedLog } from "../publishing/rate-limited-log.js";
import { testInstrument } from "../spec-support/fake-integration.js";
import { SymbolVerdicts } from "./symbol-verdicts.js";

const LOG = { warn() {}, error() {} } as unknown as RateLimitedLog;

function verdictsOf(validation: SymbolValidation): SymbolVerdicts {
  const integration = { validate: async () => validation } as unknown as ImsDataIntegration;
  return new SymbolVerdicts(integration, new SimulatedClock(), LOG);
}

describe("what the venue says of symbols", () => {
  it("is found by the spelling that was asked, too", async () => {
    const instrument = testInstrument("btcusd");
    const invalid = { symbol: "nonono", reason: "it is not listed", suggestions: [] };
    const aliases = new Map([
      ["BTC/USD", "btcusd"],
      ["NO/NO", "never-answered"],
    ]);
    const verdicts = await verdictsOf({ valid: [instrument], invalid: [invalid], aliases }).ofSymbols(
      new Set(["BTC/USD", "nonono", "NO/NO"]),
    );
    expect(verdicts.get("BTC/USD")).toBe(instrument);
    expect(verdicts.get("btcusd")).toBe(instrument);
    expect(verdicts.get("nonono")).toBe(invalid);
    expect(verdicts.get("NO/NO")).toBeUndefined();
  });
});

import { ExchangeId } from "@ims/common";
import { describe, expect, it } from "vitest";
import { FakeIntegration } from "../spec-support/fake-integration.js";
import type { ProcessHost } from "./process-host.js";
import { ExitCode, runDataService } from "./run-data-service.js";

function fakeHost(argv: string[], env: NodeJS.ProcessEnv = {}) {
  const printed: string[] = [];
  const exits: number[] = [];
  const listeners = new Map<string, (detail: unknown) => void>();
  const host: ProcessHost = {
    argv,
    env,
    isTerminal: false,
    on: (event, listener) => void listeners.set(event, listener),
    print: (text) => void printed.push(text),
    printError: (text) => void printed.push(text),
    exit: (code) => void exits.push(code),
    uptimeMillis: () => 1,
    residentMebibytes: () => 1,
  };
  return { host, printed, exits, emit: (event: string, detail?: unknown) => listeners.get(event)!(detail) };
}

const venue = () => ({ exchange: ExchangeId.BinanceSpot, integration: new FakeIntegration().factory });

describe("runDataService", () => {
  it("names all mistakes of the configuration and exits with 2", async () => {
    const { host, printed, exits } = fakeHost(["--http-prot", "1"], { IMS_BROKER: "none", IGGY_URL: "x" });
    expect(await runDataService({ settings: {}, venue, host })).toBe(ExitCode.Configuration);
    expect(exits).toEqual([2]);
    expect(printed.join("")).toMatch(/--http-prot.*http-port/);
    expect(printed.join("")).toMatch(/IGGY_URL.*IMS_BROKER/);
  });

  it("prints the settings on --help", async () => {
    const { host, printed, exits } = fakeHost(["--help"]);
    await runDataService({ settings: {}, venue, host });
    expect(exits).toEqual([0]);
    expect(printed.join("")).toMatch(/--iggy-url +IGGY_URL +address/);
  });

  it("refuses an integration of another exchange with 2", async () => {
    const { host, exits } = fakeHost(["--http-port", "0", "--log-level", "silent"]);
    const wrong = { exchange: ExchangeId.Bitstamp, integration: new FakeIntegration().factory };
    await runDataService({ settings: {}, venue: () => wrong, host });
    expect(exits).toEqual([ExitCode.Configuration]);
  });
});

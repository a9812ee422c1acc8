import { ExchangeId } from "@ims/common";
import { startBroker } from "@ims/iggy-broker";
import { describe, expect, it } from "vitest";
import { FakeIntegration } from "../spec-support/fake-integration.js";
import { freePort, until } from "../spec-support/service-fixture.js";
import { recordingLogger } from "../spec-support/silent-logger.js";
import { temporaryFolder } from "../spec-support/temporary-folder.js";
import { ExitCode } from "./exit-code.js";
import type { ProcessHost } from "./process-host.js";
import { runDataService } from "./run-data-service.js";

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

/** A service of a fixture's broker as a process, started and ready. */
async function running() {
  const { logger, lines } = recordingLogger();
  const folder = temporaryFolder();
  const port = await freePort();
  const integration = new FakeIntegration();
  const process = fakeHost([], {
    IGGY_URL: `iggy://iggy:iggy@127.0.0.1:${port}`,
    IMS_DATA_DIR: folder.path,
    IMS_HTTP_PORT: "0",
  });
  const code = runDataService({
    settings: {},
    venue: () => ({ exchange: ExchangeId.BinanceSpot, integration: integration.factory }),
    host: process.host,
    launch: { logger, startEmbeddedBroker: startBroker },
  });
  await until(() => lines.some(({ msg }) => msg === "ready"));
  return { ...process, code, lines, integration, folder };
}

describe("the process of a service", () => {
  it("logs when it is ready, stops on SIGTERM with 0, and ends its embedded broker", async () => {
    const { code, exits, emit, lines, integration, folder } = await running();
    expect(lines.find(({ msg }) => msg === "ready")).toMatchObject({ millis: 1, rssMiB: 1 });
    emit("SIGTERM");
    expect(await code).toBe(ExitCode.Ok);
    expect(exits).toEqual([0]);
    expect(integration.isShutDown).toBe(true);
    expect(lines.at(-1)).toMatchObject({ msg: "stopped" });
    folder.remove();
  });

  it("ends at once with 1 on the second signal", async () => {
    const { code, exits, emit, folder } = await running();
    emit("SIGTERM");
    emit("SIGINT");
    expect(exits).toEqual([1]);
    await code;
    folder.remove();
  });

  it("stops in order and exits with 1 after an unhandled rejection", async () => {
    const { code, emit, lines, integration, folder } = await running();
    emit("unhandledRejection", new Error("forgotten"));
    expect(await code).toBe(ExitCode.Failed);
    expect(lines.find(({ level }) => level === 60)).toMatchObject({ error: "forgotten" });
    expect(integration.isShutDown).toBe(true);
    folder.remove();
  });
});

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

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeBinance, listedRow } from "../../spec-support/fake-binance.js";

/** Reads its settings as the services do, asks for four books, and tells of its REST side. */
const SERVICE = `
  import { DataType, loadSettings, systemClock } from "@ims/common";
  import { binanceOptions, binanceSettings, createBinanceIntegration } from "@ims/integration-binance";
  const { values } = loadSettings(binanceSettings, { env: process.env });
  const nothing = () => {};
  let count = 0;
  const special = { accepting: true, register: () => ++count };
  const sink = new Proxy(special, { get: (it, key) => it[key] ?? nothing });
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const create = createBinanceIntegration("usd-future", binanceOptions("usd-future", values));
  const integration = create({ sink, clock: systemClock, logger, random: Math.random });
  await integration.start({ dataType: DataType.Book }, process.env.SYMBOLS.split(","));
  setInterval(() => console.log(integration.status().rest.waitingRequestCount), 50);
`;

let folder: string;
let venue: FakeBinance;
let services: ChildProcess[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ims-weight-"));
  venue = await FakeBinance.start();
  services = [];
});

afterEach(async () => {
  await Promise.all(
    services.map(async (service) => {
      if (service.exitCode !== null) return;
      service.kill("SIGKILL");
      await once(service, "exit");
    }),
  );
  await venue.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A service as a process; calls back with how many of its requests wait. */
function start(symbols: readonly string[], onWaiting: (count: number) => void): ChildProcess {
  const service = spawn(process.execPath, ["--input-type=module", "-e", SERVICE], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH,
      BINANCE_USD_FUTURE_REST_URL: venue.restUrl,
      BINANCE_USD_FUTURE_WS_URL: venue.wsUrl,
      BINANCE_WEIGHT_FOLDER: folder,
      SYMBOLS: symbols.join(","),
    },
  });
  services.push(service);
  createInterface(service.stdout!).on("line", (line) => onWaiting(Number(line)));
  return service;
}

describe("two processes on one host", () => {
  it("stay together within the weight that the venue allows", async () => {
    const symbols = Array.from({ length: 8 }, (_, index) => `S${index}USDT`);
    // A tenth stays unused: room for four books of 20 and a few requests of 1.
    const limit = { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 105 };
    venue.exchangeInfo = { rateLimits: [limit], symbols: symbols.map((symbol) => listedRow(symbol)) };
    // So that only snapshots are asked for: nothing is checked that was not acknowledged.
    venue.acknowledges = false;
    const waiting = [0, 0];
    await new Promise<void>((resolve, reject) => {
      [symbols.slice(0, 4), symbols.slice(4)].forEach((half, index) => {
        const service = start(half, (count) => {
          waiting[index] = count;
          if (waiting[0]! + waiting[1]! >= 4) resolve();
        });
        service.on("exit", (code) => reject(new Error(`the service ended with ${code}`)));
      });
    });
    // The weight is taken before a request is on its way: the four are waited for, a fifth must not follow.
    let depthCount = 0;
    while (depthCount < 4) if ((await venue.otherRequests.next()).startsWith("/fapi/v1/depth")) depthCount++;
    const others: string[] = [];
    while (venue.otherRequests.pendingCount > 0) others.push(await venue.otherRequests.next());
    expect(others.filter((request) => request.startsWith("/fapi/v1/depth"))).toEqual([]);
    expect(waiting[0]! + waiting[1]!).toBe(4);
  });
});

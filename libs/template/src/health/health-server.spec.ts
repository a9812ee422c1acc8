import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { HealthReport, ServiceStatus } from "./health-report.js";
import { HealthServer } from "./health-server.js";

let status: ServiceStatus = "starting";
const report = (): HealthReport => ({
  status,
  exchange: "binancespot",
  uptimeSeconds: 1,
  broker: { connected: true, url: "iggy://***@localhost:8090", embedded: false },
  venue: { connected: true, connectionCount: 1, reconnectCount: 0, instrumentCount: 3 },
  sessionCount: 0,
  subscriptionCount: 0,
  subscriptions: [],
  counters: {},
  memoryMebibytes: 1,
});
const server = new HealthServer({ status: () => status, report });

describe("HealthServer", () => {
  afterEach(() => server.close());

  it("answers 200 when ready and 503 otherwise", async () => {
    const url = new URL(await server.listen(0));
    const get = (path: string, method = "GET") => fetch(new URL(path, url), { method });
    for (const [now, code] of [
      ["starting", 503],
      ["ready", 200],
      ["degraded", 503],
      ["stopping", 503],
    ] as const) {
      status = now;
      const health = await get("/health?verbose=1");
      expect([health.status, await health.json()]).toEqual([code, report()]);
      const ready = await get("/readyz");
      expect([ready.status, await ready.json()]).toEqual([code, { status: now }]);
      expect((await get("/livez")).status).toBe(200);
    }
    expect((await get("/nothing")).status).toBe(404);
    expect((await get("/health", "POST")).status).toBe(405);
    expect(await (await get("/livez", "HEAD")).text()).toBe("");
  });

  it("names the setting when the port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(server.listen(port)).rejects.toMatchObject({
      code: "service.port-in-use",
      message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${port}.*IMS_HTTP_PORT`)),
    });
    await new Promise((resolve) => other.close(resolve));
  });
});

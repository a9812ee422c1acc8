import { get } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { type HealthReport, type ServiceStatus, STATUS_PAGE_MAX, type StatusReport } from "@ims/common";
import { afterEach, describe, expect, it } from "vitest";
import { HealthServer, type HealthSource } from "./health-server.js";
import type { StatusQuery } from "./status-query.js";

let status: ServiceStatus = "starting";
let failure: Error | undefined;
const queries: StatusQuery[] = [];
const errors: unknown[] = [];
const report = () => ({ status, reasons: ["a reason"] }) as unknown as HealthReport;
const source: HealthSource = {
  status: () => {
    if (failure) throw failure;
    return status;
  },
  health: report,
  statusReport: (query) => {
    queries.push(query);
    return { ...report(), offset: query.offset } as unknown as StatusReport;
  },
  metrics: () => "# HELP ims_ready x\n",
  configuration: () => ({ exchange: "binancespot", version: "1", settings: [] }),
};
const server = new HealthServer(source, (error) => errors.push(error));

async function started() {
  const url = new URL(await server.listen(0));
  return (path: string, method = "GET") => fetch(new URL(path, url), { method });
}

describe("HealthServer", () => {
  afterEach(() => {
    failure = undefined;
    return server.close();
  });

  it("answers names of this machine alone while it listens for it alone", async () => {
    const url = new URL(await server.listen(0));
    const askAs = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        get({ port: url.port, host: "127.0.0.1", path: "/livez", headers: { host } }, (reply) => {
          reply.resume();
          resolve(reply.statusCode);
        }).on("error", reject);
      });
    for (const host of ["localhost", "localhost:7074", "127.0.0.1", "[::1]:80", "LOCALHOST"]) {
      expect([host, await askAs(host)]).toEqual([host, 200]);
    }
    for (const host of ["evil.example", "evil.example:7074", "localhost.evil.example", "127.0.0.1.evil"]) {
      expect([host, await askAs(host)]).toEqual([host, 403]);
    }
    await server.close();
    const open = new URL(await server.listen(0, "0.0.0.0"));
    url.port = open.port;
    expect(await askAs("machine.example")).toBe(200);
  });

  it("answers 200 when ready and 503 otherwise", async () => {
    const get = await started();
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
      expect((await get("/status")).status).toBe(200);
    }
    expect((await get("/nothing")).status).toBe(404);
    const posted = await get("/health", "POST");
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect(await (await get("/livez", "HEAD")).text()).toBe("");
  });

  it("gives metrics in Prometheus's type, and the configuration", async () => {
    const get = await started();
    const metrics = await get("/metrics");
    expect(metrics.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await metrics.text()).toBe("# HELP ims_ready x\n");
    expect(await (await get("/config")).json()).toEqual({
      exchange: "binancespot",
      version: "1",
      settings: [],
    });
  });

  it("pages and filters the status, within bounds", async () => {
    const get = await started();
    queries.length = 0;
    await get("/status");
    await get(`/status?offset=20&limit=${STATUS_PAGE_MAX}&symbol=btc&type=trades&state=stale`);
    expect(queries).toEqual([
      { offset: 0, limit: 500 },
      { offset: 20, limit: STATUS_PAGE_MAX, symbol: "btc", type: "trades", state: "stale" },
    ]);
    for (const [query, expected] of [
      ["limit=0", /limit has to be from 1 to 5000/],
      [`limit=${STATUS_PAGE_MAX + 1}`, /limit/],
      ["offset=-1", /offset/],
      ["offset=1e3", /offset/],
      ["symbols=A", /symbols is not known; known: offset/],
      ["state=stall", /state: "stall" is none of starting, live, .*did you mean "stale"/],
    ] as const) {
      const answer = await get(`/status?${query}`);
      expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([
        400,
        expect.stringMatching(expected),
      ]);
    }
    expect((await get(`/status?symbol=${"A".repeat(3000)}`)).status).toBe(414);
  });

  it("answers 500 when a report cannot be made, tells it, and goes on", async () => {
    const get = await started();
    failure = new Error("no report");
    expect((await get("/readyz")).status).toBe(500);
    expect(errors).toEqual([failure]);
    failure = undefined;
    expect((await get("/livez")).status).toBe(200);
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

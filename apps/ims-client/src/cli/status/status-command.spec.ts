import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { StatusReport } from "@ims/common";
import { afterEach, describe, expect, it } from "vitest";
import { startIms } from "../../spec-support/iggy-stage.js";

const REPORT: StatusReport = {
  status: "ready",
  reasons: [],
  exchange: "binancespot",
  version: "0.1.0",
  uptimeSeconds: 7384,
  broker: { connected: true, url: "iggy://***@localhost:8090", embedded: true },
  venue: { connected: true, connectionCount: 3, reconnectCount: 1, instrumentCount: 1432 },
  sessionCount: 2,
  subscriptionCount: 13,
  feedStates: { live: 12, stale: 1 },
  publishing: {
    phase: "flowing",
    phaseSeconds: 1,
    secondsInPhase: { flowing: 1, blocking: 0, shedding: 0 },
    bufferBytes: 1,
    bufferFreeBytes: 1,
    openGapCount: 0,
    queues: [],
  },
  ratePerSecond: 1234.4,
  counters: {},
  matchCount: 13,
  offset: 0,
  subscriptions: [],
  memoryBytes: 148_897_792,
};

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A service's operations port: what stands at each path, and 404 elsewhere. */
async function serve(bodies: Readonly<Record<string, unknown>>, status = 200): Promise<string> {
  const server = createServer((request, response) => {
    const body = bodies[request.url!];
    response.writeHead(body === undefined ? 404 : status);
    response.end(typeof body === "string" ? body : JSON.stringify(body ?? {}));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port that was free a moment ago. */
async function silentAddress(): Promise<string> {
  const address = await serve({});
  const server = servers.pop()!;
  await new Promise((resolve) => server.close(resolve));
  return address;
}

function status(commandLine: string, terminal = true) {
  return startIms(["status", ...commandLine.split(" ")], { terminal });
}

const masked = (text: string, ...addresses: readonly string[]) =>
  addresses.reduce((rest, address, index) => rest.replaceAll(address, `HOST${index}`), text);

describe("ims status", () => {
  it("shows each service on a line, and below what is wrong", async () => {
    const well = await serve({ "/status": REPORT });
    const starting = {
      ...REPORT,
      status: "starting",
      exchange: "deribit",
      reasons: ["the broker was not reached yet"],
      uptimeSeconds: 3,
      broker: { ...REPORT.broker, connected: false },
      feedStates: {},
      ratePerSecond: null,
    };
    const ill = await serve({ "/status": starting }, 503);
    const { exit, output, errors } = status(`--once --service ${well} ${ill}`);
    expect(await exit).toBe(1);
    expect(errors.text).toBe("");
    expect(output.text).toMatchInlineSnapshot(`
      "SERVICE      STATUS       UP  BROKER    VENUE      SYMBOLS  CLIENTS  FEEDS               RATE  PUBLISHING   MEMORY
      binancespot  ready     2h 3m  embedded  connected     1432        2  12 live, 1 stale  1234/s  flowing     142 MiB
      deribit      starting     3s  away      connected     1432        2  none                   -  flowing     142 MiB

      deribit: the broker was not reached yet
      "
    `);
  });

  it("ends with 0 when all are ready, with 1 when none answers", async () => {
    const well = await serve({ "/status": REPORT });
    expect(await status(`--once --service ${well}`).exit).toBe(0);
    const address = await silentAddress();
    const none = status(`--once --service ${address}`);
    expect(await none.exit).toBe(1);
    expect(masked(none.output.text, address)).toMatch(
      /^HOST0 +absent .*\n\nHOST0: nothing listens there\n$/m,
    );
  });

  it("looks also where IMS_HTTP_PORT says", async () => {
    const port = (await serve({ "/status": REPORT })).split(":")[1]!;
    const { output, exit } = startIms(["status", "--once"], { env: { IMS_HTTP_PORT: port } });
    await exit;
    expect(output.lines.map((line) => JSON.parse(line).address)).toContain(`127.0.0.1:${port}`);
  });

  it("shows a processor under its name", async () => {
    const broker = { connected: true, embedded: false };
    const report = {
      status: "ready",
      processor: "filtered",
      upSeconds: 61,
      reasons: [],
      broker,
      sources: [],
    };
    const { exit, output } = status(`--once --service ${await serve({ "/status": report })}`);
    expect(await exit).toBe(0);
    expect(output.text).toMatch(/^filtered +ready +1m 1s +connected +- /m);
  });

  it("reads the health of a service that has no status", async () => {
    const address = await serve({ "/health": { status: "ready", exchange: "binancespot" } });
    const { exit, output } = status(`--service http://${address}`, false);
    expect(await exit).toBe(0);
    expect(JSON.parse(output.text)).toEqual({
      address: `http://${address}`,
      status: "ready",
      exchange: "binancespot",
    });
  });

  it("prints JSON lines without the feeds, and CSV", async () => {
    const address = await serve({ "/status": REPORT });
    const json = status(`--service ${address}`, false);
    expect(await json.exit).toBe(0);
    const { subscriptions: _, ...report } = REPORT;
    expect(JSON.parse(json.output.text)).toEqual({ address, ...report });
    const csv = status(`--service ${address} --csv`, false);
    expect(await csv.exit).toBe(0);
    expect(csv.output.lines[0]).toMatch(/^address,status,reasons,exchange,version,uptimeSeconds,broker,/);
    expect(csv.output.lines).toHaveLength(2);
  });

  it.each([
    ["what is no JSON", "hello", /the answer is no JSON \(HTTP 200\)/],
    ["another program's JSON", { ok: true }, /the answer is no report of a service/],
  ])("says where it finds %s", async (_, body, reason) => {
    const { exit, output } = status(`--once --service ${await serve({ "/status": body })}`);
    expect(await exit).toBe(1);
    expect(output.text).toMatch(reason);
  });

  it("looks again and again on a terminal, in its place, until an interrupt", async () => {
    const address = await serve({ "/status": REPORT });
    const { exit, output, interrupt } = status(`--service ${address} --every 0.1`);
    await output.printed(/SERVICE.*SERVICE.*SERVICE/s);
    expect(output.text).toContain("\u001b[2A");
    interrupt.abort();
    expect(await exit).toBe(0);
  });

  it("refuses what is no number of seconds with 2", async () => {
    const { exit, errors } = status("--every often");
    expect(await exit).toBe(2);
    expect(errors.text).toMatch(/^ims: --every: "often" is no number of seconds/);
  });
});

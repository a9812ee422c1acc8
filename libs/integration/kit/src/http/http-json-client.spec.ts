import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { SimulatedClock } from "@ims/common";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RequestPriority, WeightBudget } from "../rate/weight-budget.js";
import { EventQueue } from "../spec-support/event-queue.js";
import { silentLogger } from "../spec-support/silent-logger.js";
import { HttpJsonClient, type HttpJsonClientOptions } from "./http-json-client.js";

let server: http.Server;
let baseUrl: string;
let clock: SimulatedClock;
const replies: ((response: http.ServerResponse) => void)[] = [];
let requests: EventQueue<http.IncomingMessage>;

beforeEach(async () => {
  clock = new SimulatedClock();
  requests = new EventQueue();
  replies.length = 0;
  server = http.createServer((request, response) => {
    replies.shift()?.(response);
    requests.push(request);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(clock.pendingTimerCount).toBe(0);
});

function client(options: Partial<HttpJsonClientOptions> = {}): HttpJsonClient {
  return new HttpJsonClient({ baseUrl, clock, random: () => 0.5, logger: silentLogger, ...options });
}

const answer =
  (status: number, body: string | Buffer, headers: Record<string, string> = {}) =>
  (response: http.ServerResponse) => {
    response.writeHead(status, headers).end(body);
  };

describe("HttpJsonClient.get", () => {
  it("reads JSON, plain and gzip, from the path under the base", async () => {
    replies.push(answer(200, '{"a":1}'), answer(200, gzipSync('{"a":2}'), { "content-encoding": "gzip" }));
    expect(await client({ baseUrl: `${baseUrl}/base/` }).get("/list?x=1")).toEqual({ a: 1 });
    expect((await requests.next()).url).toBe("/base/list?x=1");
    expect(await client().get("/list")).toEqual({ a: 2 });
  });

  it("reads bodies as it is told to; what throws there is a bad reply", async () => {
    replies.push(answer(200, "1e5"), answer(200, "1e5"));
    expect(await client({ parse: (text) => `<${text}>` }).get("/x")).toBe("<1e5>");
    const parse = () => {
      throw new SyntaxError("no");
    };
    await expect(client({ parse }).get("/x")).rejects.toMatchObject({ code: "venue.bad-reply" });
  });

  it.each([
    [503, "down", "venue.unavailable", true],
    [400, '{"code":-1121,"msg":"Invalid symbol."}', "venue.refused", false],
    [302, "", "venue.refused", false],
    [200, "<html>", "venue.bad-reply", true],
    [429, "slow down", "venue.rate-limited", true],
  ])("answers %i %j with %s", async (status, body, code, retryable) => {
    replies.push(answer(status, body));
    await expect(client().get("/x")).rejects.toMatchObject({ code, retryable });
  });

  it("quotes the venue's words", async () => {
    replies.push(answer(400, '{"code":-1121,"msg":"Invalid symbol."}'));
    await expect(client().get("/x")).rejects.toThrow("Invalid symbol.");
  });

  it("gives up on a body beyond the bound, packed or not", async () => {
    const large = JSON.stringify("x".repeat(5000));
    replies.push(answer(200, large), answer(200, gzipSync(large), { "content-encoding": "gzip" }));
    await expect(client({ bytesMax: 1000 }).get("/x")).rejects.toMatchObject({ code: "venue.bad-reply" });
    await expect(client({ bytesMax: 1000 }).get("/x")).rejects.toMatchObject({ code: "venue.bad-reply" });
  });

  it("gives up on a reply that does not come, or stops half-way", async () => {
    replies.push(
      () => {},
      (response) => response.writeHead(200).write('{"a":'),
    );
    for (let round = 0; round < 2; round++) {
      const given = client({ timeoutMillis: 500 }).get("/x");
      const refused = expect(given).rejects.toMatchObject({ code: "venue.timeout" });
      await requests.next();
      await clock.advance(500);
      await refused;
    }
  });

  it("tells an unreachable host, a broken reply and an abort apart", async () => {
    const free = http.createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    await expect(client({ baseUrl: `http://127.0.0.1:${port}` }).get("/x")).rejects.toMatchObject({
      code: "venue.unreachable",
    });
    replies.push((response) => response.destroy());
    await expect(client().get("/x")).rejects.toMatchObject({ code: "venue.unreachable" });
    const abort = new AbortController();
    const given = client().get("/x", abort.signal);
    const refused = expect(given).rejects.toThrow("no longer wanted");
    await requests.next();
    abort.abort(new Error("no longer wanted"));
    await refused;
  });

  it("sends nothing until the pause is over that the venue asked for", async () => {
    replies.push(answer(418, "banned", { "retry-after": "120" }), answer(200, "[]"));
    const shared = client();
    await expect(shared.get("/x")).rejects.toMatchObject({ context: { status: 418, pauseMillis: 120_000 } });
    await requests.next();
    const later = shared.get("/x");
    await clock.advance(119_000);
    expect(requests.pendingCount).toBe(0);
    await clock.advance(1_000);
    expect(await later).toEqual([]);
  });
});

describe("HttpJsonClient.getUntil", () => {
  it("repeats with pauses until a reply is taken", async () => {
    replies.push(answer(500, ""), answer(200, "nonsense"), answer(403, ""), answer(200, '"list"'));
    const warnings = new EventQueue<string>();
    const logger = { ...silentLogger, warn: (_: object, message: string) => warnings.push(message) };
    const given = client({ logger }).getUntil("/x", (body) => body);
    for (const said of ["500", "not JSON", "403"]) {
      expect(await warnings.next()).toContain(said);
      await clock.advance(1000);
    }
    expect(await given).toBe("list");
  });

  it("ends when aborted during a pause", async () => {
    replies.push(answer(500, ""));
    const abort = new AbortController();
    const given = client().getUntil("/x", (body) => body, abort.signal);
    await requests.next();
    const refused = expect(given).rejects.toThrow("enough");
    abort.abort(new Error("enough"));
    await refused;
  });
});

describe("HttpJsonClient with a budget", () => {
  it("waits for its weight, reads the used weight from answers, and shares a pause with all of the host", async () => {
    const budget = new WeightBudget({ clock, weightMax: 100 });
    const options = { budget, usedWeightHeader: "x-used" };
    const [one, other] = [client(options), client(options)];
    replies.push(
      answer(200, "1", { "x-used": "70" }),
      answer(429, "", { "retry-after": "90" }),
      answer(200, "2"),
    );
    expect(await one.get("/a", undefined, { weight: 10, priority: RequestPriority.Lists })).toBe(1);
    expect(budget.usedWeight).toBe(70);
    const cost = { weight: 30, priority: RequestPriority.Lists };
    await expect(one.get("/b", undefined, cost)).rejects.toMatchObject({ code: "venue.rate-limited" });
    expect(budget.blockedMillis).toBe(90_000);
    const waiting = other.get("/c", undefined, cost);
    await clock.advance(89_999);
    expect(requests.pendingCount).toBe(2);
    await clock.advance(1);
    expect(await waiting).toBe(2);
  });
});

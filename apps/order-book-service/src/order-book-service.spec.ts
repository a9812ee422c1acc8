import { Client, credentials, makeClientConstructor, status } from "@grpc/grpc-js";
import { BOOK_SERVICE, BookClient, bookProto, type SummaryMessage } from "@ims/book-proto";
import { SimulatedClock } from "@ims/common";
import { healthProto, reflectionProto } from "@ims/grpc-proto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type OrderBookService, startOrderBookService } from "./order-book-service.js";
import { ScriptedSource, spot } from "./spec-support/scripted-source.js";
import { silentLogger } from "./spec-support/silent-logger.js";

const STALE_MILLIS = 5000;
const RELEASE_MILLIS = 3000;

let clock: SimulatedClock;
let binance: ScriptedSource;
let bitstamp: ScriptedSource;
let service: OrderBookService;
let client: BookClient;
let stop: AbortController;

beforeEach(async () => {
  clock = new SimulatedClock();
  binance = new ScriptedSource("binancespot", [spot("BTCUSD", "BTC", "USD"), spot("ETHUSD", "ETH", "USD")]);
  bitstamp = new ScriptedSource("bitstamp", [spot("btcusd", "BTC", "USD")]);
  service = await startOrderBookService({
    sources: [binance, bitstamp],
    address: "127.0.0.1:0",
    staleAfterMillis: STALE_MILLIS,
    releaseAfterMillis: RELEASE_MILLIS,
    clock,
    logger: silentLogger,
  });
  client = new BookClient(`127.0.0.1:${service.port}`);
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  client.close();
  await service.close();
});

function listAll(): void {
  binance.list();
  bitstamp.list();
}

/** The next summary for which `test` holds. */
async function until(
  summaries: AsyncGenerator<SummaryMessage>,
  test: (summary: SummaryMessage) => boolean,
): Promise<SummaryMessage> {
  for (;;) {
    const { value, done } = await summaries.next();
    if (done) throw new Error("the stream ended");
    if (test(value)) return value;
  }
}

const stateOf = (summary: SummaryMessage, venue: string) =>
  summary.venues.find((state) => state.venue === venue);

it("gives the state at once and each change, with the venue of each level and both scales exact", async () => {
  listAll();
  const summaries = client.summaries({ symbol: "btc/usd", depth: 2 }, stop.signal);
  const first = (await summaries.next()).value!;
  expect(first.venues.map(({ venue, state, ageMillis }) => [venue, state, ageMillis])).toEqual([
    ["binancespot", "WAITING", undefined],
    ["bitstamp", "WAITING", undefined],
  ]);
  binance.give("BTCUSD", [[100, 1]], [[103, 2]]);
  bitstamp.give(
    "btcusd",
    [[101, 3]],
    [
      [103, 4],
      [104, 9],
    ],
  );
  const both = await until(summaries, ({ bids }) => bids.length === 2);
  expect(both.bids).toEqual([
    { venue: "bitstamp", price: "101", quantity: "3" },
    { venue: "binancespot", price: "100", quantity: "1" },
  ]);
  expect(both.asks.map(({ venue, price }) => [venue, price])).toEqual([
    ["binancespot", "103"],
    ["bitstamp", "103"],
  ]);
  expect([both.spread, both.mid, both.midScale, both.crossed]).toEqual(["2", "1020", 1, false]);
  bitstamp.give("btcusd", [[105, 3]], [[106, 4]]);
  const crossed = await until(summaries, (summary) => summary.crossed);
  expect(crossed.spread).toBe("-2");
  // A second client of the same merge begins with what is there.
  const second = client.summaries({ symbol: "BTCUSD", depth: 2 }, stop.signal);
  expect((await second.next()).value!.version).toBe(crossed.version);
  expect([binance.log, bitstamp.log]).toEqual([["follow BTCUSD"], ["follow btcusd"]]);
});

it("names a venue that is silent and goes on without it", async () => {
  listAll();
  const summaries = client.summaries({ symbol: "BTCUSD" }, stop.signal);
  await summaries.next();
  binance.give("BTCUSD", [[100, 1]], [[103, 2]]);
  bitstamp.give("btcusd", [[101, 3]], [[103, 4]]);
  await until(summaries, ({ bids }) => bids.length === 2);
  await clock.advance(STALE_MILLIS - 1);
  bitstamp.give("btcusd", [[101, 4]], [[103, 4]], clock.monotonicMillis());
  await clock.advance(500);
  const left = await until(summaries, (summary) => stateOf(summary, "binancespot")?.state === "STALE");
  expect(stateOf(left, "binancespot")!.reason).toBe("nothing was heard for 5 s");
  expect(left.bids.map(({ venue }) => venue)).toEqual(["bitstamp"]);
});

it("merges the venues that are asked for, and a venue whose list comes later", async () => {
  binance.list();
  const all = client.summaries({ symbol: "BTCUSD" }, stop.signal);
  const only = client.summaries({ symbol: "BTCUSD", venues: ["binancespot"] }, stop.signal);
  expect((await all.next()).value!.venues).toHaveLength(1);
  await only.next();
  bitstamp.list();
  bitstamp.give("btcusd", [[101, 3]], []);
  binance.give("BTCUSD", [[100, 3]], []);
  const both = await until(all, ({ bids }) => bids.length === 2);
  expect(both.venues).toHaveLength(2);
  expect((await until(only, ({ bids }) => bids.length === 1)).bids[0]!.venue).toBe("binancespot");
});

it("makes a symbol known that is listed while it runs, and lets a venue leave that delists one", async () => {
  listAll();
  const summaries = client.summaries({ symbol: "BTCUSD" }, stop.signal);
  await summaries.next();
  binance.give("BTCUSD", [[100, 1]], []);
  bitstamp.give("btcusd", [[101, 3]], []);
  await until(summaries, ({ bids }) => bids.length === 2);
  bitstamp.list([spot("solusd", "SOL", "USD")]);
  const alone = await until(summaries, ({ venues }) => venues.length === 1);
  expect(alone.bids.map(({ venue }) => venue)).toEqual(["binancespot"]);
  expect(bitstamp.log).toEqual(["follow btcusd", "unfollow btcusd"]);
  const listed = (await client.summaries({ symbol: "SOLUSD" }, stop.signal).next()).value!;
  expect(listed.venues.map(({ venue }) => venue)).toEqual(["bitstamp"]);
  binance.list([]);
  const nobody = await until(summaries, ({ venues }) => venues.length === 0);
  expect(nobody.bids).toEqual([]);
  const refused = client.summaries({ symbol: "BTCUSD" }, stop.signal).next();
  await expect(refused).rejects.toMatchObject({ code: status.NOT_FOUND });
});

it("releases a symbol after nobody has watched it for a while, and not before", async () => {
  listAll();
  const summaries = client.summaries({ symbol: "ETHUSD" }, stop.signal);
  await summaries.next();
  await clock.advance(RELEASE_MILLIS * 2);
  expect(binance.log).toEqual(["follow ETHUSD"]);
  await summaries.return();
  await expect.poll(() => service.server.calls.streamCount).toBe(0);
  await clock.advance(RELEASE_MILLIS - 500);
  expect(service.hub.keptCount).toBe(1);
  await clock.advance(1000);
  expect([service.hub.keptCount, binance.log]).toEqual([0, ["follow ETHUSD", "unfollow ETHUSD"]]);
});

it.each([
  [{ symbol: "BTCUSDX" }, status.NOT_FOUND, /did you mean BTCUSD/],
  [{ symbol: "ETHUSD", venues: ["bitstamp"] }, status.NOT_FOUND, /bitstamp does not list ETHUSD/],
  [{ symbol: "BTCUSD", venues: ["mars"] }, status.INVALID_ARGUMENT, /there are binancespot, bitstamp/],
  [{ symbol: "BTCUSD", depth: 5000 }, status.INVALID_ARGUMENT, /at most 1000/],
])("refuses %j and says why", async (query, code, details) => {
  listAll();
  const refused = client.summaries(query, stop.signal).next();
  await expect(refused).rejects.toMatchObject({ code, details: expect.stringMatching(details) });
});

it("says that it is not ready before a venue has given its instruments", async () => {
  const refused = client.summaries({ symbol: "BTCUSD" }, stop.signal).next();
  await expect(refused).rejects.toMatchObject({ code: status.UNAVAILABLE });
});

it("lists the symbols with the venues that have them", async () => {
  listAll();
  const symbols = await client.symbols();
  expect(symbols.map(({ name, venues }) => [name, venues.map(({ venue }) => venue)])).toEqual([
    ["BTCUSD", ["binancespot", "bitstamp"]],
    ["ETHUSD", ["binancespot"]],
  ]);
});

it("ends streams with a reason when it shuts down, and its sources", async () => {
  listAll();
  const summaries = client.summaries({ symbol: "BTCUSD" }, stop.signal);
  await summaries.next();
  const ended = expect(summaries.next()).rejects.toMatchObject({
    code: status.UNAVAILABLE,
    details: expect.stringContaining("shutting down"),
  });
  await service.close();
  await ended;
  expect([binance.isClosed, bitstamp.isClosed]).toEqual([true, true]);
});

it("gives up a stream at the client's deadline", async () => {
  listAll();
  const raw = rawClient();
  const stream = raw.makeServerStreamRequest(
    "/ims.books.v1.OrderBooks/BookSummary",
    () => Buffer.from([0x0a, 6, ...Buffer.from("BTCUSD")]),
    (bytes: Buffer) => bytes,
    {},
    { deadline: Date.now() + 300 },
  );
  stream.resume();
  const error = await new Promise<unknown>((resolve) => stream.on("error", resolve));
  expect(error).toMatchObject({ code: status.DEADLINE_EXCEEDED });
  await expect.poll(() => service.server.calls.streamCount).toBe(0);
  raw.close();
});

it("keeps one state for a client that does not read, and counts what it did not get", async () => {
  listAll();
  const raw = rawClient();
  const stream = raw.makeServerStreamRequest(
    "/ims.books.v1.OrderBooks/BookSummary",
    // Field 1 the symbol, field 2 the depth: 1000.
    () => Buffer.from([0x0a, 6, ...Buffer.from("BTCUSD"), 0x10, 0xe8, 0x07]),
    (bytes: Buffer) => bytes,
    {},
  );
  stream.on("error", () => undefined);
  await new Promise((resolve) => stream.once("data", resolve));
  stream.pause();
  const states = 400;
  for (let state = 1; state <= states; state++) {
    const rows = Array.from({ length: 1000 }, (_, at) => [2000 - at, state] as const);
    binance.give("BTCUSD", rows, []);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const method = bookProto.service(BOOK_SERVICE).BookSummary!;
  let received = 0;
  let conflated = 0;
  await new Promise<void>((resolve) => {
    stream.on("data", (bytes: Buffer) => {
      const summary = method.responseDeserialize(bytes) as SummaryMessage;
      received++;
      conflated += Number(summary.conflated);
      if (summary.bids[0]!.quantity === String(states)) resolve();
    });
    stream.resume();
  });
  expect(received + conflated).toBe(states);
  expect(conflated).toBeGreaterThan(0);
  stream.cancel();
  raw.close();
});

it("answers health checks by what it can serve", async () => {
  const Health = makeClientConstructor(healthProto.service("grpc.health.v1.Health"), "Health");
  const health = new Health(`127.0.0.1:${service.port}`, credentials.createInsecure());
  const check = (name: string) =>
    new Promise((resolve) =>
      health.Check!({ service: name }, (error: { code: number } | null, reply: { status: string }) =>
        resolve(error ? error.code : reply.status),
      ),
    );
  expect(await check("")).toBe("NOT_SERVING");
  listAll();
  expect(await check("ims.books.v1.OrderBooks")).toBe("SERVING");
  expect(await check("other")).toBe(status.NOT_FOUND);
  health.close();
});

it("describes itself", async () => {
  const name = "grpc.reflection.v1.ServerReflection";
  const Reflection = makeClientConstructor(reflectionProto.service(name), name);
  const reflection = new Reflection(`127.0.0.1:${service.port}`, credentials.createInsecure());
  const call = reflection.ServerReflectionInfo!();
  const ask = (request: object) =>
    new Promise<Record<string, never>>((resolve) => {
      call.once("data", resolve);
      call.write(request);
    });
  const services = await ask({ listServices: "" });
  expect(services).toMatchObject({
    listServicesResponse: {
      service: expect.arrayContaining([
        { name: "ims.books.v1.OrderBooks" },
        { name: "grpc.health.v1.Health" },
      ]),
    },
  });
  const file = (await ask({ fileContainingSymbol: "ims.books.v1.OrderBooks.BookSummary" })) as unknown as {
    fileDescriptorResponse: { fileDescriptorProto: Buffer[] };
  };
  expect(file.fileDescriptorResponse.fileDescriptorProto[0]!.toString("latin1")).toContain("price_scale");
  expect(await ask({ fileContainingSymbol: "no.such" })).toMatchObject({
    errorResponse: { errorCode: status.NOT_FOUND },
  });
  call.end();
  reflection.close();
});

function rawClient(): Client {
  return new Client(`127.0.0.1:${service.port}`, credentials.createInsecure());
}

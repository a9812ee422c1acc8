import { connect, constants } from "node:http2";
import { Client, credentials, status } from "@grpc/grpc-js";
import { systemClock } from "@ims/common";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type OrderBookService, startOrderBookService } from "../order-book-service.js";
import { ScriptedSource, spot } from "../spec-support/scripted-source.js";
import { silentLogger } from "../spec-support/silent-logger.js";

const PATH = "/ims.books.v1.OrderBooks/BookSummary";
/** Field 1, the symbol. */
const REQUEST = Buffer.from([0x0a, 6, ...Buffer.from("BTCUSD")]);

let source: ScriptedSource;
let service: OrderBookService;
let client: Client;

beforeEach(async () => {
  source = new ScriptedSource("binancespot", [spot("BTCUSD", "BTC", "USD")]);
  service = await startOrderBookService({
    sources: [source],
    address: "127.0.0.1:0",
    staleAfterMillis: 5000,
    releaseAfterMillis: 0,
    clock: systemClock,
    logger: silentLogger,
  });
  source.list();
  client = new Client(`127.0.0.1:${service.port}`, credentials.createInsecure());
});

afterEach(async () => {
  client.close();
  await service.close();
});

function open(options: { deadline?: number } = {}) {
  return client.makeServerStreamRequest(
    PATH,
    () => REQUEST,
    (bytes: Buffer) => bytes,
    {},
    options,
  );
}

/** All streams are left, and the symbol that nobody watches is released. */
async function expectNothingLeft(): Promise<void> {
  await expect.poll(() => service.server.calls.streamCount).toBe(0);
  await expect.poll(() => service.hub.keptCount).toBe(0);
  expect(source.followed.size).toBe(0);
}

it("leaves nothing behind for deadlines that are over or nearly so", async () => {
  const codes: unknown[] = [];
  for (const millis of [-1000, 0, 1, 2, 5, 10, 20]) {
    const stream = open({ deadline: Date.now() + millis });
    stream.on("data", () => {});
    await new Promise<void>((resolve) =>
      stream.on("error", (error: { code: unknown }) => {
        codes.push(error.code);
        resolve();
      }),
    );
  }
  expect(new Set(codes)).toEqual(new Set([status.DEADLINE_EXCEEDED]));
  await expectNothingLeft();
});

/** One message of a call as HTTP/2 carries it: not compressed, its length, itself. */
const FRAME = Buffer.concat([Buffer.from([0, 0, 0, 0, REQUEST.length]), REQUEST]);

it.each([
  ["cancellations at any moment", {}],
  ["a timeout of nothing", { "grpc-timeout": "0n" }],
  ["a timeout of a microsecond", { "grpc-timeout": "1u" }],
])("leaves nothing behind for %s", async (_, headers) => {
  const session = connect(`http://127.0.0.1:${service.port}`);
  session.on("error", () => {});
  for (let index = 0; index < 60; index++) {
    const stream = session.request({
      ":method": "POST",
      ":path": PATH,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    stream.on("error", () => {});
    stream.resume();
    stream.end(FRAME);
    const closed = new Promise((resolve) => stream.on("close", resolve));
    // The first in one write with the request, others while it is read and answered.
    for (let turn = 0; turn < index % 12; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (Object.keys(headers).length === 0) stream.close(constants.NGHTTP2_CANCEL);
    await closed;
  }
  session.destroy();
  await expectNothingLeft();
});

it("leaves nothing behind for a connection that is cut with its streams open", async () => {
  const session = connect(`http://127.0.0.1:${service.port}`);
  session.on("error", () => {});
  const streams = Array.from({ length: 50 }, () => {
    const stream = session.request({
      ":method": "POST",
      ":path": PATH,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.on("error", () => {});
    stream.end(FRAME);
    return stream;
  });
  await Promise.all(streams.map((stream) => new Promise((resolve) => stream.once("data", resolve))));
  expect(service.server.calls.streamCount).toBe(50);
  session.destroy();
  await expectNothingLeft();
});

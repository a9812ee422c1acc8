import { createRequire } from "node:module";
import { Meter } from "./meter.mjs";
import { MOVING_SYMBOL } from "./moving-source.mjs";
import { options, serveParent } from "./part.mjs";

const { Client, credentials } = createRequire(import.meta.resolve("../../libs/book-proto/package.json"))(
  "@grpc/grpc-js",
);

/** `subscribers.mjs OPTIONS`: many streams of one merged book over a few connections; messages are counted, not read. */
const { address, connectionCount, depth, streamCount } = options();
const METHOD = "/ims.books.v1.OrderBooks/BookSummary";
// Field 1 the symbol, field 2 the depth.
const request = Buffer.from([0x0a, MOVING_SYMBOL.length, ...Buffer.from(MOVING_SYMBOL), 0x10, depth]);
const asIs = (bytes) => bytes;
const clients = Array.from(
  { length: connectionCount },
  () => new Client(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 }),
);
const counts = new Uint32Array(streamCount);
let byteCount = 0;
const streams = [];
const begun = [];
for (let index = 0; index < streamCount; index++) {
  const stream = clients[index % connectionCount].makeServerStreamRequest(METHOD, () => request, asIs, {});
  stream.on("error", () => undefined);
  begun.push(new Promise((resolve) => stream.once("data", resolve)));
  stream.on("data", (bytes) => {
    counts[index]++;
    byteCount += bytes.length;
  });
  streams.push(stream);
}
await Promise.all(begun);
serveParent(
  {
    reset() {
      counts.fill(0);
      byteCount = 0;
    },
    ...new Meter().answers,
    counts: () => ({
      total: counts.reduce((sum, count) => sum + count, 0),
      least: Math.min(...counts),
      most: Math.max(...counts),
      byteCount,
    }),
    leave() {
      for (const stream of streams) stream.cancel();
    },
  },
  async () => {
    for (const client of clients) client.close();
  },
);
process.send({ ready: true });

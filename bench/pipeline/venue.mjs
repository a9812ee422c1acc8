import { createServer } from "node:http";
import { createRequire } from "node:module";
import { openMarket } from "./market.mjs";
import { nowMicros, TradeFrames } from "./trade-frames.mjs";

// Of the simulator, which depends on it.
const { WebSocketServer } = createRequire(import.meta.resolve("../../libs/exchange-simulator/package.json"))(
  "ws",
);

/**
 * `venue.mjs OPTIONS`: REST and one kind of stream of a spot market, in a process of its own. Frames are made in
 * advance and written as they are, as many as fit into a write; at full speed as fast as the socket takes them, else
 * on a timetable of a millisecond.
 */
const { symbolCount } = JSON.parse(process.argv[2]);
const HEAD_BYTES = 4;
const FRAME_COUNT = 512;
const market = await openMarket(symbolCount);
const frames = new TradeFrames(market.symbols, FRAME_COUNT, HEAD_BYTES);
for (let index = 0; index < FRAME_COUNT; index++) {
  const { head, view } = frames.frame(index);
  // Final text frame with a length of 16 bits, not masked: RFC 6455 section 5.2.
  frames.bytes[head] = 0x81;
  frames.bytes[head + 1] = 126;
  frames.bytes.writeUInt16BE(view.length, head + 2);
}
let socket;
let sentCount = 0;
let perSecond = 0;
let began = 0;
let at = 0;

const server = createServer(async (request, response) => {
  const { body, headers, status } = await market.request(request.method, request.url, request.headers);
  response.writeHead(status, headers).end(body);
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (ws, request) => {
  ws.on("message", (data) => {
    const { id, method, params } = JSON.parse(data);
    ws.send(JSON.stringify({ result: null, id }));
    if (method === "SUBSCRIBE" && params.some((name) => name.endsWith("@trade"))) socket = request.socket;
  });
});

/** Up to so many frames in one write. */
function write(count) {
  frames.setTime(nowMicros());
  while (count > 0) {
    const run = Math.min(count, FRAME_COUNT - at);
    for (let index = at; index < at + run; index++) frames.stamp(index);
    const bytes = frames.bytes.subarray(frames.frame(at).head, frames.frame(at + run - 1).end);
    // Copied, since the same memory is stamped again before the kernel may have it.
    socket.write(Buffer.from(bytes));
    at = (at + run) % FRAME_COUNT;
    sentCount += run;
    count -= run;
  }
}

function flood() {
  if (perSecond !== Number.POSITIVE_INFINITY) return;
  if (socket.writableNeedDrain) socket.once("drain", flood);
  else {
    write(FRAME_COUNT);
    setImmediate(flood);
  }
}

function onTime() {
  if (perSecond === 0 || perSecond === Number.POSITIVE_INFINITY) return;
  const due = Math.floor(((performance.now() - began) / 1000) * perSecond) - sentCount;
  if (due > 0) write(due);
  setTimeout(onTime, 1);
}

const answers = {
  /** @param rate frames a second; null: as many as are taken */
  begin(rate) {
    perSecond = rate ?? Number.POSITIVE_INFINITY;
    began = performance.now();
    sentCount = 0;
    if (rate === null) flood();
    else onTime();
  },
  halt() {
    perSecond = 0;
    return { sentCount };
  },
  usage: () => ({ sentCount, cpu: process.cpuUsage(), rssBytes: process.memoryUsage.rss() }),
};
process.on("message", async ({ ask, value }) => {
  if (ask === "end") {
    sockets.close();
    for (const ws of sockets.clients) ws.terminate();
    server.close();
    await market.close();
    process.disconnect();
    return;
  }
  process.send({ [ask]: answers[ask](value) ?? true });
});
process.once("disconnect", () => process.exit());
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address();
process.send({
  ready: { restUrl: `http://127.0.0.1:${port}`, wsUrl: `ws://127.0.0.1:${port}`, symbols: market.symbols },
});

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { openMarket } from "../pipeline/market.mjs";
import { nowMicros, options, serveParent } from "./part.mjs";

// Of the simulator, which depends on it.
const { WebSocketServer } = createRequire(import.meta.resolve("../../libs/exchange-simulator/package.json"))(
  "ws",
);

/**
 * `venue.mjs OPTIONS`: REST and depth streams of a spot market. Each frame changes five levels a side near the top, on
 * a timetable of a millisecond, the symbols in turn; its event time is that of the call that writes it.
 */
const { symbolCount } = options();
const LEVELS = 200;
const CHANGED = 5;
const CHANGED_WITHIN = 40;
// One of the built-in symbols does not trade.
const market = await openMarket(symbolCount + 1);
const symbols = market.symbols.slice(0, symbolCount);
const books = new Map(symbols.map((symbol) => [symbol, bookOf()]));
const streams = new Map();
let perSecond = 0;
let began = 0;
let sentCount = 0;
let state = 1;

function bookOf() {
  const side = () => Array.from({ length: LEVELS }, (_, at) => (1 + (at % 7)).toFixed(4));
  return { updateId: 1000, bids: side(), asks: side() };
}

const price = (side, at) => (60_000 + (side === "bids" ? -1 - at : 1 + at) * 0.01).toFixed(2);

function random() {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state / 0x80000000;
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://venue");
  const book = url.pathname === "/api/v3/depth" ? books.get(url.searchParams.get("symbol")) : undefined;
  if (book) {
    const rows = (side) => book[side].map((quantity, at) => [price(side, at), quantity]);
    const body = { lastUpdateId: book.updateId, bids: rows("bids"), asks: rows("asks") };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    return;
  }
  const { body, headers, status } = await market.request(request.method, request.url, request.headers);
  response.writeHead(status, headers).end(body);
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (ws) => {
  ws.on("message", (data) => {
    const { id, method, params } = JSON.parse(data);
    ws.send(JSON.stringify({ result: null, id }));
    if (method !== "SUBSCRIBE") return;
    for (const name of params) {
      const [symbol, kind] = name.split("@");
      if (kind === "depth") streams.set(symbol.toUpperCase(), { name, ws });
    }
  });
});

function send(symbol) {
  const stream = streams.get(symbol);
  const book = books.get(symbol);
  const rows = { bids: [], asks: [] };
  for (const side of ["bids", "asks"]) {
    for (let count = 0; count < CHANGED; count++) {
      const at = count * (CHANGED_WITHIN / CHANGED) + Math.floor(random() * (CHANGED_WITHIN / CHANGED));
      book[side][at] = (0.0001 + random() * 9).toFixed(4);
      rows[side].push(`["${price(side, at)}","${book[side][at]}"]`);
    }
  }
  const id = ++book.updateId;
  if (!stream) return;
  stream.ws.send(
    `{"stream":"${stream.name}","data":{"e":"depthUpdate","E":${nowMicros()},"s":"${symbol}","U":${id},"u":${id},"b":[${rows.bids}],"a":[${rows.asks}]}}`,
  );
  sentCount++;
}

let turn = 0;
function onTime() {
  if (perSecond === 0) return;
  const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
  for (; turn < due; turn++) send(symbols[turn % symbols.length]);
  setTimeout(onTime, 1);
}

serveParent(
  {
    begin(rate) {
      perSecond = rate;
      began = performance.now();
      sentCount = 0;
      turn = 0;
      onTime();
    },
    halt() {
      perSecond = 0;
      return { sentCount };
    },
  },
  async () => {
    for (const ws of sockets.clients) ws.terminate();
    server.close();
    await market.close();
  },
);
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address();
process.send({ ready: { restUrl: `http://127.0.0.1:${port}`, wsUrl: `ws://127.0.0.1:${port}`, symbols } });

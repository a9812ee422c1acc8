import { createServer } from "node:http";
import { createRequire } from "node:module";
import { openMarket } from "../pipeline/market.mjs";
import { Meter } from "./meter.mjs";
import { nowMicros, options, quantiles, serveParent } from "./part.mjs";

// Of the simulator, which depends on it.
const { WebSocketServer } = createRequire(import.meta.resolve("../../libs/exchange-simulator/package.json"))(
  "ws",
);

/**
 * `venue.mjs OPTIONS`: REST and depth streams of a spot market. Each frame changes five levels a side near the top, on
 * a timetable of a millisecond, the symbols in turn; its event time is that of the call that writes it. How late frames
 * were on the timetable is told, too: latency does not hold it.
 */
const { symbolCount } = options();
const LEVELS = 200;
const CHANGED = 5;
const CHANGED_WITHIN = 40;
/** Between the best bid and the best ask, in steps of the price. */
const MIDDLE = 6_000_000;
/** Different quantities of a symbol. */
const QUANTITIES = 900;
const HEAD_BYTES = 4;
// One of the built-in symbols does not trade.
const market = await openMarket(symbolCount + 1);
const symbols = market.symbols.slice(0, symbolCount);
const scales = await scalesOf(market);
const books = new Map(symbols.map((symbol) => [symbol, bookOf(scales.get(symbol))]));
const streams = new Map();
let perSecond = 0;
let began = 0;
let sentCount = 0;
let state = 1;
const lateness = new Float64Array(1_000_000);

/** Digits of each symbol's prices and quantities: a venue's frames have those of its list. */
async function scalesOf({ request }) {
  const { body } = await request("GET", "/api/v3/exchangeInfo");
  const digits = (step) => Math.max(0, Math.round(-Math.log10(Number(step))));
  const stepOf = ({ filters }, type, name) => filters.find(({ filterType }) => filterType === type)[name];
  return new Map(
    JSON.parse(body).symbols.map((listed) => [
      listed.symbol,
      {
        price: digits(stepOf(listed, "PRICE_FILTER", "tickSize")),
        quantity: digits(stepOf(listed, "LOT_SIZE", "stepSize")),
      },
    ]),
  );
}

function bookOf(scale) {
  const side = (toText) => Array.from({ length: LEVELS }, (_, at) => toText(at));
  const prices = (step) => side((at) => decimal(MIDDLE + step * (at + 1), scale.price));
  return {
    updateId: 1000,
    quantities: Array.from({ length: QUANTITIES }, (_, at) => decimal(at + 1, scale.quantity)),
    bids: side((at) => decimal(1 + (at % 7), scale.quantity)),
    asks: side((at) => decimal(1 + (at % 7), scale.quantity)),
    prices: { bids: prices(-1), asks: prices(1) },
  };
}

function decimal(units, scale) {
  return (units / 10 ** scale).toFixed(scale);
}

function random() {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state / 0x80000000;
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://venue");
  const book = url.pathname === "/api/v3/depth" ? books.get(url.searchParams.get("symbol")) : undefined;
  if (book) {
    const rows = (side) => book[side].map((size, at) => [book.prices[side][at], size]);
    const body = { lastUpdateId: book.updateId, bids: rows("bids"), asks: rows("asks") };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    return;
  }
  const { body, headers, status } = await market.request(request.method, request.url, request.headers);
  response.writeHead(status, headers).end(body);
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (ws, { socket }) => {
  ws.on("message", (data) => {
    const { id, method, params } = JSON.parse(data);
    ws.send(JSON.stringify({ result: null, id }));
    if (method !== "SUBSCRIBE") return;
    for (const name of params) {
      const [symbol, kind] = name.split("@");
      if (kind === "depth") streams.set(symbol.toUpperCase(), { name, socket });
    }
  });
});

/** The bytes of rows like `["60000.01","2.5"]` near the top of a side, whose quantities are drawn anew. */
function changedRows(book, side) {
  let text = "";
  for (let count = 0; count < CHANGED; count++) {
    const at = count * (CHANGED_WITHIN / CHANGED) + Math.floor(random() * (CHANGED_WITHIN / CHANGED));
    book[side][at] = book.quantities[Math.floor(random() * QUANTITIES)];
    text += `${count === 0 ? "" : ","}["${book.prices[side][at]}","${book[side][at]}"]`;
  }
  return text;
}

/** Written to the socket as one piece: a sender that makes more garbage than that stops now and then to collect it. */
function send(symbol) {
  const stream = streams.get(symbol);
  const book = books.get(symbol);
  const bids = changedRows(book, "bids");
  const asks = changedRows(book, "asks");
  const id = ++book.updateId;
  if (!stream) return;
  const text = `{"stream":"${stream.name}","data":{"e":"depthUpdate","E":${nowMicros()},"s":"${symbol}","U":${id},"u":${id},"b":[${bids}],"a":[${asks}]}}`;
  const frame = Buffer.allocUnsafe(HEAD_BYTES + text.length);
  // A final text frame with a length of 16 bits, not masked: RFC 6455 section 5.2.
  frame[0] = 0x81;
  frame[1] = 126;
  frame.writeUInt16BE(text.length, 2);
  frame.latin1Write(text, HEAD_BYTES);
  stream.socket.write(frame);
  sentCount++;
}

let turn = 0;
function onTime() {
  if (perSecond === 0) return;
  const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
  for (; turn < due; turn++) {
    lateness[turn % lateness.length] = performance.now() - began - ((turn + 1) * 1000) / perSecond;
    send(symbols[turn % symbols.length]);
  }
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
      return { sentCount, lateness: quantiles(lateness.subarray(0, turn)) };
    },
    ...new Meter().answers,
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

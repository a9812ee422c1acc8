import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Frames of a kind that are decoded in turn. */
export const FRAME_COUNT = 256;
export const DEPTH_LEVELS = 20;

/** Recordings that hold the kind, and how its frames begin behind the stream name. */
const SOURCES = {
  trade: { file: "binance-spot/btcusdt-20240809.jsonl.gz", stream: "btcusdt@trade" },
  aggTrade: { file: "binance-spot/dot-btc-eth-20210404.jsonl.gz", stream: "btcusdt@aggTrade" },
  bookTicker: { file: "binance-spot/btcusdt-20240809.jsonl.gz", stream: "btcusdt@bookTicker" },
  "futures trade": { file: "binance-usdm/btcusdt-20240719.jsonl.gz", stream: "btcusdt@trade" },
  "futures bookTicker": { file: "binance-usdm/btcusdt-20240719.jsonl.gz", stream: "btcusdt@bookTicker" },
};

const RECORDINGS = join(import.meta.dirname, "../../../shared/exchanges/recordings");

/** Trades with times in microseconds and tops of book, of this many symbols in no order. */
const MANY = "1,500 symbols";
const MANY_SYMBOLS = 1500;
const MANY_FRAMES = 6000;

export const KINDS = [...Object.keys(SOURCES), "trade, us", MANY, "depth", "futures depth"];

/** The symbols that the frames of a kind are of, among those that are subscribed. */
export function symbolsOf(kind) {
  if (kind !== MANY) return ["ETHUSDT", "BTCUSDT", "BNBUSDT", "SOLUSDT"];
  return Array.from({ length: MANY_SYMBOLS }, (_, number) => symbolNumber(number));
}

/** Frames of a kind as bytes, and where they are from. */
export function framesOf(kind) {
  if (kind === MANY) return { frames: Array.from({ length: MANY_FRAMES }, mixed), origin: "synthetic" };
  const source = SOURCES[kind];
  if (source && existsSync(join(RECORDINGS, source.file))) {
    const frames = recorded(source);
    if (frames.length === FRAME_COUNT) return { frames, origin: "recorded" };
  }
  return {
    frames: Array.from({ length: FRAME_COUNT }, (_, index) => made(kind, index)),
    origin: "synthetic",
  };
}

function recorded({ file, stream }) {
  const head = `{"stream":"${stream}"`;
  const frames = [];
  for (const line of gunzipSync(readFileSync(join(RECORDINGS, file)))
    .toString("latin1")
    .split("\n")) {
    const at = line.indexOf('"data":') + 7;
    if (line.startsWith(head, at)) frames.push(Buffer.from(line.slice(at, -1), "latin1"));
    if (frames.length === FRAME_COUNT) break;
  }
  return frames;
}

const price = (index, decimals) => (61_000 + ((index * 7919) % 100_000) / 100).toFixed(decimals);
const quantity = (index, decimals) => (((index * 104_729) % 999_983) / 10_000 + 0.0001).toFixed(decimals);

/** Names as spot's: of 5 to 11 letters, many with the same end. */
function symbolNumber(number) {
  const base = `${String.fromCharCode(65 + (number % 26))}${(number * 48_271).toString(36).toUpperCase()}`;
  return `${base}${["USDT", "BTC", "USDC", "TRY"][number % 4]}`;
}

function mixed(_, index) {
  const symbol = symbolNumber((index * 7919) % MANY_SYMBOLS);
  const frame = made(index % 2 === 0 ? "trade, us" : "bookTicker", index).toString("latin1");
  return Buffer.from(
    frame.replaceAll("BTCUSDT", symbol).replaceAll("btcusdt", symbol.toLowerCase()),
    "latin1",
  );
}

function made(kind, index) {
  const [p, q] = [price(index, 8), quantity(index, 8)];
  const time = 1723161255343 + index;
  const text = {
    trade: () =>
      `{"stream":"btcusdt@trade","data":{"e":"trade","E":${time},"s":"BTCUSDT","t":${3735683259 + index},"p":"${p}","q":"${q}","T":${time - 1},"m":true,"M":true}}`,
    "trade, us": () =>
      `{"stream":"btcusdt@trade","data":{"e":"trade","E":${time}127,"s":"BTCUSDT","t":${3735683259 + index},"p":"${p}","q":"${q}","T":${time}091,"m":true,"M":true}}`,
    "futures trade": () =>
      `{"stream":"btcusdt@trade","data":{"e":"trade","E":${time},"T":${time},"s":"BTCUSDT","t":${8097313955 + index},"p":"${price(index, 2)}","q":"${quantity(index, 3)}","X":"MARKET","m":true,"st":1}}`,
    aggTrade: () =>
      `{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":${time},"s":"BTCUSDT","a":${3814332932 + index},"p":"${p}","q":"${q}","f":5782154285,"l":5782154285,"T":${time - 1},"m":false,"M":true}}`,
    bookTicker: () =>
      `{"stream":"btcusdt@bookTicker","data":{"u":${50093696318 + index},"s":"BTCUSDT","b":"${p}","B":"${q}","a":"${price(index + 1, 8)}","A":"${q}"}}`,
    "futures bookTicker": () =>
      `{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":${4984028370881 + index},"s":"BTCUSDT","ps":"BTCUSDT","b":"${price(index, 2)}","B":"${quantity(index, 3)}","a":"${price(index + 1, 2)}","A":"${quantity(index, 3)}","T":${time},"E":${time},"st":1}}`,
    depth: () =>
      `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":${time},"s":"BTCUSDT","U":${50093696318 + 10 * index},"u":${50093696327 + 10 * index},"b":${levels(index, -1, 8)},"a":${levels(index, 1, 8)}}}`,
    "futures depth": () =>
      `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":${time},"T":${time},"s":"BTCUSDT","ps":"BTCUSDT","U":${4984028367545 + 90 * index},"u":${4984028367600 + 90 * index},"pu":${4984028367510 + 90 * index},"b":${levels(index, -1, 2)},"a":${levels(index, 1, 2)},"st":1}}`,
  }[kind]();
  return Buffer.from(text, "latin1");
}

/** Levels near the middle of a book whose middle wanders; every fourth removes its price. */
function levels(index, side, decimals) {
  const middle = 6_100_000 + Math.round(300 * Math.sin(index / 20));
  const rows = Array.from({ length: DEPTH_LEVELS }, (_, level) => {
    const cents = middle + side * (1 + level * 3 + ((index * 31 + level * 17) % 3));
    const text = (cents / 100).toFixed(decimals);
    const amount = (index + level) % 4 === 3 ? 0 : ((index * 7 + level * 13) % 5000) / 1000 + 0.001;
    return `["${text}","${amount.toFixed(decimals === 8 ? 8 : 3)}"]`;
  });
  return `[${rows.join(",")}]`;
}

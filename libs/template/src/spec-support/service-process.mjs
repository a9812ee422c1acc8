// A service of a made-up venue as a process of its own, built code as in production. What is typed into its standard
// input makes it misbehave: `throw`, `reject`, `hang` (the venue's shutdown never ends), `trades N`.
import { createInterface } from "node:readline";
import { ExchangeId, runDataService } from "../../dist/index.js";

const INSTRUMENT = {
  exchange: ExchangeId.BinanceSpot,
  symbol: "BTCUSDT",
  base: "BTC",
  quote: "USDT",
  settle: "USDT",
  kind: "spot",
  status: "trading",
  priceScale: 2,
  quantityScale: 5,
  priceIncrement: "0.01",
  quantityIncrement: "0.00001",
};

let isHanging = false;
let lastTradeId = 0;

function emitTrades(sink, count) {
  const price = { lo: 1, hi: 0, scale: 2 };
  for (let trade = 0; trade < count; trade++) {
    const tradeId = ++lastTradeId;
    const eventMicros = Date.now() * 1000;
    sink.trade({
      instrumentId: sink.register(INSTRUMENT),
      tradeId,
      firstTradeId: tradeId,
      lastTradeId: tradeId,
      eventMicros,
      sendMicros: 0,
      receiveMicros: eventMicros,
      flags: 0,
      price,
      quantity: price,
      aggressor: 1,
      kind: 1,
    });
  }
}

function integration({ sink }) {
  const commands = createInterface({ input: process.stdin });
  commands.on("line", (line) => {
    const [command, count] = line.split(" ");
    if (command === "throw") throw new Error("thrown by the venue");
    if (command === "reject") void Promise.reject(new Error("rejected by the venue"));
    if (command === "hang") isHanging = true;
    if (command === "trades") emitTrades(sink, Number(count));
    process.stderr.write(`done ${line}\n`);
  });
  return {
    description: {
      exchange: ExchangeId.BinanceSpot,
      title: "Made-up venue",
      dataTypes: [1],
      resolutions: [],
    },
    symbols: async () => [INSTRUMENT],
    validate: async (symbols) => ({ valid: symbols.map(() => INSTRUMENT), invalid: [] }),
    start: async () => {},
    stop: async () => {},
    stopAll: async () => {},
    shutdown: () => (isHanging ? new Promise(() => {}) : Promise.resolve(commands.close())),
    status: () => ({ connected: true, connectionCount: 1, reconnectCount: 0, subscriptions: [] }),
  };
}

await runDataService({
  settings: {},
  venue: () => ({ exchange: ExchangeId.BinanceSpot, integration }),
});

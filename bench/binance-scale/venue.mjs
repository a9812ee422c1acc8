import { startBinanceSimulator } from "../../libs/exchange-simulator/dist/index.js";
import { answerParent } from "./answering.mjs";

/**
 * `venue.mjs OPTIONS`: a simulated spot market in a process of its own. It is asked over the channel to its parent:
 * `halt` holds every stream back from then on and answers with what was sent until then, `truth` answers with the sums
 * of ranges of trades.
 */
const { seed, symbols, tradesPerSecond, bookUpdatesPerOrder, faults } = JSON.parse(process.argv[2]);
const simulator = await startBinanceSimulator({
  market: "spot",
  source: {
    kind: "synthetic",
    seed,
    symbols,
    tradesPerSecond,
    bookUpdatesPerOrder,
    bookLevels: 20,
    historyMinutes: 0,
  },
  ...(faults && { faults }),
});

const answers = {
  usage: () => usage(),
  halt() {
    for (const symbol of simulator.symbols) {
      for (const channel of ["trade", "bookTicker"])
        simulator.faults.silence(`${symbol.toLowerCase()}@${channel}`);
    }
    return usage();
  },
  truth: (ranges) =>
    ranges.map(({ symbol, fromTradeId, toTradeId }) => {
      const { tradeCount, quantityScale, quantitySum } = simulator.truth(symbol, { fromTradeId, toTradeId });
      return { tradeCount, quantityScale, quantitySum: String(quantitySum) };
    }),
};

function usage() {
  return { ...simulator.stats, cpu: process.cpuUsage(), rssBytes: process.memoryUsage.rss() };
}

const { restUrl, symbols: names, wsUrl } = simulator;
answerParent({ restUrl, wsUrl, symbols: names }, answers, () => simulator.close());

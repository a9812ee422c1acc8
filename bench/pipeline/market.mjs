import { openInProcessVenue } from "../../libs/exchange-simulator/dist/index.js";

/** The symbols of a spot market and its answers to REST requests; it trades nothing by itself. */
export async function openMarket(symbolCount) {
  const venue = await openInProcessVenue({
    market: "spot",
    source: { kind: "synthetic", seed: 1, symbols: symbolCount, tradesPerSecond: 0, historyMinutes: 0 },
  });
  const { body } = await venue.request("GET", "/api/v3/exchangeInfo");
  const trading = JSON.parse(body).symbols.filter(({ status }) => status === "TRADING");
  return {
    symbols: trading.map(({ symbol }) => symbol),
    request: (method, url, headers) => venue.request(method, url, headers),
    close: () => venue.close(),
  };
}

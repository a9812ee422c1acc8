import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Decimal, ExchangeId } from "@ims/common";
import {
  type DeribitMarket,
  type DeribitSimulator,
  optionsDeribitMarket,
  startDeribitSimulator,
} from "@ims/exchange-simulator";
import { Book, ImsClient } from "ims-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Child } from "../support/child.js";
import { unusedPort } from "../support/unused-port.js";

const PERPETUAL = "BTC-PERPETUAL";

let dataDir: string;
let simulator: DeribitSimulator;
let service: Child;
let client: ImsClient;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "ims-deribit-"));
});

/** The service and a client that is logged in, on a venue behind a port. */
async function start(market?: DeribitMarket): Promise<void> {
  simulator = await startDeribitSimulator({ seed: 7, ...(market && { market }) });
  const url = `iggy://iggy:iggy@127.0.0.1:${await unusedPort()}`;
  service = Child.node("apps/deribit/dist/main.js", [], {
    IGGY_URL: url,
    IMS_DATA_DIR: dataDir,
    IMS_HTTP_PORT: "0",
    DERIBIT_REST_URL: simulator.restUrl,
    DERIBIT_WS_URL: simulator.wsUrl,
  });
  await service.printed(/\bready\b/);
  client = await ImsClient.connect({ url, exchange: ExchangeId.Deribit });
  await client.login();
}

afterEach(async () => {
  await client?.shutdown().catch(() => undefined);
  service?.kill("SIGKILL");
  await service?.exited;
  await simulator.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe("the deribit service as a process, against the venue's port", { timeout: 60_000 }, () => {
  it("brings trades, books and option tickers to a client; a lost connection costs no trade", async () => {
    await start();
    await client.startTradeData(PERPETUAL);
    const rows: { readonly seq: number; readonly price: Decimal; readonly quantity: Decimal }[] = [];
    for await (const { price, quantity, symbol, tradeId } of client.trades()) {
      if (symbol === PERPETUAL) rows.push({ seq: tradeId, price, quantity });
      if (rows.length === 5) simulator.inject({ fault: "cut" });
      if (rows.length === 20) break;
    }
    const made = simulator.truth.trades(PERPETUAL, rows[0]!.seq, rows.at(-1)!.seq);
    expect(rows.map(({ seq }) => seq)).toEqual(made.map(({ seq }) => seq));
    made.forEach(({ amount, price }, at) => {
      expect(rows[at]!.price.equals(Decimal.parse(price))).toBe(true);
      expect(rows[at]!.quantity.equals(Decimal.parse(amount))).toBe(true);
    });

    await client.startBook(PERPETUAL);
    const book = new Book(PERPETUAL);
    let kinds = "";
    for await (const message of client.book()) {
      book.apply(message);
      kinds += message.type === "book-snapshot" ? "s" : "d";
      if (kinds.endsWith("ddddd")) break;
    }
    expect([kinds, book.state, book.bids.length]).toEqual(["sddddd", "valid", 10]);

    const option = simulator.truth.instruments.findLast(({ kind }) => kind === "option")!;
    await client.startOptionTickers(option.symbol);
    for await (const ticker of client.optionTickers()) {
      expect(ticker).toMatchObject({ symbol: option.symbol, optionType: "put" });
      expect(ticker.bid!.price.compare(ticker.ask!.price)).toBeLessThan(0);
      break;
    }

    service.kill("SIGTERM");
    expect(await service.exited).toBe(0);
  });

  it("brings the tickers of the options venue, from which a strike of 85 can be filtered", async () => {
    await start(optionsDeribitMarket(Date.now()));
    const listed = await client.symbols();
    const calls = listed.filter(({ kind, symbol }) => kind === "option" && /^SOL_USDC-.*-C$/.test(symbol));
    const above = new Set(calls.filter(({ strike }) => Number(strike) > 85).map(({ symbol }) => symbol));
    await client.startOptionTickers(calls.map(({ symbol }) => symbol));
    const seen = new Set<string>();
    for await (const { delta, markIv, strike, symbol, underlyingPrice } of client.optionTickers()) {
      expect(above.has(symbol)).toBe(strike.compare(Decimal.parse("85")) > 0);
      expect([delta! >= 0, delta! <= 1, markIv! > 20]).toEqual([true, true, true]);
      expect(underlyingPrice!.compare(Decimal.parse("80"))).toBeGreaterThan(0);
      if (seen.add(symbol).size === calls.length) break;
    }
    expect([above.size > 0, above.size < calls.length]).toEqual([true, true]);
  });
});

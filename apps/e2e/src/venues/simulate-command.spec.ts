import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExchangeId } from "@ims/common";
import { ImsClient, StandingOrders } from "ims-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Child } from "../support/child.js";
import { unusedPort } from "../support/unused-port.js";

const IMS = "apps/ims-client/dist/cli/main.js";

let dataDir: string;
const children: Child[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "ims-simulate-"));
});

afterEach(async () => {
  for (const child of children.splice(0).reverse()) {
    child.kill("SIGKILL");
    await child.exited;
  }
  await rm(dataDir, { recursive: true, force: true });
});

function started(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  const child = Child.node(script, args, env);
  children.push(child);
  return child;
}

/** A venue by `ims simulate` and its service, which gets the settings that the command prints and no others. */
async function serve(venue: string, ...options: string[]): Promise<string> {
  const simulator = started(IMS, ["simulate", venue, "--port", "0", ...options]);
  const [line] = await simulator.printed(/^[A-Z]+_REST_URL=\S+ [A-Z]+_WS_URL=\S+$/m);
  const settings = Object.fromEntries(line.split(" ").map((part) => part.split("=") as [string, string]));
  const url = `iggy://iggy:iggy@127.0.0.1:${await unusedPort()}`;
  const place = { IGGY_URL: url, IMS_DATA_DIR: dataDir, IMS_HTTP_PORT: "0" };
  await started(`apps/${venue}/dist/main.js`, [], { ...place, ...settings }).printed(/\bready\b/);
  return url;
}

describe("a venue by ims simulate", { timeout: 60_000 }, () => {
  it.each([
    ["bitstamp", ["--symbols", "btcusd", "--trades-per-second", "20"], "btcusd"],
    ["deribit", ["--symbols", "BTC-PERPETUAL", "--trades-per-second", "20"], "BTC-PERPETUAL"],
  ])("%s serves the service that starts with what it prints", async (venue, options, symbol) => {
    const url = await serve(venue, ...options);
    const ims = (...words: string[]) => started(IMS, [...words, "--exchange", venue], { IGGY_URL: url });
    const symbols = ims("symbols", "--json");
    expect(await symbols.exited, symbols.errors).toBe(0);
    expect(
      symbols.output
        .trimEnd()
        .split("\n")
        .map((row) => (JSON.parse(row) as { symbol: string }).symbol),
    ).toEqual([symbol]);
    const trades = ims("trades", symbol, "--count", "3", "--json");
    expect(await trades.exited, trades.errors).toBe(0);
    expect(trades.output.match(new RegExp(`"symbol":"${symbol}"`, "g"))).toHaveLength(3);
  });

  it("bitstamp tells of single orders, which stand as the whole of them says", async () => {
    const url = await serve("bitstamp", "--symbols", "btcusd", "--trades-per-second", "20");
    const options = { url, exchange: ExchangeId.Bitstamp };
    const [client, joining] = await Promise.all([ImsClient.open(options), ImsClient.open(options)]);
    try {
      await client.startOrders("btcusd");
      const followed = new StandingOrders("btcusd");
      let wholeCount = 0;
      let eventCount = 0;
      for await (const message of client.orders()) {
        if (message.type === "order") eventCount++;
        // A whole that comes later has to say what the events have led to.
        else if (wholeCount++ > 0) {
          const whole = new StandingOrders("btcusd");
          whole.apply(message);
          expect(followed.bids).toEqual(whole.bids);
          expect(followed.asks).toEqual(whole.asks);
          break;
        }
        followed.apply(message);
        // Another reader has to begin with the whole.
        if (message.type === "order" && eventCount === 50) await joining.startOrders("btcusd");
      }
      expect([eventCount >= 50, followed.size > 100]).toEqual([true, true]);
    } finally {
      await Promise.all([client.shutdown(), joining.shutdown()]);
    }
  });
});

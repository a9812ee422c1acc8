import { systemClock } from "@ims/common";
import {
  type BinanceSimulator,
  type BitstampSimulator,
  startBinanceSimulator,
  startBitstampSimulator,
} from "@ims/exchange-simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Child } from "./support/child.js";
import { grpcPresent, runPython, startExample } from "./support/python.js";

/** Says in the report why it is skipped. */
const reason = grpcPresent() ? "" : ": Python has no grpcio, see examples/python-merged/requirements.txt";

describe.skipIf(!grpcPresent())(`merged books in Python${reason}`, { timeout: 60_000 }, () => {
  let binance: BinanceSimulator;
  let bitstamp: BitstampSimulator;
  let service: Child;
  let address: string;

  beforeAll(async () => {
    binance = await startBinanceSimulator({
      market: "spot",
      source: { kind: "synthetic", seed: 3, symbols: 12, tradesPerSecond: 60 },
      clock: systemClock,
    });
    bitstamp = await startBitstampSimulator();
    const flags = {
      "grpc-addr": "127.0.0.1:0",
      venues: "binancespot,bitstamp",
      "binance-rest-url": binance.restUrl,
      "binance-ws-url": binance.wsUrl,
      "bitstamp-rest-url": bitstamp.restUrl,
      "bitstamp-ws-url": bitstamp.wsUrl,
    };
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
    service = Child.node("apps/order-book-service/dist/main.js", ["--direct", ...args]);
    const [, port] = await service.printed(/"port":(\d+)/);
    address = `127.0.0.1:${port}`;
  }, 60_000);

  afterAll(async () => {
    service.kill("SIGKILL");
    await service.exited;
    await binance.close();
    await bitstamp.close();
  }, 30_000);

  it("a client draws ladders with the venue of each level, their spread and middle exact", async () => {
    const client = startExample("python-merged/merged.py", ["ETHBTC", "--depth", "400"], {
      GRPC_ADDR: address,
    });
    try {
      await client.printed(/^bid .* binancespot\n(?:.*\n)*?bid .* bitstamp$/m);
      await client.printed(/^bid .* bitstamp\n(?:.*\n)*?bid .* binancespot$/m);
      const ladders = client.output.split(/^(?=ETHBTC version )/m).slice(0, -1);
      const read = ladders.map(readLadder).filter(({ bids, asks }) => bids.length > 0 && asks.length > 0);
      expect(read.length).toBeGreaterThan(0);
      for (const { asks, bids, mid, spread, isCrossed } of read) {
        expect(asks).toEqual(asks.toSorted(descending));
        expect(bids).toEqual(bids.toSorted(descending));
        const [ask, bid] = [asks.at(-1)!, bids[0]!];
        expect(spread).toBe(ask - bid);
        expect(mid * 2n).toBe(ask + bid);
        expect(isCrossed).toBe(spread < 0n);
      }
    } finally {
      client.kill("SIGKILL");
      await client.exited;
    }
  });

  it("a client ends by itself after the ladders it wants, and says why it was refused", async () => {
    const env = { GRPC_ADDR: address };
    const few = startExample("python-merged/merged.py", ["ETHBTC", "--count", "2"], env);
    expect(await few.exited, few.errors).toBe(0);
    expect(few.output.match(/^ETHBTC version /gm)).toHaveLength(2);
    const refused = startExample("python-merged/merged.py", ["ETHBTX"], env);
    expect(await refused.exited).toBe(1);
    expect(refused.errors).toMatch(/^NOT_FOUND: .*ETHBTC/m);
  });

  it("a client that knows no message asks for a book by reflection alone", async () => {
    const request = JSON.stringify({ symbol: "eth/btc", depth: 1 });
    const [services, methods, summary] = await runPython(
      "reflect.py",
      address,
      "ims.books.v1.OrderBooks",
      "BookSummary",
      request,
    );
    expect(services).toEqual([
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "ims.books.v1.OrderBooks",
    ]);
    expect(methods).toEqual(["BookSummary", "Symbols"]);
    expect(summary).toMatchObject({
      symbol: "ETHBTC",
      venues: [{ venue: "binancespot" }, { venue: "bitstamp" }],
    });
  });
});

interface ReadLadder {
  /** From the top down. */
  readonly asks: bigint[];
  readonly bids: bigint[];
  readonly mid: bigint;
  readonly spread: bigint;
  readonly isCrossed: boolean;
}

/** Prices in units of 10^-12, beyond every printed digit. */
function readLadder(text: string): ReadLadder {
  const prices = (side: string) =>
    [...text.matchAll(new RegExp(`^${side} +(\\S+)`, "gm"))].map(([, price]) => units(price!));
  const middle = /^--- mid (\S+) spread (\S+)( CROSSED)?/m.exec(text);
  return {
    asks: prices("ask"),
    bids: prices("bid"),
    mid: units(middle?.[1] ?? "0"),
    spread: units(middle?.[2] ?? "0"),
    isCrossed: middle?.[3] !== undefined,
  };
}

function units(text: string): bigint {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const magnitude = BigInt(whole + fraction.padEnd(12, "0"));
  return text.startsWith("-") ? -magnitude : magnitude;
}

function descending(left: bigint, right: bigint): number {
  return left > right ? -1 : left < right ? 1 : 0;
}

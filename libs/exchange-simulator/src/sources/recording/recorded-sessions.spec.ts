import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedClock } from "@ims/common";
import { describe, expect, inject, it } from "vitest";
import { openInProcessVenue } from "../../binance/in-process/in-process-venue.js";
import type { BinanceMarketName } from "../../binance/markets/market.js";
import { unitsOf, VenueClient } from "../../spec-support/venue-client.js";

const sharedDir = inject("sharedDir");
const folder = `${sharedDir}/exchanges/recordings`;

interface Expectation {
  readonly files: readonly string[];
  readonly books: Readonly<Record<string, { applied: number; lastUpdateId: string; sha256: string }>>;
  readonly trades: Readonly<
    Record<string, { n: number; baseQty: string; quote: string; firstId: string; lastId: string }>
  >;
}
type Levels = readonly (readonly [string, string])[];
interface Diff {
  readonly U: number;
  readonly u: number;
  readonly pu?: number;
  readonly b: Levels;
  readonly a: Levels;
}

const MARKETS: readonly (readonly [string, BinanceMarketName, string])[] = [
  ["spot-", "spot", "/api/v3"],
  ["usdm-", "usd-future", "/fapi/v1"],
  ["coinm-", "coin-future", "/dapi/v1"],
];

const sessions: Record<string, Expectation> = sharedDir
  ? JSON.parse(readFileSync(`${folder}/expectations.json`, "utf8"))
  : {};

/** No exponent, no trailing zeros, no trailing point. */
function canonical(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function hashOf(bids: Map<string, string>, asks: Map<string, string>): string {
  const hash = createHash("sha256");
  for (const [side, levels, sign] of [
    ["b", bids, -1],
    ["a", asks, 1],
  ] as const) {
    const sorted = [...levels].sort((x, y) => sign * (Number(x[0]) - Number(y[0])));
    for (const [price, quantity] of sorted) hash.update(`${side}|${price}|${quantity}\n`);
  }
  return hash.digest("hex");
}

/** The venue's rules for a local book, on text. */
function replayBook(
  spot: boolean,
  snapshot: { lastUpdateId: number; bids: Levels; asks: Levels },
  diffs: Diff[],
) {
  const bids = new Map<string, string>();
  const asks = new Map<string, string>();
  const put = (side: Map<string, string>, levels: Levels) => {
    for (const [price, quantity] of levels) {
      if (/^0*\.?0*$/.test(quantity)) side.delete(canonical(price));
      else side.set(canonical(price), canonical(quantity));
    }
  };
  put(bids, snapshot.bids);
  put(asks, snapshot.asks);
  let last = snapshot.lastUpdateId;
  let applied = 0;
  for (const diff of diffs) {
    if (spot ? diff.u <= last : diff.u < last) continue;
    const joins = applied === 0 ? diff.U <= last + 1 : spot ? diff.U === last + 1 : diff.pu === last;
    if (!joins) throw new Error(`${diff.U}..${diff.u} does not follow ${last}`);
    put(bids, diff.b);
    put(asks, diff.a);
    last = diff.u;
    applied++;
  }
  return { applied, lastUpdateId: `${last}`, sha256: hashOf(bids, asks) };
}

describe.skipIf(!sharedDir)("recorded sessions, replayed", () => {
  const binance = Object.entries(sessions).filter(([name]) =>
    MARKETS.some(([start]) => name.startsWith(start)),
  );

  it.each(binance)("%s gives the expected books and trades", async (name, expected) => {
    const [, market, prefix] = MARKETS.find(([start]) => name.startsWith(start))!;
    const clock = new SimulatedClock();
    const files = expected.files.map((file) => `${folder}/${file}`);
    const venue = await openInProcessVenue({
      market,
      clock,
      source: { kind: "recording", files, speed: "max", startWhenSubscribed: "all" },
    });
    const diffs = new Map<string, Diff[]>();
    const trades = new Map<string, { ids: number[]; base: bigint; quote: bigint }>();
    const snapshots = new Map<string, { lastUpdateId: number; bids: Levels; asks: Levels }>();
    let frameCount = 0;
    const onFrame = (stream: string, data: Record<string, unknown>) => {
      frameCount++;
      const symbol = stream.split("@")[0]!.toUpperCase();
      if (data.e === "depthUpdate" && /@depth(?:@|$)/.test(stream)) {
        const list = diffs.get(symbol);
        if (list) list.push(data as unknown as Diff);
        else diffs.set(symbol, [data as unknown as Diff]);
      } else if (data.e === "trade" || data.e === "aggTrade") {
        const key = `${symbol}|${(data.X ?? "MARKET") === "MARKET" ? "" : "non-MARKET "}${data.e}`;
        const seen = trades.get(key) ?? { ids: [], base: 0n, quote: 0n };
        seen.ids.push((data.t ?? data.a) as number);
        const quantity = unitsOf(data.q as string, 8);
        seen.base += quantity;
        seen.quote += quantity * unitsOf(data.p as string, 8);
        trades.set(key, seen);
      }
    };
    for (const stream of venue.recordedStreams) {
      const group =
        market === "usd-future" ? (/@(?:depth|bookTicker|trade)/.test(stream) ? "/public" : "/market") : "";
      venue.dial(`${group}/ws/${stream}`, 4_000_000, {
        onOpen: () => {},
        onMessage: (bytes) => onFrame(stream, JSON.parse(Buffer.from(bytes).toString())),
        onSign: () => {},
        onError: () => {},
        onRefused: () => {},
        onClosed: () => {},
      });
    }
    await clock.advance(0);
    await venue.finished;
    for (const symbol of Object.keys(expected.books)) {
      const { status, body } = await venue.request("GET", `${prefix}/depth?symbol=${symbol}&limit=1000`);
      expect(status).toBe(200);
      snapshots.set(symbol, JSON.parse(body));
    }
    expect(frameCount).toBe(venue.stats.framesSent);
    expect(venue.stats.framesWithoutSubscriber).toBe(0);
    for (const [symbol, { applied, lastUpdateId, sha256 }] of Object.entries(expected.books)) {
      const book = replayBook(market === "spot", snapshots.get(symbol)!, diffs.get(symbol)!);
      expect([symbol, book]).toEqual([symbol, { applied, lastUpdateId, sha256 }]);
    }
    expect([...trades.keys()].sort()).toEqual(Object.keys(expected.trades).sort());
    for (const [key, { n, firstId, lastId, baseQty, quote }] of Object.entries(expected.trades)) {
      const { ids, ...sums } = trades.get(key)!;
      expect([key, ids.length, `${ids[0]}`, `${ids.at(-1)}`]).toEqual([key, n, firstId, lastId]);
      expect(sums).toEqual({ base: unitsOf(baseQty, 8), quote: unitsOf(quote, 16) });
    }
    await venue.close();
    expect(clock.pendingTimerCount).toBe(0);
  });
});

describe("recorded REST bodies", () => {
  it("are served as far as the replay has come", async () => {
    const folder = await mkdtemp(join(tmpdir(), "recording-"));
    const file = join(folder, "session.jsonl");
    const line = (seconds: number, url: string, data: string) =>
      `{"t":"${1_700_000_000 + seconds}000000000","dir":"in","url":"${url}","data":${data}}\n`;
    const rest = "https://api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=1000";
    const trade = (id: number) =>
      `{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT","t":${id},"p":"1.0","q":"1.0"}}`;
    const ws = "wss://stream.binance.com:9443/stream";
    await writeFile(
      file,
      line(0, ws, trade(1)) +
        line(1, rest, `{"lastUpdateId":10,"bids":[],"asks":[]}`) +
        line(2, ws, trade(2)) +
        line(20, ws, trade(3)) +
        line(21, rest, `{"lastUpdateId":20,"bids":[],"asks":[]}`) +
        line(40, ws, trade(4)),
    );
    const clock = new SimulatedClock();
    const source = { kind: "recording", files: [file], speed: "max" } as const;
    const venue = await openInProcessVenue({ market: "spot", clock, source });
    expect(venue.recordedStreams).toEqual(["btcusdt@trade"]);
    const bodies: Promise<string>[] = [];
    const client = new VenueClient(venue, clock, "/ws/btcusdt@trade", () =>
      bodies.push(venue.request("GET", "/api/v3/depth?symbol=BTCUSDT").then(({ body }) => body)),
    );
    await clock.advance(0);
    await venue.finished;
    expect(client.frames).toHaveLength(4);
    const ids = (await Promise.all(bodies)).map(
      (body) => (JSON.parse(body) as { lastUpdateId: number }).lastUpdateId,
    );
    expect(ids).toEqual([10, 10, 20, 20]);
    await venue.close();
    await rm(folder, { recursive: true });
  });
});

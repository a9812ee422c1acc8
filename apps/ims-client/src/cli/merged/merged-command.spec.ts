import { Server, ServerCredentials, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { BOOK_SERVICE, bookProto } from "@ims/book-proto";
import { afterEach, describe, expect, it } from "vitest";
import { cli } from "../../spec-support/cli-stage.js";

const SUMMARY = {
  symbol: "BTCUSDT",
  priceScale: 2,
  quantityScale: 3,
  bids: [
    { venue: "bitstamp", price: "10010", quantity: "1500" },
    { venue: "binancespot", price: "10000", quantity: "250" },
  ],
  asks: [{ venue: "binancespot", price: "10005", quantity: "1000" }],
  spread: "-5",
  mid: "100075",
  midScale: 3,
  crossed: true,
  venues: [
    { venue: "binancespot", state: "FRESH", ageMillis: "100" },
    { venue: "bitstamp", state: "FRESH", ageMillis: "50", filteredLevels: "2" },
    { venue: "deribit", state: "STALE", reason: "nothing was heard for 5 s", ageMillis: "5000" },
  ],
  version: "7",
};

let server: Server | undefined;
afterEach(() => server?.forceShutdown());

interface Call {
  readonly request: { readonly symbol: string; readonly venues: readonly string[]; readonly depth: number };
  write(message: object): void;
  end(): void;
  emit(event: string, value: unknown): void;
}

/** A server that answers every request as told; resolves with its address. */
async function serve(answer: (call: Call) => void): Promise<string> {
  const opened = new Server();
  server = opened;
  opened.addService(bookProto.service(BOOK_SERVICE), {
    BookSummary: answer,
    Symbols: () => undefined,
  } as unknown as UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) =>
    opened.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return `127.0.0.1:${port}`;
}

describe("ims merged", () => {
  it("draws the ladder with the venue of each level and says that it is crossed", async () => {
    const address = await serve((call) => call.write(SUMMARY));
    const run = cli(`merged btc/usdt --table --depth 2 --count 1 --grpc-addr ${address}`, {
      terminal: true,
      env: { NO_COLOR: "1" },
    });
    expect(await run.exit).toBe(0);
    const { text } = run.output;
    expect(text).toMatch(/ask +100\.05 +1 +binancespot/);
    expect(text).toContain("spread  -0.05  mid  100.075  CROSSED");
    expect(text).toMatch(/bid +100\.1 +1\.5 +bitstamp/);
    expect(text).toMatch(/bitstamp +fresh.* 2 levels filtered/);
    expect(text).toContain("stale: nothing was heard for 5 s");
    expect(text.indexOf("100.1 ")).toBeLessThan(text.indexOf("100 "));
  });

  it("keeps the lines of the first book below one another, however long the last of them are", async () => {
    const levels = [
      { venue: "bitstamp", price: "10005", quantity: "150000000" },
      { venue: "deribit", price: "10010", quantity: "1234567890123" },
    ];
    const address = await serve((call) =>
      call.write({ ...SUMMARY, quantityScale: 8, asks: levels, bids: levels }),
    );
    const run = cli(`merged BTCUSDT --table --depth 2 --count 1 --grpc-addr ${address}`);
    expect(await run.exit).toBe(0);
    const rows = run.output.text.split("\n").filter((line) => /PRICE|^ask|^bid/.test(line));
    expect(rows).toHaveLength(5);
    expect(new Set(rows.map((row) => row.search(/VENUE|bitstamp|deribit/))).size).toBe(1);
  });

  it("gives each venue a colour of its own on a terminal", async () => {
    const address = await serve((call) => call.write(SUMMARY));
    const run = cli(`merged BTCUSDT --count 1 --grpc-addr ${address}`, { terminal: true });
    expect(await run.exit).toBe(0);
    expect(run.output.text).toContain("\u001b[36mbinancespot");
    expect(run.output.text).toContain("\u001b[33mbitstamp");
  });

  it("takes symbol and address from the environment and prints exact JSON in a pipe", async () => {
    const requests: Call["request"][] = [];
    const address = await serve((call) => {
      requests.push(call.request);
      call.write(SUMMARY);
    });
    const run = cli("merged --count 1 --venues binancespot,bitstamp", {
      env: { SYMBOL: "BTCUSDT", GRPC_ADDR: address },
    });
    expect(await run.exit).toBe(0);
    expect(requests).toMatchObject([{ symbol: "BTCUSDT", venues: ["binancespot", "bitstamp"], depth: 10 }]);
    expect(JSON.parse(run.output.text)).toMatchObject({
      spread: "-0.05",
      mid: "100.075",
      crossed: true,
      bids: [
        { venue: "bitstamp", price: "100.1", quantity: "1.5" },
        { venue: "binancespot", price: "100", quantity: "0.25" },
      ],
      venues: [{ state: "fresh" }, { filteredLevels: 2 }, { state: "stale" }],
    });
  });

  it("prints a line of CSV for each level", async () => {
    const address = await serve((call) => call.write(SUMMARY));
    const run = cli(`merged BTCUSDT --count 1 --csv --grpc-addr ${address}`);
    expect(await run.exit).toBe(0);
    expect(run.output.text.split("\n")).toEqual([
      "symbol,version,side,level,venue,price,quantity",
      "BTCUSDT,7,bid,1,bitstamp,100.1,1.5",
      "BTCUSDT,7,bid,2,binancespot,100,0.25",
      "BTCUSDT,7,ask,1,binancespot,100.05,1",
      "",
    ]);
  });

  describe("while no venue has given its book", () => {
    const EMPTY = {
      ...SUMMARY,
      bids: [],
      asks: [],
      spread: undefined,
      mid: undefined,
      crossed: false,
      venues: [{ venue: "bitstamp", state: "WAITING", reason: "no book yet" }],
    };

    it("does not count books without levels, and leaves them out of what is counted", async () => {
      const address = await serve((call) => {
        for (const message of [EMPTY, SUMMARY, EMPTY, SUMMARY, SUMMARY]) call.write(message);
      });
      const run = cli(`merged BTCUSDT --count 2 --grpc-addr ${address}`);
      expect(await run.exit).toBe(0);
      expect(run.output.lines.map((line) => JSON.parse(line).spread)).toEqual(["-0.05", "-0.05"]);
    });

    it("shows the last of them if none with levels comes", async () => {
      const address = await serve((call) => {
        call.write(EMPTY);
        call.write({ ...EMPTY, version: "8" });
        call.end();
      });
      const run = cli(`merged BTCUSDT --count 1 --grpc-addr ${address}`);
      expect(await run.exit).toBe(0);
      expect(run.output.lines).toHaveLength(1);
      expect(JSON.parse(run.output.text)).toMatchObject({
        bids: [],
        venues: [{ venue: "bitstamp", state: "waiting", reason: "no book yet" }],
      });
    });

    it("shows all of them without a count, and on a terminal, where they are drawn over", async () => {
      const address = await serve((call) => {
        call.write(EMPTY);
        call.write(SUMMARY);
        call.end();
      });
      const piped = cli(`merged BTCUSDT --grpc-addr ${address}`);
      expect(await piped.exit).toBe(0);
      expect(piped.output.lines.map((line) => JSON.parse(line).spread)).toEqual([null, "-0.05"]);
      const drawn = cli(`merged BTCUSDT --count 1 --grpc-addr ${address}`, {
        terminal: true,
        env: { NO_COLOR: "1" },
      });
      expect(await drawn.exit).toBe(0);
      expect(drawn.output.text).toContain("waiting: no book yet");
      expect(drawn.output.text).toContain("CROSSED");
    });
  });

  it("says what the service refuses, and that none answers", async () => {
    const address = await serve((call) =>
      call.emit("error", {
        code: status.NOT_FOUND,
        details: 'no venue lists "BTCUSTD"; did you mean BTCUSDT?',
      }),
    );
    const refused = cli(`merged BTCUSTD --grpc-addr ${address}`);
    expect(await refused.exit).toBe(1);
    expect(refused.errors.text).toContain("did you mean BTCUSDT?");
    server!.forceShutdown();
    const nobody = cli(`merged BTCUSDT --grpc-addr ${address}`);
    expect(await nobody.exit).toBe(1);
    expect(nobody.errors.text).toMatch(
      /^ims: the order-book service at 127\.0\.0\.1:\d+: connect ECONNREFUSED 127\.0\.0\.1:\d+\. Start it .* set GRPC_ADDR/,
    );
    const nothing = cli("merged");
    expect(await nothing.exit).toBe(2);
    expect(nothing.errors.text).toContain("SYMBOL");
  });

  it("ends with an interrupt", async () => {
    const address = await serve((call) => call.write(SUMMARY));
    const run = cli(`merged BTCUSDT --grpc-addr ${address}`);
    await run.output.printed(/merged-book/);
    run.interrupt.abort();
    expect(await run.exit).toBe(0);
  });
});

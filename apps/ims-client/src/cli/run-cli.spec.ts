import { describe, expect, it } from "vitest";
import { cli } from "../spec-support/cli-stage.js";
import { encodeInstrument } from "../spec-support/sample-records.js";

describe("ims trades", () => {
  it("prints aligned columns on a terminal, with a coloured side", async () => {
    const { service, clock, run, output, errors, exit } = cli("trades BTCUSDT ETHUSDT --count 3", {
      terminal: true,
    });
    await clock.advance(50);
    service.publishTrade("BTCUSDT", 3_900_000_001, { aggressor: 1 });
    service.publishTrade("ETHUSDT", 17, { price: "2450.10", quantity: "120.5", aggressor: 2, kind: 4 });
    service.publishTrade("BTCUSDT", 3_900_000_002, { price: "0.00001234", quantity: "1", aggressor: 0 });
    expect(await run(exit)).toBe(0);
    expect(errors.text).toBe("");
    expect(output.text.replaceAll("\u001b", "^")).toBe(
      [
        "TIME (UTC)               SYMBOL              PRICE     QUANTITY  SIDE  TRADE ID",
        "2024-08-08 12:00:00.123  BTCUSDT        61837.63        0.001    ^[32mbuy ^[39m  3900000001",
        "2024-08-08 12:00:00.123  ETHUSDT         2450.1       120.5      ^[31msell^[39m  17 (liquidation)",
        "2024-08-08 12:00:00.123  BTCUSDT            0.00001234      1        -     3900000002",
        "",
      ].join("\n"),
    );
    expect(service.requests).toEqual(["login", "start BTCUSDT 1/0", "start ETHUSDT 1/0", "logout"]);
  });

  it("has no colours with NO_COLOR, nor in a table that is piped", async () => {
    for (const [commandLine, options] of [
      ["trades BTCUSDT --count 1", { terminal: true, env: { NO_COLOR: "1" } }],
      ["trades BTCUSDT --count 1 --table", { terminal: false }],
    ] as const) {
      const { service, clock, run, output, exit } = cli(commandLine, options);
      await clock.advance(50);
      service.publishTrade("BTCUSDT", 1);
      expect(await run(exit)).toBe(0);
      expect(output.text).toContain("  buy   1\n");
      expect(output.text).not.toContain("\u001b");
    }
  });

  it("says once that nothing arrives, and again only after the next silence", async () => {
    const { service, clock, run, output, errors, exit } = cli("trades BTCUSDT --count 2");
    await clock.advance(25_000);
    expect(errors.text).toBe(
      "ims: no trades of BTCUSDT for 10 s; if the market should be moving, look at ims status\n",
    );
    service.publishTrade("BTCUSDT", 1);
    await clock.advance(11_000);
    expect(errors.text.match(/no trades/g)).toHaveLength(2);
    service.publishTrade("BTCUSDT", 2);
    expect(await run(exit)).toBe(0);
    expect(output.text.trim().split("\n")).toHaveLength(2);
  });

  it("prints JSON lines when piped, prices as exact texts", async () => {
    const { service, clock, run, output, exit } = cli("trades BTCUSDT --count 1");
    await clock.advance(50);
    service.publishTrade("BTCUSDT", 5, { price: "92233720368.54775807" });
    expect(await run(exit)).toBe(0);
    expect(output.text.endsWith("\n")).toBe(true);
    expect(JSON.parse(output.text)).toEqual({
      type: "trade",
      exchange: "binancespot",
      flags: [],
      symbol: "BTCUSDT",
      eventMicros: 1_723_118_400_123_000,
      sendMicros: 1_723_118_400_124_000,
      receiveMicros: 1_723_118_400_125_000,
      publishMicros: 1_723_118_400_125_100,
      offset: 0,
      partitionId: 3,
      tradeId: 5,
      firstTradeId: 5,
      lastTradeId: 5,
      price: "92233720368.54775807",
      quantity: "0.001",
      aggressor: "buyer",
      kind: "regular",
    });
  });

  it("ends after the seconds, on an interrupt, and when the pipe is closed, each time logged out and with 0", async () => {
    const timed = cli("trades BTCUSDT --seconds 2");
    const startMillis = timed.clock.monotonicMillis();
    expect(await timed.run(timed.exit)).toBe(0);
    expect(timed.clock.monotonicMillis() - startMillis).toBeGreaterThanOrEqual(2000);

    const interrupted = cli("trades BTCUSDT");
    await interrupted.clock.advance(500);
    interrupted.interrupt.abort();
    expect(await interrupted.run(interrupted.exit)).toBe(0);

    const closed = cli("trades BTCUSDT");
    closed.output.linesMax = 2;
    await closed.clock.advance(50);
    for (let id = 1; id <= 5; id++) closed.service.publishTrade("BTCUSDT", id);
    expect(await closed.run(closed.exit)).toBe(0);
    expect(closed.output.text.split("\n")).toHaveLength(3);

    for (const { service, clock, errors } of [timed, interrupted, closed]) {
      expect(service.requests.at(-1)).toBe("logout");
      expect(clock.pendingTimerCount).toBe(0);
      expect(errors.text).toBe("");
    }
  });

  it("ends at once on an interrupt while it waits for the service", async () => {
    const { service, clock, run, interrupt, errors, exit } = cli("trades BTCUSDT");
    service.isSilent = true;
    await clock.advance(500);
    interrupt.abort();
    expect(await run(exit)).toBe(0);
    expect(errors.text).toBe("");
  });

  it("says what happens to the service on the error output", async () => {
    const { service, clock, run, interrupt, errors, exit } = cli("trades BTCUSDT");
    await clock.advance(50);
    service.isSilent = true;
    await clock.advance(20_000);
    service.isSilent = false;
    service.restart();
    await clock.advance(12_000);
    interrupt.abort();
    expect(await run(exit)).toBe(0);
    expect(errors.text).toBe(
      [
        "ims: no trades of BTCUSDT for 10 s; if the market should be moving, look at ims status\n",
        "ims: binancespot does not answer, waiting for it\n",
        "ims: binancespot is back, 1 subscriptions run again\n",
      ].join(""),
    );
  });
});

describe("ims bars", () => {
  it("takes the resolution as the last word or as an option", async () => {
    for (const commandLine of ["bars BTCUSDT 1m --count 1", "bars BTCUSDT -r 1m --count 1"]) {
      const { service, clock, run, output, exit } = cli(commandLine, { terminal: true });
      await clock.advance(50);
      service.publishBar("BTCUSDT", "1m", "61850.5");
      expect(await run(exit)).toBe(0);
      expect(output.text).toBe(
        [
          "OPEN TIME (UTC)      SYMBOL        BAR         OPEN         HIGH          LOW        CLOSE        VOLUME   TRADES  STATE",
          "2024-08-08 12:00:00  BTCUSDT       1m    61800.1      61900        61799.99     61850.5         12.5          321  forming",
          "",
        ].join("\n"),
      );
    }
  });

  it.each([
    ["bars BTCUSDT", /^ims: The resolution is missing, for example: ims bars BTCUSDT 1m\. /],
    ["bars 1m", /^ims: The symbol is missing, for example: ims bars BTCUSDT 1m\. /],
    ["bars BTCUSDT 60s", /^ims: "60s" is not a bar resolution; did you mean 1m\?/],
    ["bars BTCUSDT -r fast", /^ims: "fast" is not a bar resolution \(there are 1m, 5m/],
  ])("refuses %j with 2", async (commandLine, message) => {
    const { run, errors, exit, connects } = cli(commandLine);
    expect(await run(exit)).toBe(2);
    expect(errors.text).toMatch(message);
    expect(errors.text.trimEnd().split("\n")).toHaveLength(1);
    expect(connects).toEqual([]);
  });
});

describe("ims symbols", () => {
  function withInstruments(commandLine: string, terminal: boolean) {
    const scene = cli(commandLine, { terminal });
    const place = scene.service.place("instruments", 0);
    scene.broker.append(place, encodeInstrument({ symbol: "ETHUSDT", base: "ETH", quote: "USDT" }));
    scene.broker.append(place, encodeInstrument({ symbol: "BTCUSDT", base: "BTC", quote: "USDT" }));
    scene.broker.append(place, encodeInstrument({ symbol: "ETHBTC", base: "ETH", quote: "BTC", status: 2 }));
    return scene;
  }

  it("lists those that contain the filter", async () => {
    const { run, output, exit, service } = withInstruments("symbols --filter btc", true);
    expect(await run(exit)).toBe(0);
    expect(output.text).toBe(
      [
        "SYMBOL   BASE  QUOTE  KIND  STATUS   PRICE STEP  QUANTITY STEP",
        "BTCUSDT  BTC   USDT   spot  trading        0.01        0.00001",
        "ETHBTC   ETH   BTC    spot  halted         0.01        0.00001",
        "",
      ].join("\n"),
    );
    expect(service.requests).toEqual(["login", "logout"]);
  });

  it("prints JSON lines when piped", async () => {
    const { run, output, exit } = withInstruments("symbols --count 1", false);
    expect(await run(exit)).toBe(0);
    expect(JSON.parse(output.text)).toMatchObject({ symbol: "BTCUSDT", priceIncrement: "0.01" });
  });

  it("says so when nothing fits", async () => {
    const { run, output, errors, exit } = withInstruments("symbols --filter doge", true);
    expect(await run(exit)).toBe(0);
    expect(output.text).toBe("");
    expect(errors.text).toBe('ims: none of the 3 symbols of binancespot contains "doge"\n');
  });
});

describe("ims errors", () => {
  it("shows the service's sentence with its code", async () => {
    const { run, errors, exit, service } = cli("trades BTCUSD");
    expect(await run(exit)).toBe(1);
    expect(errors.text).toBe("ims: BTCUSD is not served. (data error 32)\n");
    expect(service.requests.at(-1)).toBe("logout");
  });

  it("says which service to start", async () => {
    const { run, errors, exit, service } = cli("trades BTCUSDT");
    service.isSilent = true;
    expect(await run(exit)).toBe(1);
    expect(errors.text).toMatch(/^ims: No reply from binancespot .*npx nx run binance-spot:serve/);
    expect(errors.text.trimEnd().split("\n")).toHaveLength(1);
  });

  it.each([
    [
      "trades BTCUSDT --exchange binancesopt",
      /^ims: "binancesopt" is not a known exchange; did you mean binancespot\?/,
    ],
    ["trades BTCUSDT --count many", /^ims: --count: expected a whole number from 1 .*, got "many"/],
    ["trades BTCUSDT --client-id 7", /^ims: --client-id: expected a whole number from 100 to 65535, got "7"/],
    ["trades BTCUSDT --url http://x", /^ims: --url: expected a URL such as iggy:\/\/host/],
    ["trade BTCUSDT", /^ims: unknown command 'trade'\n\(Did you mean trades\?\)/],
    ["trades", /^ims: missing required argument 'symbols'/],
    ["trades BTCUSDT --sconds 3", /^ims: unknown option '--sconds'\n\(Did you mean --seconds\?\)/],
    ["trades BTCUSDT --json --table", /^ims: option '--table' cannot be used with option '--json'/],
  ])("refuses %j with 2", async (commandLine, message) => {
    const { run, errors, exit, connects } = cli(commandLine);
    expect(await run(exit)).toBe(2);
    expect(errors.text).toMatch(message);
    expect(connects).toEqual([]);
  });

  it("takes settings from flags over the environment, and shows no token", async () => {
    const token = "a-secret-token";
    const env = {
      IGGY_URL: "iggy://u:p@env:1",
      IMS_EXCHANGE: "deribit",
      IMS_CLIENT_ID: "500",
      IMS_ACCESS_TOKEN: token,
    };
    const { run, exit, connects } = cli("trades BTCUSDT --seconds 1 --exchange binancespot", { env });
    expect(await run(exit)).toBe(0);
    expect(connects).toMatchObject([
      { url: "iggy://u:p@env:1", exchange: 4, clientId: 500, accessToken: token, clientName: "ims" },
    ]);
    const wrong = cli("trades BTCUSDT", { env: { IMS_ACCESS_TOKEN: `${token}${"x".repeat(64)}` } });
    expect(await wrong.run(wrong.exit)).toBe(2);
    expect(wrong.errors.text).not.toContain(token);
  });

  it("prints help with examples, and the version, with 0", async () => {
    const help = cli("--help");
    expect(await help.run(help.exit)).toBe(0);
    expect(help.output.text).toContain("ims bars BTCUSDT 1m");
    const version = cli("--version");
    expect(await version.run(version.exit)).toBe(0);
    expect(version.output.text).toMatch(/^\d+\.\d+\.\d+\n$/);
    const nothing = cli("");
    expect(await nothing.run(nothing.exit)).toBe(2);
    expect(nothing.errors.text).toContain("Usage: ims");
  });
});

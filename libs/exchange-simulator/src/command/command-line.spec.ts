import { describe, expect, it } from "vitest";
import { startBinanceSimulator } from "../binance/binance-simulator.js";
import { greeting, parseCommandLine } from "./command-line.js";

describe("the command line", () => {
  it("describes a synthetic market", () => {
    expect(parseCommandLine([])).toMatchObject({ market: "spot", port: 9870, source: { kind: "synthetic" } });
    const args =
      "--market usd-future --port 0 --seed 5 --symbols BTCUSDT,ETHUSDT --trades-per-second 10".split(" ");
    expect(parseCommandLine(args)).toEqual({
      market: "usd-future",
      port: 0,
      source: { kind: "synthetic", seed: 5, symbols: ["BTCUSDT", "ETHUSDT"], tradesPerSecond: 10 },
    });
    expect(parseCommandLine(["--symbols", "300"])?.source).toMatchObject({ symbols: 300 });
    expect(parseCommandLine(["--help"])).toBeUndefined();
  });

  it("describes a recording", () => {
    const args = ["--recording", "a.jsonl.gz", "--recording", "b.jsonl.gz", "--speed", "max"];
    expect(parseCommandLine(args)?.source).toMatchObject({
      kind: "recording",
      files: ["a.jsonl.gz", "b.jsonl.gz"],
      speed: "max",
    });
    expect(parseCommandLine(["--recording", "a", "--speed", "20"])?.source).toMatchObject({ speed: 20 });
    expect(parseCommandLine(["--recording", "a"])?.source).toMatchObject({ speed: 1 });
  });

  it.each([
    [["--market", "options"], "--market options"],
    [["--port", "x"], "--port x"],
    [["--speed", "2"], "--speed is for recordings"],
    [["--recording", "a", "--seed", "1"], "--seed is for a synthetic market"],
    [["--colour"], "--colour"],
    [["extra"], "extra"],
  ])("refuses %j", (args, reason) => {
    expect(() => parseCommandLine(args)).toThrow(
      expect.objectContaining({ code: "simulator.invalid-option", message: expect.stringContaining(reason) }),
    );
  });

  it("greets with addresses and settings", async () => {
    const options = parseCommandLine(["--market", "coin-future", "--port", "0", "--seed", "9"])!;
    const simulator = await startBinanceSimulator(options);
    const text = greeting(options, simulator);
    await simulator.close();
    expect(text).toContain("seed 9");
    expect(text).toMatch(
      /BINANCE_COIN_FUTURE_REST_URL=http:\/\/127\.0\.0\.1:\d+ BINANCE_COIN_FUTURE_WS_URL=ws:\/\/127\.0\.0\.1:\d+/,
    );
    expect(text).not.toContain("SBE");
  });

  it("names the host of the binary streams on spot, where they are", async () => {
    const options = parseCommandLine(["--port", "0"])!;
    const simulator = await startBinanceSimulator(options);
    const text = greeting(options, simulator);
    await simulator.close();
    expect(text).toMatch(/ BINANCE_SPOT_SBE_URL=ws:\/\/127\.0\.0\.1:\d+\/sbe\n/);
  });
});

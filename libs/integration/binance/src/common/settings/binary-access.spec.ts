import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings } from "@ims/common";
import { afterAll, describe, expect, it } from "vitest";
import { createBinanceIntegration } from "../../create-binance-integration.js";
import { BINANCE_MARKETS } from "../market/markets.js";
import { binanceOptions, binanceSettings } from "./binance-settings.js";
import { binaryAccess } from "./binary-access.js";

const KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
const folder = mkdtempSync(join(tmpdir(), "ims-api-key-"));
afterAll(() => rmSync(folder, { recursive: true }));

function keyFile(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** What a service of the market gets from these variables. */
function access(env: Record<string, string>, market: "spot" | "usd-future" = "spot") {
  return binaryAccess(
    BINANCE_MARKETS[market],
    binanceOptions(market, loadSettings(binanceSettings, { env }).values),
  );
}

/** The error and nothing of the key. */
function failure(env: Record<string, string>, market: "spot" | "usd-future" = "spot"): unknown {
  try {
    access(env, market);
  } catch (error) {
    expect(String((error as Error).stack)).not.toContain(KEY);
    expect(JSON.stringify(error)).not.toContain(KEY);
    return error;
  }
  return undefined;
}

describe("BINANCE_MARKET_DATA", () => {
  it("is json by default, and then no key is looked at", () => {
    expect(access({})).toBeUndefined();
    expect(access({ BINANCE_API_KEY_FILE: "/nowhere" })).toBeUndefined();
    expect(access({ BINANCE_MARKET_DATA: "json", BINANCE_API_KEY: "?" })).toBeUndefined();
  });

  it("sbe takes the key from the environment or from a file", () => {
    const wanted = { url: "wss://stream-sbe.binance.com:9443", apiKey: KEY, fallsBack: false };
    expect(access({ BINANCE_MARKET_DATA: "sbe", BINANCE_API_KEY: KEY })).toMatchObject(wanted);
    const path = keyFile("good", `${KEY}\n`);
    expect(access({ BINANCE_MARKET_DATA: "sbe", BINANCE_API_KEY_FILE: path })).toMatchObject(wanted);
    const testnet = { BINANCE_MARKET_DATA: "sbe", BINANCE_API_KEY: KEY, BINANCE_TESTNET: "true" };
    expect(access(testnet)).toMatchObject({ url: "wss://stream-sbe.testnet.binance.vision" });
  });

  it("sbe without a key is refused at the start, and says what to do", () => {
    expect(failure({ BINANCE_MARKET_DATA: "sbe" })).toMatchObject({
      code: "binance.api-key-missing",
      message: expect.stringContaining("BINANCE_API_KEY_FILE") as unknown,
    });
    expect(() => createBinanceIntegration("spot", { marketData: "sbe" })).toThrow(/BINANCE_API_KEY/);
  });

  it("auto uses the binary streams where there is a key", () => {
    expect(access({ BINANCE_MARKET_DATA: "auto" })).toBeUndefined();
    const withKey = { BINANCE_MARKET_DATA: "auto", BINANCE_API_KEY: KEY };
    expect(access(withKey)).toMatchObject({ fallsBack: true });
    const elsewhere = { ...withKey, BINANCE_SPOT_WS_URL: "ws://127.0.0.1:9000" };
    expect(access(elsewhere)).toBeUndefined();
    const both = { ...elsewhere, BINANCE_SPOT_SBE_URL: "ws://127.0.0.1:9001" };
    expect(access(both)).toMatchObject({ url: "ws://127.0.0.1:9001" });
  });

  it("is spot's alone: futures refuse sbe and take auto for json", () => {
    const sbe = { BINANCE_MARKET_DATA: "sbe", BINANCE_API_KEY: KEY };
    expect(failure(sbe, "usd-future")).toMatchObject({ code: "binance.sbe-not-offered" });
    expect(access({ ...sbe, BINANCE_MARKET_DATA: "auto" }, "usd-future")).toBeUndefined();
  });

  it("refuses a key that is none, without repeating it", () => {
    for (const key of [
      "short",
      `${KEY} `,
      `${KEY}\n${KEY}`,
      "-----BEGIN PRIVATE KEY-----",
      "ключключключключ",
    ]) {
      const env = { BINANCE_MARKET_DATA: "auto", BINANCE_API_KEY: key };
      expect(failure(env), key).toMatchObject({ code: "binance.api-key-malformed" });
    }
    const both = { BINANCE_API_KEY: KEY, BINANCE_API_KEY_FILE: keyFile("both", KEY) };
    expect(failure({ BINANCE_MARKET_DATA: "auto", ...both })).toMatchObject({
      code: "binance.api-key-twice",
    });
  });

  it.each([
    ["is missing", () => join(folder, "missing"), "binance.api-key-file"],
    ["is a folder", () => folder, "binance.api-key-file"],
    ["holds two lines", () => keyFile("two", `${KEY}\n${KEY}\n`), "binance.api-key-malformed"],
    ["is large", () => keyFile("large", "x".repeat(5000)), "binance.api-key-malformed"],
    ["is empty", () => keyFile("empty", ""), "binance.api-key-malformed"],
  ])("refuses a key file that %s", (_, path, code) => {
    const env = { BINANCE_MARKET_DATA: "sbe", BINANCE_API_KEY_FILE: path() };
    expect(failure(env)).toMatchObject({ code });
  });

  it.skipIf(process.platform === "win32").each([0o640, 0o604, 0o620])(
    "refuses a key file of mode %o, which others may read or write",
    (mode) => {
      const env = { BINANCE_MARKET_DATA: "sbe", BINANCE_API_KEY_FILE: keyFile("open", KEY, mode) };
      expect(failure(env)).toMatchObject({ code: "binance.api-key-file" });
    },
  );

  it("refuses to send the key without TLS to another host", () => {
    const env = { BINANCE_MARKET_DATA: "sbe", BINANCE_API_KEY: KEY };
    const to = (url: string) => failure({ ...env, BINANCE_SPOT_SBE_URL: url });
    expect(to("ws://stream-sbe.binance.com")).toMatchObject({ code: "binance.api-key-in-clear" });
    expect(to("ws://127.example.com")).toMatchObject({ code: "binance.api-key-in-clear" });
    expect(to("ws://localhost:9000")).toBeUndefined();
  });
});

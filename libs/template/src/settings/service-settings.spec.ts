import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataType, describeError, ExchangeId } from "@ims/common";
import { afterAll, describe, expect, it } from "vitest";
import { hashToken } from "../sessions/access-tokens.js";
import { httpPortOf, loadServiceSettings } from "./service-settings.js";
import { workspaceRoot } from "./workspace-root.js";

const folder = mkdtempSync(join(tmpdir(), "ims-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("loadServiceSettings", () => {
  it("has a default for everything, with the data folder at the workspace root", () => {
    const { service } = loadServiceSettings({}, { env: {}, file: undefined });
    expect(service).toMatchObject({
      iggyUrl: "iggy://iggy:iggy@localhost:8090",
      brokerMode: "auto",
      dataDir: join(workspaceRoot(), ".ims"),
      environment: "LOCAL",
      logLevel: "info",
      partitionCount: 4,
      heartbeatMillis: 10_000,
      sessionExpiryMillis: 30_000,
    });
  });

  it("names every mistake at once and shows no secret", () => {
    const env = { IGGY_URL: "http://u:hidden@x", IMS_BROKER: "maybe", IMS_HTTP_PORT: "70000", ENV: "HOME" };
    expect(() => loadServiceSettings({}, { env, file: undefined })).toThrow(
      /IGGY_URL.*IMS_BROKER.*ENV.*IMS_HTTP_PORT|IGGY_URL.*IMS_BROKER.*IMS_HTTP_PORT.*ENV/,
    );
    expect(() => loadServiceSettings({}, { env, file: undefined })).not.toThrow(/hidden/);
  });

  it("takes several addresses and TLS for the broker", () => {
    for (const url of ["iggy+tls://a:b@host:8090", "iggy://a:b@one:1,two:2?tls=true"]) {
      const { service } = loadServiceSettings({}, { env: { IGGY_URL: url }, file: undefined });
      expect(service.iggyUrl).toBe(url);
    }
  });

  it("reads feeds from the file and in the short form of the environment", () => {
    const feeds = [
      { dataType: DataType.Trade, resolution: 0, symbols: "*" },
      { dataType: DataType.Bar, resolution: 1, symbols: ["BTCUSDT", "ETHUSDT"] },
    ];
    const file = join(folder, "feeds.json");
    const entries = [
      { type: "trades", symbols: "*" },
      { type: "bars", resolution: "1m", symbols: ["BTCUSDT", "ETHUSDT", "BTCUSDT"] },
    ];
    writeFileSync(file, JSON.stringify({ feeds: entries }));
    expect(loadServiceSettings({}, { env: {}, file }).service.feeds).toEqual(feeds);
    for (const text of ["trades:*; bars@1m:BTCUSDT, ETHUSDT", JSON.stringify(entries)]) {
      const { service } = loadServiceSettings({}, { env: { IMS_FEEDS: text }, file: undefined });
      expect(service.feeds).toEqual(feeds);
    }
  });

  it("names every mistake of feeds and clients together, without any token", () => {
    const env = {
      IMS_FEEDS: "trade:*;bars:BTCUSDT;bars@7m:A;trades@1m:A;trades",
      IMS_CLIENTS: JSON.stringify([
        { id: 99, token: "my secret token" },
        { id: 100, token: hashToken("t", "0123456789abcdef"), dataTypes: ["trade"], tokn: 1 },
        { id: 100, version1: "yes" },
      ]),
    };
    let message = "";
    try {
      loadServiceSettings({}, { env, file: undefined });
    } catch (error) {
      message = describeError(error);
    }
    for (const part of [
      'feeds[0]: type "trade" is not known (did you mean "trades"?)',
      "feeds[1]: bars need a resolution such as 1m",
      'feeds[2]: resolution "7m" is not known',
      "feeds[3]: trades have no resolution",
      'feeds[4]: symbols has to be "*" or a list of symbols',
      "clients[0]: id has to be a whole number from 100 to 65535",
      "clients[0]: token has to be sha256:<salt>:<hash>, never the token itself",
      'clients[1]: there is no "tokn" (did you mean "token"?)',
      'clients[1]: dataTypes "trade" is not known (did you mean "trades"?)',
      "clients[2]: version1 has to be true or false",
      "client 100 stands there twice",
    ]) {
      expect(message).toContain(part);
    }
    expect(message).not.toContain("secret");
  });

  it("reads clients with what each may do, and never shows them", () => {
    const token = hashToken("t", "0123456789abcdef");
    const clients = [
      { id: 100, token, dataTypes: ["trades", "book"], exchanges: "binancespot", subscriptions: 5 },
      { id: 101, version1: true, brokerUser: "alice" },
    ];
    const loaded = loadServiceSettings(
      {},
      { env: { IMS_CLIENTS: JSON.stringify(clients) }, file: undefined },
    );
    expect(loaded.service.clients).toMatchObject([
      {
        clientId: 100,
        token: { salt: "0123456789abcdef", hash: Buffer.from(token.split(":")[2]!, "hex") },
        dataTypes: new Set([DataType.Trade, DataType.Book]),
        exchanges: new Set([ExchangeId.BinanceSpot]),
        subscriptionsMax: 5,
        admitsVersion1: false,
      },
      { clientId: 101, token: undefined, admitsVersion1: true, brokerUser: "alice" },
    ]);
    expect(JSON.stringify(loaded.describe())).not.toContain(token.slice(-20));
  });

  it("chooses the port by environment and exchange unless it is set", () => {
    const at = (env: NodeJS.ProcessEnv) =>
      httpPortOf(loadServiceSettings({}, { env, file: undefined }).service, 4);
    expect(at({})).toBe(7074);
    expect(at({ ENV: "CI" })).toBe(7074);
    expect(at({ ENV: "CLUSTER" })).toBe(7070);
    expect(at({ IMS_HTTP_PORT: "0" })).toBe(0);
  });
});

describe("workspaceRoot", () => {
  it("is the nearest folder above with nx.json, else the start itself", () => {
    const inner = join(folder, "apps", "one");
    mkdirSync(inner, { recursive: true });
    expect(workspaceRoot(inner)).toBe(inner);
    writeFileSync(join(folder, "nx.json"), "{}");
    expect(workspaceRoot(inner)).toBe(folder);
  });
});

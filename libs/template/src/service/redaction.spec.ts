import { defineSettings, ExchangeId, textSetting } from "@ims/common";
import { startBroker } from "@ims/iggy-broker";
import { describe, expect, it } from "vitest";
import { SERVICE_SETTINGS } from "../settings/service-settings.js";
import { FakeIntegration } from "../spec-support/fake-integration.js";
import { freePort } from "../spec-support/service-fixture.js";
import { recordingLogger } from "../spec-support/silent-logger.js";
import { temporaryFolder } from "../spec-support/temporary-folder.js";
import { until } from "../spec-support/until.js";
import type { ProcessHost } from "./process-host.js";
import { runDataService } from "./run-data-service.js";

const HASH = "5eC2e7".padEnd(64, "0").toLowerCase();
/** A value for every secret of the service's settings, and what of it must be seen nowhere. */
const SECRETS: Readonly<Record<string, { readonly value: string; readonly hidden: readonly string[] }>> = {
  accessToken: { value: "s3cret-access-token", hidden: ["s3cret-access-token"] },
  clients: {
    value: JSON.stringify([{ id: 100, token: `sha256:saltsaltsaltsalt:${HASH}` }]),
    hidden: ["saltsaltsaltsalt", HASH],
  },
};
const VENUE_SETTINGS = defineSettings({
  apiKey: { schema: textSetting().optional(), env: "VENUE_API_KEY", description: "key", secret: true },
});

function host(env: NodeJS.ProcessEnv) {
  const printed: string[] = [];
  const listeners = new Map<string, (detail: unknown) => void>();
  const processHost: ProcessHost = {
    argv: [],
    env,
    isTerminal: false,
    on: (event, listener) => void listeners.set(event, listener),
    print: (text) => void printed.push(text),
    printError: (text) => void printed.push(text),
    exit: () => {},
    uptimeMillis: () => 1,
    residentMebibytes: () => 1,
  };
  return { processHost, printed, emit: (event: string, detail?: unknown) => listeners.get(event)!(detail) };
}

describe("secrets of the settings", () => {
  const secretNames = Object.entries(SERVICE_SETTINGS)
    .filter(([, setting]) => "secret" in setting)
    .map(([name]) => name);

  it("all have a sample in this test", () => {
    expect(secretNames.sort()).toEqual(Object.keys(SECRETS).sort());
  });

  it("are shown in no log line, report, metric or configuration", async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const env: NodeJS.ProcessEnv = {
      IGGY_URL: `iggy://us3r:pa55word@127.0.0.1:${port}`,
      IMS_DATA_DIR: folder.path,
      IMS_HTTP_PORT: "0",
      LOG_LEVEL: "trace",
      VENUE_API_KEY: "k3y-of-the-venue",
    };
    for (const name of secretNames) {
      const { env: variable } = SERVICE_SETTINGS[name as "accessToken"];
      env[variable] = SECRETS[name]!.value;
    }
    const { processHost, printed, emit } = host(env);
    const { lines, logger } = recordingLogger("trace");
    const integration = new FakeIntegration();
    const ended = runDataService({
      settings: VENUE_SETTINGS,
      venue: ({ apiKey }) => {
        // A venue that is careless with what it was given.
        logger.info({ apiKey, detail: { password: "pa55word" } }, "venue made");
        return { exchange: ExchangeId.BinanceSpot, integration: integration.factory };
      },
      host: processHost,
      launch: { logger, startEmbeddedBroker: startBroker },
    });
    await until(() => lines.some(({ msg }) => msg === "ready"));
    const url = lines.find(({ msg }) => msg === "ready")!.health as string;
    const texts = await Promise.all(
      ["/health", "/status", "/metrics", "/config"].map(async (path) =>
        (await fetch(new URL(path, url))).text(),
      ),
    );
    expect(texts[3]).toContain('"name":"iggyUrl","value":"iggy://***@127.0.0.1');
    emit("unhandledRejection", new Error(`refused by ${env.IGGY_URL}`));
    await ended;
    const all = [...texts, ...printed, ...lines.map((line) => JSON.stringify(line))].join("\n");
    expect(all).toContain("unexpected error; stopping");
    const hidden = [
      "pa55word",
      "k3y-of-the-venue",
      ...Object.values(SECRETS).flatMap((secret) => secret.hidden),
    ];
    for (const text of hidden) expect(all.includes(text), text).toBe(false);
    folder.remove();
  });

  it("are not repeated when they are mistaken", async () => {
    const { processHost, printed } = host({
      IMS_ACCESS_TOKEN: `too-long-s3cret${"x".repeat(100)}`,
      IMS_CLIENTS: '[{"id": 100, "token": "plain-s3cret"}]',
      IGGY_URL: "http://us3r:pa55word@localhost",
    });
    const venue = () => ({ exchange: ExchangeId.BinanceSpot, integration: new FakeIntegration().factory });
    await runDataService({ settings: VENUE_SETTINGS, venue, host: processHost });
    const text = printed.join("");
    expect(text).toMatch(/IMS_ACCESS_TOKEN/);
    expect(text).toMatch(/IGGY_URL/);
    expect(text).not.toMatch(/s3cret|pa55word/);
  });
});

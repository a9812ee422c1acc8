import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataType } from "@ims/common";
import { afterAll, describe, expect, it } from "vitest";
import { hashToken } from "../sessions/access-tokens.js";
import { loadServiceSettings } from "./service-settings.js";

const folder = mkdtempSync(join(tmpdir(), "ims-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

const document = readFileSync(join(import.meta.dirname, "../../../../docs/sessions.md"), "utf8");

function blocks(language: string): string[] {
  return [...document.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))].map((match) => match[1]!);
}

describe("docs/sessions.md", () => {
  it("has settings that are read", () => {
    const examples = blocks("json");
    expect(examples).toHaveLength(2);
    const settings = examples.map((text, index) => {
      const file = join(folder, `${index}.json`);
      writeFileSync(file, text);
      return loadServiceSettings({}, { env: {}, file }).service;
    });
    expect(settings[0]!.clients).toMatchObject([{ clientId: 100, brokerUser: "alice" }, { clientId: 200 }]);
    const inline = /IMS_FEEDS="([^"]+)"/.exec(document)![1]!;
    const { service } = loadServiceSettings({}, { env: { IMS_FEEDS: inline }, file: undefined });
    expect(service.feeds).toEqual(settings[1]!.feeds);
    expect(service.feeds![0]).toEqual({ dataType: DataType.Trade, resolution: 0, symbols: "*" });
  });

  it("has a shell command that hashes a token as the service does", () => {
    const output = execFileSync("sh", ["-c", blocks("sh")[0]!], { encoding: "utf8" });
    const [, token, form, salt] =
      /^token: (\S+) {2}in the configuration: (sha256:(\S+):[0-9a-f]{64})\n$/.exec(output)!;
    expect(hashToken(token!, salt!)).toBe(form);
    const clients = JSON.stringify([{ id: 100, token: form }]);
    const { service } = loadServiceSettings({}, { env: { IMS_CLIENTS: clients }, file: undefined });
    expect(service.clients).toHaveLength(1);
  });

  it("names the settings by which their limits are set, with their defaults", () => {
    const { service } = loadServiceSettings({}, { env: {}, file: undefined });
    const { subscriptionsPerClientMax, requestsPerSecondMax, sessionCountMax } = service;
    for (const [name, value] of Object.entries({
      IMS_SUBSCRIPTIONS_PER_CLIENT: subscriptionsPerClientMax,
      IMS_REQUESTS_PER_SECOND: requestsPerSecondMax,
      IMS_SESSIONS: sessionCountMax,
    })) {
      expect(document).toContain(`\`${name}\`, ${value} |`);
    }
  });
});

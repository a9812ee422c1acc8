import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
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

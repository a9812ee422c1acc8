import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings } from "@ims/common";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signingService } from "./signing-service.js";
import { SIGNING_SETTINGS } from "./signing-settings.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ims-signing-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const SECRET = "01".repeat(32);

function start(env: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv = {}) {
  const settings = loadSettings(SIGNING_SETTINGS, { env: { IMS_SIGN_SOURCES: "a/b", ...env } }).values;
  return signingService(settings, environment);
}

const code = (name: string) => expect.objectContaining({ code: name });

describe("docs/signing.md", () => {
  const text = readFileSync(new URL("../../../docs/signing.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `(IMS_SIGN_[A-Z_]+)` \|(.*?)\|/gm)];

  it("names every setting and its default", () => {
    const settings = loadSettings(SIGNING_SETTINGS, { env: { IMS_SIGN_SOURCES: "a/b" } }).values;
    const expected = Object.entries(SIGNING_SETTINGS).map(([name, { env }]) => {
      const value = settings[name as keyof typeof settings];
      const shown = typeof value === "number" ? String(value) : `\`${value}\``;
      const isWithout = value === undefined || name === "sources";
      return [env, isWithout ? "" : name === "backends" ? "all three" : shown];
    });
    expect(rows.map(([, env, shown]) => [env, shown!.trim()])).toEqual(expected);
  });
});

describe("the settings of the service", () => {
  it("name the input topics and those of the copies", () => {
    const { processor, sources } = start({ IMS_SIGN_SOURCES: "a/b, c/d=e" }, { IMS_SIGN_KEY: SECRET });
    expect(processor.name).toBe("signed");
    expect(sources).toEqual([
      { stream: "a", topic: "b" },
      { stream: "c", topic: "d", outputTopic: "e" },
    ]);
    expect(() => start({ IMS_SIGN_SOURCES: "a/b,a/b" })).toThrow(/two sources/);
    expect(() => start({ IMS_SIGN_BACKENDS: "native,rust" })).toThrow(/rust/);
  });

  it("say how to make a key that is missing, and take one out of the environment", () => {
    expect(() => start({})).toThrow(/ims sign-key new FILE/);
    expect(() => start({ IMS_SIGN_KEY_FILE: join(folder, "absent") })).toThrow(
      code("signing-service.no-key"),
    );
    const environment: NodeJS.ProcessEnv = { IMS_SIGN_KEY: SECRET };
    start({}, environment);
    expect(environment).toEqual({});
  });

  it("refuse a key file that others may read, and one with something else, without showing it", () => {
    const path = join(folder, "open.key");
    writeFileSync(path, SECRET);
    chmodSync(path, 0o644);
    expect(() => start({ IMS_SIGN_KEY_FILE: path })).toThrow(code("signing.key-permissions"));
    chmodSync(path, 0o600);
    start({ IMS_SIGN_KEY_FILE: path });
    writeFileSync(path, SECRET.slice(1));
    expect(() => start({ IMS_SIGN_KEY_FILE: path })).toThrow(
      expect.objectContaining({ code: "signing.bad-key", message: expect.not.stringContaining("0101") }),
    );
  });

  it("refuse a backend that is not opened, and an open address without a token", () => {
    const bad = code("signing-service.bad-setting");
    expect(() => start({ IMS_SIGN_BACKENDS: "js" })).toThrow(bad);
    expect(() => start({ IMS_SIGN_GRPC: "0.0.0.0:9052" })).toThrow(bad);
  });
});

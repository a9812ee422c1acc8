import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { greeting } from "../rpc/greeting.js";
import { readCredentials } from "./credentials.js";

const SECRET = "do-not-tell-anybody";
let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secret-"));
  file = join(folder, "secret");
  writeFileSync(file, `${SECRET}\n`, { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the login", () => {
  it("is none, from the environment, or from a file", () => {
    expect(readCredentials(undefined, undefined, undefined)).toBeUndefined();
    expect(readCredentials("id", SECRET, undefined)).toEqual({ clientId: "id", clientSecret: SECRET });
    expect(readCredentials("id", undefined, file)).toEqual({ clientId: "id", clientSecret: SECRET });
  });

  it("is refused where it is half, or twice", () => {
    const halves: readonly Parameters<typeof readCredentials>[] = [
      ["id", undefined, undefined],
      [undefined, SECRET, undefined],
      ["id", SECRET, file],
    ];
    for (const half of halves) {
      const read = () => readCredentials(...half);
      expect(read).toThrow(expect.objectContaining({ code: "deribit.credentials-incomplete" }));
      expect(read).not.toThrow(new RegExp(SECRET));
    }
  });

  it("is refused from a file that others may read, that is missing, empty, large, or a folder", () => {
    const refused = () =>
      expect(() => readCredentials("id", undefined, file)).toThrow(
        expect.objectContaining({
          code: "deribit.secret-file",
          message: expect.not.stringContaining(SECRET),
        }),
      );
    chmodSync(file, 0o644);
    if (process.platform !== "win32") refused();
    chmodSync(file, 0o600);
    writeFileSync(file, " \n");
    refused();
    writeFileSync(file, SECRET.repeat(300));
    refused();
    rmSync(file);
    refused();
    file = folder;
    refused();
  });

  it("stands before everything else on a connection", () => {
    const [login, heartbeat] = greeting({ clientId: "id", clientSecret: SECRET }).map((text) =>
      JSON.parse(text),
    );
    expect(login).toMatchObject({
      method: "public/auth",
      params: { grant_type: "client_credentials", client_id: "id" },
    });
    expect(heartbeat).toMatchObject({ method: "public/set_heartbeat", params: { interval: 30 } });
    expect(greeting(undefined).map((text) => (JSON.parse(text) as { method: string }).method)).toEqual([
      "public/set_heartbeat",
      "public/subscribe",
    ]);
  });
});

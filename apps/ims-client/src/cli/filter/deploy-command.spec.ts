import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventLog, writeEvent } from "@ims/filter-control";
import { readTrustList, requireTrusted } from "@ims/wasm-runtime";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IggyStage, startIms } from "../../spec-support/iggy-stage.js";
import type { CliEnvironment } from "../cli-environment.js";
import { INSTALLED_CONTROL } from "./control-packages.js";
import { addFilterCommand } from "./filter-command.js";
import { INSTALLED_PACKAGES } from "./filter-packages.js";

const SOURCE = `import { Batch, defineFilter, Trade } from "@ims/filter-sdk/assembly";
export * from "@ims/filter-sdk/assembly/exports";

defineFilter("every-trade", "1.0.0", [Trade.TEMPLATE], (batch: Batch): void => {});
`;

let folder: string;
let module: string;
let stage: IggyStage;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ims-deploy-"));
  writeFileSync(join(folder, "every-trade.ts"), SOURCE);
  module = join(folder, "every-trade.wasm");
  const { errors, exit } = startIms(["filter", "build", join(folder, "every-trade.ts"), "--out", module]);
  if ((await exit) !== 0) throw new Error(errors.text);
  stage = await IggyStage.start();
}, 60_000);
afterAll(async () => {
  await stage.end();
  rmSync(folder, { recursive: true });
});

const stored = (commandLine: string) => stage.json(`filter ${commandLine} --wait 0 --json`);
const list = () => stage.json("filter list --json");

describe("ims filter deploy, list and the changes", () => {
  it("say of an empty broker that there are no filters", async () => {
    expect(await stage.run("filter list")).toMatchObject({ exit: 0, errors: "ims: there are no filters\n" });
  });

  it("store a module and its versions, list them and change them", async () => {
    const [command] = await stored(`deploy ${module} --stream s --topic t --position 5 --policy pass`);
    expect(command).toMatchObject({ kind: "deploy", name: "every-trade", position: 5, policy: "pass" });
    await stored(`deploy ${module} --stream s --topic t --memory-pages 300 --batch-millis 20`);
    expect(await list()).toMatchObject([
      {
        name: "every-trade",
        stream: "s",
        topic: "t",
        version: 2,
        versions: 2,
        enabled: true,
        lastEvent: null,
      },
    ]);
    await stored("rollback every-trade");
    await stored("disable every-trade");
    expect(await list()).toMatchObject([{ version: 1, enabled: false }]);
    const table = await stage.run("filter list --table");
    expect(table.lines[1]).toMatch(/^every-trade +s\/t +5 +1 of 2 +[0-9a-f]{12} .* pass +disabled/);
    await stored("enable every-trade");
    expect(await list()).toMatchObject([{ enabled: true }]);
    await stored("remove every-trade");
    expect(await list()).toEqual([]);
  });

  it("sign the hash of a module", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const key = join(folder, "key.pem");
    writeFileSync(key, privateKey.export({ format: "pem", type: "pkcs8" }));
    const [command] = await stored(`deploy ${module} --stream s --name signed --sign ${key}`);
    const trusted = readTrustList([publicKey.export({ format: "pem", type: "spki" }).toString()]);
    const signature = Buffer.from(String(command!.signature), "hex");
    expect(() => requireTrusted(String(command!.module), signature, trusted)).not.toThrow();
  });

  it("print what the service answers, and fail where it refuses", async () => {
    const answered = async (kind: "deployed" | "refused") => {
      const run = stage.start(`filter deploy ${module} --stream s --name answered --table`);
      const commands = async () => (await list()).find(({ name }) => name === "answered");
      const before = ((await commands())?.version as number | undefined) ?? 0;
      let row: Record<string, unknown> | undefined;
      while (!row || (row.version as number) <= before) row = await commands();
      const id = await lastCommand();
      const event = {
        kind,
        name: "answered",
        service: "spec",
        atMicros: 1,
        command: id,
        reason: "of its memory",
      };
      await writeEvent(stage.client, event);
      return { exit: await run.exit, output: run.output.text, errors: run.errors.text };
    };
    const taken = await answered("deployed");
    expect(taken).toMatchObject({ exit: 0 });
    expect(taken.output).toMatch(/^answered \([0-9a-f]{12}\) is deployed on s, says spec\n$/);
    const refused = await answered("refused");
    expect(refused).toMatchObject({ exit: 1, output: "" });
    expect(refused.errors).toContain("deploy answered: of its memory.");
    expect((await list()).at(-1)).toMatchObject({ lastEvent: { kind: "refused" } });
    expect(await EventLog.from(stage.client, "first").then((log) => log.read())).toHaveLength(2);
  });

  it("say that nobody answered, with the command stored", async () => {
    const { exit, errors } = await stage.run(`filter deploy ${module} --stream s --name lonely --wait 1`);
    expect(exit).toBe(1);
    expect(errors).toMatch(/no service answered to deploy lonely within 1 s/);
    expect((await list()).map(({ name }) => name)).toContain("lonely");
  });

  it("find mistakes before anything is stored", async () => {
    const before = await list();
    writeFileSync(join(folder, "no.wasm"), "no module");
    const mistakes: [string, RegExp][] = [
      [`deploy ${join(folder, "no.wasm")} --stream s`, /WebAssembly|module/],
      [`deploy ${join(folder, "absent.wasm")} --stream s`, /absent\.wasm/],
      [`deploy ${module}`, /--stream/],
      [`deploy ${module} --stream s --param strike=85`, /"strike" is no parameter of every-trade/],
      [`deploy ${module} --stream s --policy ignore`, /none of drop, pass, stop/],
      [`deploy ${module} --stream s --position first`, /--position/],
      [`deploy ${module} --stream s --name Trades`, /name/],
      ["disable every-tade", /there is no filter every-tade/],
      ["set lonely", /--param strike=90/],
    ];
    for (const [commandLine, words] of mistakes) {
      const { exit, errors } = await stage.run(`filter ${commandLine}`);
      expect(exit, commandLine).not.toBe(0);
      expect(errors, commandLine).toMatch(words);
    }
    expect(await list()).toEqual(before);
  });

  it("say which package is missing", async () => {
    const missing = Object.assign(new Error("not found"), { code: "ERR_MODULE_NOT_FOUND" });
    const program = new Command().exitOverride();
    const environment = { env: {}, output: { isTerminal: false } } as unknown as CliEnvironment;
    const control = { ...INSTALLED_CONTROL, control: () => Promise.reject(missing) };
    addFilterCommand(program, environment, INSTALLED_PACKAGES, control);
    await expect(program.parseAsync(["filter", "list"], { from: "user" })).rejects.toThrow(
      /@ims\/filter-control is not installed/,
    );
  });
});

/** Id of the command stored last. */
async function lastCommand(): Promise<string> {
  const reply = await stage.client.poll({
    stream: "filters",
    topic: "commands",
    partitionId: 0,
    consumer: { kind: "consumer", id: "spec" },
    strategy: { kind: "last" },
    count: 1,
  });
  reply.next();
  return (JSON.parse(new TextDecoder().decode(reply.payload())) as { id: string }).id;
}

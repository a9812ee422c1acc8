import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cli } from "../../spec-support/cli-stage.js";

let folder: string;
let broker: Broker;
let url: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ims-verify-"));
  broker = await startBroker({ port: 0, dataDir: join(folder, "broker") });
  url = `iggy://iggy:iggy@127.0.0.1:${broker.port}`;
  const client = await IggyClient.connect(url);
  await client.streams.ensure("plain");
  await client.topics.ensure("plain", { name: "lines", partitionCount: 2 });
  await client.topics.ensure("plain", { name: "empty", partitionCount: 1 });
  await client.sendMessages({
    stream: "plain",
    topic: "lines",
    partitioning: { kind: "partition", partitionId: 1 },
    messages: [{ payload: Buffer.from("one") }, { payload: Buffer.from("two") }],
  });
  await client.close();
});
afterAll(async () => {
  await broker.close();
  rmSync(folder, { recursive: true });
});

async function run(commandLine: string, terminal = false) {
  const { errors, exit, output } = cli(commandLine, { terminal });
  return { code: await exit, output: output.text, errors: errors.text };
}

describe("ims sign-key", () => {
  it.each([
    ["ecdsa", 66],
    ["schnorr", 64],
    ["ed25519", 64],
  ])("makes a key of %s that its owner alone can read, and shows its public half", async (scheme, digits) => {
    const file = join(folder, `${scheme}.key`);
    const made = await run(`sign-key new ${file} --scheme ${scheme}`);
    expect(made.output).toMatch(new RegExp(`^${scheme}:[0-9a-f]{${digits}} [0-9a-f]{16}\n$`));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await run(`sign-key show ${file} --scheme ${scheme}`)).toMatchObject({
      code: 0,
      output: made.output,
    });
    const secret = readFileSync(file, "utf8");
    expect(made.output).not.toContain(secret.trim());
    expect((await run(`sign-key new ${file} --scheme ${scheme}`)).code).toBe(1);
    expect(readFileSync(file, "utf8")).toBe(secret);
  });

  it("names a scheme that does not exist", async () => {
    expect(await run(`sign-key new ${join(folder, "x")} --scheme rsa`)).toMatchObject({
      code: 2,
      errors: expect.stringContaining("rsa"),
    });
  });
});

describe("ims verify", () => {
  const key = "11".repeat(32);

  it("names the first message of a stream without signatures", async () => {
    const verdict = await run(`verify plain --url ${url} --public-key ${key}`);
    expect(verdict.code).toBe(1);
    expect(JSON.parse(verdict.output)).toMatchObject({
      stream: "plain",
      topic: "lines",
      partition: 1,
      ok: false,
      fault: { reason: "unsigned", offset: 0 },
    });
    const table = await run(`verify plain --url ${url} --public-key ${key}`, true);
    expect(table.output).toBe("plain/lines/1: BAD at offset 0 (unsigned): it has no signature\n");
    const csv = await run(`verify plain --url ${url} --public-key ${key} --csv`);
    expect(csv.output.split("\n")[1]).toBe("plain,lines,1,false,0,0,2,0,0,0,unsigned,it has no signature");
  });

  it("takes keys from a file, with remarks, and names what is none", async () => {
    const file = join(folder, "trusted.txt");
    writeFileSync(file, `# ours\nschnorr:${key} 0123456789abcdef\n\n  02${key}  # another\n`);
    expect((await run(`verify plain --url ${url} --keys ${file}`)).output).toContain("unsigned");
    for (const bad of ["123", "zz".repeat(32), `ecdsa:${key}`, `rsa:${key}`]) {
      expect((await run(`verify plain --url ${url} --public-key ${bad}`)).code).toBe(2);
    }
    expect(await run(`verify plain --url ${url}`)).toMatchObject({
      code: 2,
      errors: expect.stringContaining("no public key is given"),
    });
    expect((await run(`verify plain --url ${url} --keys ${join(folder, "absent")}`)).code).toBe(2);
  });

  it("says that there is nothing to verify, and what the broker does not have", async () => {
    const nothing = await run(`verify plain --topic empty --url ${url} --public-key ${key}`);
    expect(nothing).toMatchObject({ code: 1, errors: expect.stringContaining("no such message") });
    const absent = await run(`verify plian --url ${url} --public-key ${key}`);
    expect(absent).toMatchObject({ code: 1, errors: expect.stringContaining('did you mean "plain"') });
    const from = await run(`verify plain --url ${url} --public-key ${key} --from yesterday`);
    expect(from.code).toBe(2);
  });
});

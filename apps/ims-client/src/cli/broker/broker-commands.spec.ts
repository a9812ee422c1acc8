import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IggyClient } from "@ims/iggy-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunOptions, startIms } from "../../spec-support/iggy-stage.js";

const SEGMENT_ENDING = ".log";

let folder: string;
const stops: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ims-broker-"));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await rm(folder, { recursive: true });
});

function broker(commandLine: string, options: RunOptions = {}) {
  const run = startIms(
    ["broker", "--port", "0", "--data-dir", folder, ...commandLine.split(" ").filter(Boolean)],
    options,
  );
  stops.push(() => {
    run.interrupt.abort();
    return run.exit;
  });
  return run;
}

/** The port that it printed, or what it ended with. */
async function port({ output, errors, exit }: ReturnType<typeof broker>): Promise<number> {
  const ended = exit.then((code) => {
    throw new Error(`ended with ${code}: ${errors.text}`);
  });
  await Promise.race([output.printed(/listening on/), ended]);
  return Number(/:(\d+),/.exec(output.text)![1]);
}

describe("ims broker", () => {
  it("runs until an interrupt and keeps everything for the next run", async () => {
    const first = broker("");
    const client = await IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${await port(first)}`);
    await client.streams.create("kept");
    await client.close();
    first.interrupt.abort();
    expect(await first.exit).toBe(0);
    const second = broker("", { terminal: true });
    const again = await IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${await port(second)}`);
    expect(await again.streams.get("kept")).not.toBeNull();
    await again.close();
    expect(second.errors.text).toMatch(/^info: the broker listens \{/m);
    expect(JSON.parse(first.errors.lines[0]!)).toHaveProperty("level");
  });

  it("takes the root user from the environment", async () => {
    const env = { IGGY_ROOT_USERNAME: "operator", IGGY_ROOT_PASSWORD: "a long one" };
    const run = broker("", { env });
    const address = `127.0.0.1:${await port(run)}`;
    await expect(IggyClient.connect(`iggy://iggy:iggy@${address}`)).rejects.toMatchObject({
      code: "iggy-client.login-refused",
    });
    await (await IggyClient.connect(`iggy://operator:a%20long%20one@${address}`)).close();
    expect(run.errors.text).not.toContain("a long one");
  });

  it.each([
    ["--tls-cert absent.pem", 2, /--tls-key is missing/],
    ["--tls-cert absent.pem --tls-key absent.pem", 1, /^ims: absent\.pem cannot be read: .*ENOENT/m],
    ["--port 70000", 2, /^ims: --port: expected a whole number from 0 to 65535/m],
    ["--host 0.0.0.0", 2, /^ims: the configured root user has the default.*--allow-default-credentials/m],
  ])("refuses %s", async (commandLine, code, message) => {
    const { exit, errors } = broker(commandLine);
    expect(await exit).toBe(code);
    expect(errors.text).toMatch(message);
  });

  it("verifies and repairs a folder, and leaves that of a running broker alone", async () => {
    const run = broker("");
    const client = await IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${await port(run)}`);
    await client.streams.create("s");
    await client.topics.create("s", { name: "t", partitionCount: 1 });
    for (const text of ["first", "second"]) {
      await client.sendMessages({
        stream: "s",
        topic: "t",
        partitioning: { kind: "partition", partitionId: 0 },
        messages: [{ payload: Buffer.from(text) }],
      });
    }
    await client.close();
    const held = startIms(["broker", "verify", "--data-dir", folder]);
    expect(await held.exit).toBe(1);
    expect(held.errors.text).toMatch(/^ims: .*(lock|broker)/i);
    run.interrupt.abort();
    await run.exit;

    const sound = startIms(["broker", "verify", "--data-dir", folder]);
    expect([await sound.exit, sound.output.text]).toEqual([0, "1 partitions checked, 0 problems found\n"]);
    const segment = (await readdir(folder, { recursive: true })).find((path) =>
      path.endsWith(SEGMENT_ENDING),
    )!;
    const bytes = await readFile(join(folder, segment));
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(join(folder, segment), bytes);
    const damaged = startIms(["broker", "--data-dir", folder, "verify"]);
    expect(await damaged.exit).toBe(1);
    expect(damaged.output.text).toMatch(
      / at byte \d+: .*; lost if repaired: .*\n1 partitions checked, [1-9]/,
    );
    const repaired = startIms(["broker", "repair", "--data-dir", folder]);
    expect(await repaired.exit).toBe(0);
    expect(await startIms(["broker", "verify", "--data-dir", folder]).exit).toBe(0);
  });

  it("suggests near commands", async () => {
    const { exit, errors } = startIms(["broker", "verfy"]);
    expect(await exit).toBe(2);
    expect(errors.text).toMatch(/^ims: ims broker has no command "verfy" \(did you mean "verify"\?\)/);
  });
});

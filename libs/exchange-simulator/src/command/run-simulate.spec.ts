import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SocketClient } from "../spec-support/socket-client.js";
import { runSimulateCommand } from "./run-simulate.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "simulate-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Starts the command and resolves with its greeting's WebSocket address. */
async function started(args: readonly string[]) {
  const stop = new AbortController();
  const said: string[] = [];
  let greeted: (text: string) => void = () => {};
  const greeting = new Promise<string>((resolve) => {
    greeted = resolve;
  });
  const code = runSimulateCommand(args, {
    out: (text) => {
      said.push(text);
      greeted(text);
    },
    err: (text) => said.push(text),
    stop: stop.signal,
  });
  const wsUrl = /WebSocket {2}(\S+)/.exec(await greeting)?.[1] ?? "";
  return { stop, code, said, wsUrl };
}

describe("the simulate command", () => {
  it("serves with its fault script until it is stopped", async () => {
    const faults = join(folder, "faults.json");
    await writeFile(faults, `{"rules":[{"fault":"error-ack","code":1,"msg":"scripted"}]}`);
    const run = await started(["--port", "0", "--seed", "3", "--faults", faults]);
    expect(run.said[0]).toContain("Faults     1 rules");
    const client = await SocketClient.open(`${run.wsUrl}/ws`);
    expect(await client.control("LIST_SUBSCRIPTIONS").catch(() => undefined)).toEqual({
      error: { code: 1, msg: "scripted" },
      id: 1,
    });
    run.stop.abort();
    expect(await run.code).toBe(0);
    expect((await client.closed).code).toBe(1006);
  });

  it("says that a recording was sent", async () => {
    const file = join(folder, "one.jsonl");
    const line = (data: string) =>
      `{"t":"1700000000000000000","dir":"in","url":"wss://stream.binance.com:9443/stream","data":${data}}\n`;
    const frame = `{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT","t":1,"p":"1.00000000","q":"1.00000000"}}`;
    await writeFile(file, line(frame) + line(frame));
    const run = await started(["--port", "0", "--recording", file, "--speed", "max"]);
    const client = await SocketClient.open(`${run.wsUrl}/stream?streams=btcusdt@trade`);
    await client.until(() => client.frames.length === 2);
    await expect.poll(() => run.said).toContain("recording sent: 2 frames\n");
    run.stop.abort();
    expect(await run.code).toBe(0);
    await client.closed;
  });

  it("prints its usage, and fails with a reason", async () => {
    const said: string[] = [];
    const io = {
      out: (text: string) => void said.push(text),
      err: (text: string) => void said.push(text),
      stop: new AbortController().signal,
    };
    expect(await runSimulateCommand(["--help"], io)).toBe(0);
    expect(await runSimulateCommand(["--market", "options"], io)).toBe(1);
    expect(await runSimulateCommand(["--faults", join(folder, "none.json")], io)).toBe(1);
    expect(said[0]).toContain("--faults FILE");
    expect(said[1]).toContain("--market options");
    expect(said[2]).toContain("cannot be read");
  });
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { deribitUsage, parseDeribitCommand } from "./deribit-command.js";
import { runSimulateCommand } from "./run-simulate.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "simulate-deribit-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function faultFile(text: string): Promise<string> {
  const file = join(folder, "faults.json");
  await writeFile(file, text);
  return file;
}

describe("the command line of Deribit", () => {
  it("is read, and helps", async () => {
    const faults = await faultFile(
      '{"rules":[{"fault":"drop","channel":"book.","count":2,"atMillis":9},{"fault":"cut"}]}',
    );
    const args = ["--port", "0", "--seed", "5", "--login", "me:se:cret", "--faults", faults];
    expect(parseDeribitCommand(args)).toEqual({
      market: "synthetic",
      options: { port: 0, seed: 5, login: { clientId: "me", clientSecret: "se:cret" } },
      faults: [
        { atMillis: 9, rule: { fault: "drop", channel: "book.", count: 2 } },
        { atMillis: 0, rule: { fault: "cut" } },
      ],
    });
    expect(parseDeribitCommand([])?.options).toEqual({ port: 9872 });
    expect(parseDeribitCommand(["--market", "options"])?.market).toBe("options");
    expect(parseDeribitCommand(["--symbols", "A,B", "--trades-per-second", "0.5"])).toMatchObject({
      symbols: ["A", "B"],
      tradesPerSecond: 0.5,
    });
    expect(parseDeribitCommand(["-h"])).toBeUndefined();
    expect(deribitUsage("ims simulate deribit")).toMatch(
      /^ims simulate deribit: [\s\S]*\n {2}ims simulate deribit --/,
    );
  });

  it.each([
    [["--market", "spot"], "--market spot"],
    [["--port", "x"], "--port x"],
    [["--seed", "-1"], "--seed"],
    [["--trades-per-second", "21"], "at most 20"],
    [["--login", "hidden"], "--login has not the form"],
    [["--colour"], "--colour"],
    [["extra"], "extra"],
    [["--faults", "/nowhere/at/all"], "cannot be read"],
  ])("refuses %j", (args, reason) => {
    const refused = expect.objectContaining({
      code: "simulator.invalid-option",
      message: expect.stringContaining(reason),
    });
    expect(() => parseDeribitCommand(args)).toThrow(refused);
    expect(() => parseDeribitCommand(args)).not.toThrow(/hidden/);
  });

  it.each([
    ["{", "no JSON"],
    ["null", 'no list "rules"'],
    ['{"rules":[7]}', "rules[0] is no object"],
    ['{"rules":[{"fault":"cut"},{"fault":"toString"}]}', 'rules[1]: fault "toString" is none of cut, mute'],
    ['{"rules":[{"fault":"cut","atMillis":-1}]}', "atMillis must be"],
    ['{"rules":[{"fault":"mute","channel":""}]}', "channel must be a text"],
    ['{"rules":[{"fault":"busy","count":0}]}', "count must be"],
    ['{"rules":[{"fault":"cut","count":1}]}', "cut has no field count"],
  ])("refuses the fault script %s", async (text, reason) => {
    const args = ["--faults", await faultFile(text)];
    expect(() => parseDeribitCommand(args)).toThrow(
      expect.objectContaining({ code: "simulator.invalid-fault", message: expect.stringContaining(reason) }),
    );
  });
});

describe("simulate deribit", () => {
  it("serves with its fault script until it is stopped", async () => {
    const faults = await faultFile(
      '{"rules":[{"fault":"omit","channel":"quote."},{"fault":"busy","count":1}]}',
    );
    const stop = new AbortController();
    const said: string[] = [];
    let greet: (text: string) => void = () => {};
    const greeted = new Promise<string>((resolve) => {
      greet = resolve;
    });
    const io = { out: greet, err: (text: string) => void said.push(text), stop: stop.signal };
    const code = runSimulateCommand(["deribit", "--port", "0", "--seed", "3", "--faults", faults], io);
    const greeting = await greeted;
    expect(greeting).toMatch(/DERIBIT_REST_URL=http:\S+\/api\/v2 DERIBIT_WS_URL=ws:\S+\/ws\/api\/v2\n/);
    expect(greeting).toContain("seed 3");
    const socket = new WebSocket(/DERIBIT_WS_URL=(\S+)/.exec(greeting)![1]!);
    const answers: unknown[] = [];
    const done = new Promise<number>((closed) => socket.once("close", closed));
    socket.on("message", (bytes: Buffer) => {
      answers.push((JSON.parse(bytes.toString()) as { result?: unknown }).result);
      if (answers.length === 2) stop.abort();
    });
    const channels = ["quote.BTC-PERPETUAL", "trades.BTC-PERPETUAL.100ms"];
    const request = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "public/subscribe",
      params: { channels },
    });
    socket.once("open", () => {
      socket.send(request);
      socket.send(request);
    });
    expect(await done).toBe(1006);
    expect(answers.slice(0, 2)).toEqual([undefined, ["trades.BTC-PERPETUAL.100ms"]]);
    expect(await code).toBe(0);
    expect(said).toEqual([]);
  });

  it("serves the options market by its name", async () => {
    const stop = new AbortController();
    const answer = await new Promise<string>((resolve, reject) => {
      const out = (greeting: string) => {
        const restUrl = /DERIBIT_REST_URL=(\S+)/.exec(greeting)![1]!;
        fetch(`${restUrl}/public/get_instruments?currency=any`)
          .then((reply) => reply.text())
          .then(resolve, reject);
      };
      const io = { out, err: reject, stop: stop.signal };
      void runSimulateCommand(["deribit", "--port", "0", "--market", "options"], io);
    });
    stop.abort();
    expect(answer).toMatch(/"instrument_name":"SOL_USDC-\d+[A-Z]{3}\d\d-85-C"/);
  });

  it("serves the chosen instruments alone", async () => {
    const stop = new AbortController();
    const answer = await new Promise<string>((resolve, reject) => {
      const out = (greeting: string) => {
        expect(greeting).toContain("seed 1, 2 instruments)");
        const restUrl = /DERIBIT_REST_URL=(\S+)/.exec(greeting)![1]!;
        fetch(`${restUrl}/public/get_instruments?currency=any`)
          .then((reply) => reply.text())
          .then(resolve, reject);
      };
      const io = { out, err: reject, stop: stop.signal };
      void runSimulateCommand(
        ["deribit", "--port", "0", "--symbols", "btc-perpetual,ETH_BTC", "--trades-per-second", "20"],
        io,
      );
    });
    stop.abort();
    expect(answer.match(/"instrument_name":"[^"]+"/g)).toEqual([
      '"instrument_name":"BTC-PERPETUAL"',
      '"instrument_name":"ETH_BTC"',
    ]);
    const said: string[] = [];
    const io = { out: () => {}, err: (text: string) => void said.push(text), stop: stop.signal };
    expect(await runSimulateCommand(["deribit", "--port", "0", "--symbols", "BTC-PERP"], io)).toBe(1);
    expect(said[0]).toMatch(/--symbols: BTC-PERP is not there/);
  });

  it("prints its usage, and fails with a reason", async () => {
    const said: string[] = [];
    const io = {
      out: (text: string) => void said.push(text),
      err: (text: string) => void said.push(text),
      stop: new AbortController().signal,
    };
    expect(await runSimulateCommand(["deribit", "--help"], io)).toBe(0);
    expect(await runSimulateCommand(["deribit", "--market", "moon"], io)).toBe(1);
    expect(await runSimulateCommand(["kraken"], io)).toBe(1);
    expect(said[0]).toMatch(/^exchange-simulator deribit: /);
    expect(said[1]).toContain("--market moon");
    expect(said[2]).toContain("kraken");
  });
});

import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { bitstampUsage, parseBitstampCommand } from "./bitstamp-command.js";
import { runSimulateCommand } from "./run-simulate.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "simulate-bitstamp-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function faultFile(text: string): Promise<string> {
  const file = join(folder, "faults.json");
  await writeFile(file, text);
  return file;
}

const symbolsOf = (args: readonly string[]) =>
  parseBitstampCommand(args)?.options.pairs?.map(({ instrument }) => instrument.symbol);

describe("the command line of Bitstamp", () => {
  it("is read, and helps", async () => {
    const faults = await faultFile(
      '{"rules":[{"fault":"request-reconnect","atMillis":9},{"fault":"request-reconnect","closeAfterMillis":0},{"fault":"refuse-rest","status":503,"forMillis":20}]}',
    );
    const args = ["--port", "0", "--seed", "5", "--trades-per-second", "0.5", "--faults", faults];
    expect(parseBitstampCommand([...args, "--book-levels", "20", "--book-lag-millis", "0"])).toEqual({
      options: { port: 0, seed: 5, tradesPerSecond: 0.5, bookLevels: 20, bookLagMillis: 0 },
      faults: [
        { atMillis: 9, rule: { fault: "request-reconnect" } },
        { atMillis: 0, rule: { fault: "request-reconnect", closeAfterMillis: 0 } },
        { atMillis: 0, rule: { fault: "refuse-rest", status: 503, forMillis: 20 } },
      ],
    });
    expect(parseBitstampCommand(["--order-lag-millis", "570", "--order-fields", "2023"])?.options).toEqual({
      port: 9871,
      orderLagMillis: 570,
      orderFields: "2023",
    });
    expect(parseBitstampCommand([])).toEqual({ options: { port: 9871 }, faults: [] });
    expect(parseBitstampCommand(["-h"])).toBeUndefined();
    expect(bitstampUsage("ims simulate bitstamp")).toMatch(
      /^ims simulate bitstamp: [\s\S]*btcusd-perp[\s\S]*\n {2}ims simulate bitstamp --/,
    );
  });

  it("chooses markets by name, in any case, or by number", () => {
    expect(symbolsOf(["--symbols", "ethbtc,BTCUSD"])).toEqual(["btcusd", "ethbtc"]);
    expect(symbolsOf(["--symbols", "2"])).toEqual(["btcusd", "ethusd"]);
    expect(symbolsOf(["--symbols", "900"])?.length).toBeGreaterThan(6);
  });

  it.each([
    [["--port", "x"], "--port x"],
    [["--seed", "-1"], "--seed"],
    [["--symbols", "btcusdd"], 'btcusdd is not there (did you mean "btcusd"?)'],
    [["--symbols", "0"], "--symbols 0"],
    [["--symbols", ","], "--symbols names no market"],
    [["--trades-per-second", "0"], "--trades-per-second 0"],
    [["--trades-per-second", "1001"], "at most 1000"],
    [["--book-levels", "9"], "--book-levels 9"],
    [["--order-fields", "2024"], "--order-fields 2024"],
    [["--colour"], "--colour"],
    [["extra"], "extra"],
    [["--faults", "/nowhere/at/all"], "cannot be read"],
  ])("refuses %j", (args, reason) => {
    expect(() => parseBitstampCommand(args)).toThrow(
      expect.objectContaining({
        code: "simulator.invalid-option",
        message: expect.stringContaining(reason),
      }),
    );
  });

  it.each([
    ['{"rules":[{"fault":"refuse-rest","status":42,"forMillis":1}]}', "status must be a status of HTTP"],
    ['{"rules":[{"fault":"request-reconnect","closeAfterMillis":-1}]}', "closeAfterMillis must be"],
    ['{"rules":[{"fault":"cut","closeAfterMillis":1}]}', "cut has no field closeAfterMillis"],
  ])("refuses the fault script %s", async (text, reason) => {
    const args = ["--faults", await faultFile(text)];
    expect(() => parseBitstampCommand(args)).toThrow(
      expect.objectContaining({ code: "simulator.invalid-fault", message: expect.stringContaining(reason) }),
    );
  });
});

describe("simulate bitstamp", () => {
  it("serves the chosen markets with its fault script until it is stopped", async () => {
    const faults = await faultFile('{"rules":[{"fault":"duplicate","channel":"live_trades_","count":1}]}');
    const stop = new AbortController();
    let greet: (text: string) => void = () => {};
    const greeted = new Promise<string>((resolve) => {
      greet = resolve;
    });
    const said: string[] = [];
    const io = { out: greet, err: (text: string) => void said.push(text), stop: stop.signal };
    const options = ["--port", "0", "--seed", "3", "--symbols", "1", "--trades-per-second", "100"];
    const code = runSimulateCommand(["bitstamp", ...options, "--faults", faults], io);
    const greeting = await greeted;
    expect(greeting).toContain("Bitstamp, simulated (seed 3, 1 markets)");
    expect(greeting).toContain("Faults     1 rules");
    const [, restUrl, wsUrl] = /\nBITSTAMP_REST_URL=(http:\S+) BITSTAMP_WS_URL=(ws:\S+)\n/.exec(greeting)!;
    const pairs = await fetch(`${restUrl}/api/v2/markets/`).then((reply) => reply.text());
    expect(pairs.match(/"market_symbol":"[^"]+"/g)).toEqual(['"market_symbol":"btcusd"']);

    const socket = new WebSocket(wsUrl!);
    const closed = once(socket, "close");
    const ids: number[] = [];
    socket.on("message", (bytes: Buffer) => {
      const { data, event } = JSON.parse(bytes.toString()) as { data: { id: number }; event: string };
      if (event === "trade") ids.push(data.id);
      if (ids.length === 3) stop.abort();
    });
    socket.once("open", () =>
      socket.send('{"event":"bts:subscribe","data":{"channel":"live_trades_btcusd"}}'),
    );
    expect((await closed)[0]).toBe(1006);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).toBeGreaterThan(ids[1]!);
    expect(await code).toBe(0);
    expect(said).toEqual([]);
  });
});

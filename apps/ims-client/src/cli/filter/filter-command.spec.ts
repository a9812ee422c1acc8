import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IggyStage, startIms } from "../../spec-support/iggy-stage.js";
import { encodeTrade } from "../../spec-support/sample-records.js";
import { encodeOptionTicker } from "../../spec-support/sample-states.js";
import type { CliEnvironment } from "../cli-environment.js";
import { addFilterCommand } from "./filter-command.js";

/** Drops, rewrites, emits, logs and traps as the id of a trade says. */
const SOURCE = `import { Batch, defineFilter, info, Trade } from "@ims/filter-sdk/assembly";
export * from "@ims/filter-sdk/assembly/exports";

defineFilter("busy", "2.0.0", [Trade.TEMPLATE], (batch: Batch): void => {
  while (batch.next()) {
    const trade = Trade.of(batch);
    if (trade == null) continue;
    if (trade.tradeId == 1) batch.drop();
    if (trade.tradeId == 2) {
      trade.tradeId = 22;
      batch.rewrite();
      batch.emit(batch.copy(), batch.length);
    }
    if (trade.tradeId == 3) info("three at " + batch.time.toString());
    assert(trade.tradeId != 4, "four");
    while (trade.tradeId == 5) trade.price++;
  }
});
`;

let folder: string;
let module: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ims-filter-"));
  writeFileSync(join(folder, "busy.ts"), SOURCE);
  module = join(folder, "busy.wasm");
  const built = await ims("filter", "build", join(folder, "busy.ts"), "--out", module);
  if (built.exit !== 0) throw new Error(built.errors);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

async function ims(...words: readonly string[]) {
  const { output, errors, exit } = startIms(words);
  return { exit: await exit, output: output.text, errors: errors.text };
}

const trade = (tradeId: number) => encodeTrade({ symbol: "BTCUSDT", instrumentId: 1, tradeId });

function frames(name: string, records: readonly Uint8Array[]): string {
  const file = join(folder, name);
  const parts = records.flatMap((record) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(record.length);
    return [length, record];
  });
  writeFileSync(file, Buffer.concat(parts));
  return file;
}

const json = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("ims filter new, build and test", () => {
  it("make a project that is green from the first minute", async () => {
    const project = join(folder, "cheap-calls");
    const made = await ims("filter", "new", "cheap-calls", "--dir", project);
    expect([made.exit, made.output]).toEqual([0, expect.stringContaining("assembly/index.ts")]);
    const built = await ims("filter", "build", project);
    const file = join(project, "build/cheap-calls.wasm");
    expect([built.exit, built.output]).toEqual([
      0,
      expect.stringMatching(
        /cheap-calls 1\.0\.0, \d+ bytes, sha256 [0-9a-f]{64}\n {2}--param strike=.*default 85/,
      ),
    ]);
    const { test } = (
      JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as { scripts: { test: string } }
    ).scripts;
    const words = test.split("&& ims ")[1]!.replaceAll(/(build|test)\//g, `${project}/$1/`);
    const tested = await ims(...words.split(" "));
    expect([tested.exit, tested.errors]).toEqual([
      0,
      "ims: 24 records: 14 passed, 10 dropped, 0 rewritten, 0 emitted\n",
    ]);
    const other = await ims(
      "filter",
      "test",
      file,
      "--param",
      "strike=86",
      "--expect",
      join(project, "test/expected.jsonl"),
    );
    expect(other.exit).toBe(1);
    expect(other.errors).toMatch(/line 11 is .*"dropped".*has .*"passed"/);
  }, 60_000);

  it("tells of every record what became of it", async () => {
    const input = frames("trades.bin", [trade(0), trade(1), trade(2), trade(3)]);
    const { exit, output, errors } = await ims(
      "filter",
      "test",
      module,
      "--input",
      input,
      "--batch",
      "3",
      "--json",
    );
    expect(exit).toBe(0);
    expect(json(output)).toMatchObject([
      { record: 0, outcome: "passed", kind: "trade", symbol: "BTCUSDT" },
      { record: 1, outcome: "dropped" },
      { record: 2, outcome: "rewritten", payload: { tradeId: 22, price: "61837.63" } },
      { record: 2, outcome: "emitted", payload: { tradeId: 22 } },
      { record: 3, outcome: "passed" },
    ]);
    expect(json(output)[0]).not.toHaveProperty("payload");
    // The time at which the newest record of the second batch was published.
    expect(errors).toBe(
      "info: three at 1723118400125100\nims: 4 records: 2 passed, 1 dropped, 1 rewritten, 1 emitted\n",
    );
    const csv = await ims("filter", "test", module, "--input", input, "--csv");
    expect(csv.output.split("\n")[2]).toBe(`1,dropped,trade,${Buffer.from(trade(1)).toString("hex")}`);
    const table = await ims("filter", "test", module, "--input", input, "--table");
    expect(table.output).toMatch(
      /^RECORD +OUTCOME +KIND +CONTENT\n +0 +passed +trade +binancespot {2}BTCUSDT/,
    );
  });

  it("writes and compares expectations", async () => {
    const input = frames("two.bin", [trade(1), trade(2)]);
    const expected = join(folder, "expected.jsonl");
    const run = (...words: string[]) =>
      ims("filter", "test", module, "--input", input, "--expect", expected, ...words);
    const missing = await run();
    expect([missing.exit, missing.errors]).toEqual([1, expect.stringContaining("expected.jsonl")]);
    expect((await run("--update")).exit).toBe(0);
    expect((await run()).exit).toBe(0);
    writeFileSync(expected, `${readFileSync(expected, "utf8")}{}\n`);
    const longer = await run();
    expect([longer.exit, longer.errors]).toEqual([
      1,
      expect.stringMatching(/line 4 is nothing, .* has \{\}/),
    ]);
  });

  it("fails when the filter traps, and says why", async () => {
    const { exit, errors } = await ims("filter", "test", module, "--input", frames("four.bin", [trade(4)]));
    expect(exit).toBe(1);
    expect(errors).toMatch(/^error: four \(busy\.ts:15:5\)\nims: .*ims_batch/);
  });

  it("fails when the filter does not end", async () => {
    const input = frames("five.bin", [trade(5)]);
    const { exit, errors } = await ims("filter", "test", module, "--input", input, "--batch-millis", "50");
    expect([exit, errors]).toEqual([1, expect.stringMatching(/record 0 on did not end within 50 ms/)]);
  });

  it("runs on what ims tail recorded", async () => {
    const stage = await IggyStage.start();
    try {
      await stage.client.streams.create("options");
      await stage.client.topics.create("options", { name: "tickers", partitionCount: 1 });
      await stage.client.sendMessages({
        stream: "options",
        topic: "tickers",
        partitioning: { kind: "partition", partitionId: 0 },
        messages: [{ payload: encodeOptionTicker("BTC-27SEP24-62000-C", 1) }, { payload: trade(3) }],
      });
      const recorded = await stage.run("tail options/tickers --from first --decode hex --json");
      const input = join(folder, "recorded.jsonl");
      writeFileSync(input, recorded.output);
      const { exit, output, errors } = await ims("filter", "test", module, "--input", input);
      expect(exit).toBe(0);
      expect(json(output).map(({ kind }) => kind)).toEqual(["option-ticker", "trade"]);
      const { timestampMicros } = json(recorded.output)[1]!;
      expect(errors).toContain(`three at ${String(timestampMicros)}\n`);
      writeFileSync(input, (await stage.run("tail options/tickers --json")).output);
      const decoded = await ims("filter", "test", module, "--input", input);
      expect([decoded.exit, decoded.errors]).toEqual([1, expect.stringContaining("--decode hex")]);
    } finally {
      await stage.end();
    }
  });
});

describe("ims filter with mistakes", () => {
  it.each([
    ["no module", ["filter", "test", "/nowhere.wasm"], 1, /nowhere\.wasm/],
    ["no WebAssembly", ["filter", "test", import.meta.filename], 1, /wasm|module/],
    ["no parameter", ["filter", "test", "MODULE", "--param", "strike"], 2, /"strike" is not NAME=VALUE/],
    [
      "an unknown parameter",
      ["filter", "test", "MODULE", "--param", "a=1"],
      2,
      /"a" is no parameter of busy/,
    ],
    ["a batch of nothing", ["filter", "test", "MODULE", "--batch", "0"], 2, /--batch: "0"/],
    ["no source", ["filter", "build", "/nowhere"], 1, /no \/nowhere\/assembly\/index\.ts to compile/],
    ["a bad name", ["filter", "new", "Bad Name"], 2, /Bad Name/],
  ])(
    "%s",
    async (_name, words, code, message) => {
      const { exit, errors } = await ims(...words.map((word) => (word === "MODULE" ? module : word)));
      expect([exit, errors]).toEqual([code, expect.stringMatching(message)]);
    },
    60_000,
  );

  it("a source that does not compile is told with its place", async () => {
    const file = join(folder, "wrong.ts");
    writeFileSync(file, 'export * from "@ims/filter-sdk/assembly/exports";\nlet a: i32 = "text";\n');
    const { exit, errors } = await ims("filter", "build", file);
    expect([exit, errors]).toEqual([1, expect.stringMatching(/wrong\.ts\(2,14\)/)]);
  }, 60_000);

  it("a filter that needs more than the interface gives is refused", async () => {
    const file = join(folder, "random.ts");
    writeFileSync(file, SOURCE.replace("tradeId == 1", "tradeId == <u64>(Math.random() * 9)"));
    const { exit, errors } = await ims("filter", "build", file);
    expect([exit, errors]).toEqual([1, expect.stringContaining("env.seed")]);
  }, 60_000);

  it("a state that nothing saves is told", async () => {
    const file = join(folder, "state.ts");
    const state = "defineState(1, (state: StateWriter): void => {}, (state: StateReader): bool => true);\n";
    const source = SOURCE.replace("import { ", "import { defineState, StateReader, StateWriter, ");
    writeFileSync(file, source + state);
    const { exit, errors } = await ims("filter", "build", file);
    expect([exit, errors]).toEqual([1, expect.stringContaining("state-exports")]);
  }, 60_000);

  it("a missing package is named", async () => {
    const missing = Object.assign(new Error("not found"), { code: "ERR_MODULE_NOT_FOUND" });
    const program = new Command();
    const packages = { sdk: () => Promise.reject(missing), runtime: () => Promise.reject(missing) };
    addFilterCommand(program, {} as CliEnvironment, packages);
    await expect(program.parseAsync(["filter", "new", "x"], { from: "user" })).rejects.toMatchObject({
      code: "filter.no-package",
      message: expect.stringContaining("@ims/filter-sdk"),
    });
  });
});

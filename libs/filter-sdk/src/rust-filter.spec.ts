import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { buildFilter } from "./build-filter.js";
import { FilterRun } from "./spec-support/filter-run.js";
import { encodeOption, encodeTrade } from "./spec-support/sample-records.js";

const TARGET = "wasm32-unknown-unknown";
const project = join(import.meta.dirname, "../../../examples/rust-filter");
const { stdout } = spawnSync("rustup", ["target", "list", "--installed"], { encoding: "utf8" });

describe.skipIf(!stdout?.includes(TARGET))(
  `the filter in Rust, where the target ${TARGET} is installed`,
  () => {
    let modules: Uint8Array[];
    beforeAll(async () => {
      const folder = mkdtempSync(join(tmpdir(), "ims-rust-"));
      try {
        const args = [
          "build",
          "--release",
          "--locked",
          "--offline",
          "--target",
          TARGET,
          "--target-dir",
          folder,
        ];
        execFileSync("cargo", args, { cwd: project, stdio: "pipe" });
        const rust = readFileSync(join(folder, TARGET, "release/strike_above.wasm"));
        modules = [rust, await buildFilter(join(import.meta.dirname, "../template/assembly/index.ts"))];
      } finally {
        rmSync(folder, { recursive: true });
      }
    }, 120_000);

    it("describes itself as the one in AssemblyScript does", () => {
      const [rust, assembly] = modules.map((module) => new FilterRun(module).instance.description);
      expect(rust).toEqual(assembly);
    });

    it("makes the same of the same records", () => {
      const [rust, assembly] = modules.map((module) => new FilterRun(module)) as [FilterRun, FilterRun];
      const mantissas = fc.oneof(
        fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
        fc.bigInt({ min: -1000n, max: 1000n }),
      );
      const options = fc
        .record({ strike: mantissas, scale: fc.integer({ min: 0, max: 255 }) })
        .map(encodeOption);
      const cut = fc
        .tuple(options, fc.integer({ min: 8, max: 271 }))
        .map(([record, end]) => record.subarray(0, end));
      const damaged = fc.tuple(options, fc.nat(7), fc.nat(255)).map(([record, at, octet]) => {
        if (at !== 2 && at !== 3) record[at] = octet;
        return record;
      });
      const others = fc.constant(encodeTrade("BTCUSDT", 1));
      const batches = fc.array(fc.oneof(options, cut, damaged, others), { maxLength: 30 });
      const strikes = fc.tuple(
        fc.bigInt({ min: -(10n ** 6n), max: 10n ** 6n }),
        fc.integer({ min: 0, max: 6 }),
      );
      fc.assert(
        fc.property(batches, strikes, (records, [mantissa, scale]) => {
          const strike = `${mantissa}e-${scale}`;
          for (const run of [rust, assembly]) run.instance.setParameters({ strike });
          expect(rust.batch(records)).toEqual(assembly.batch(records));
        }),
        { numRuns: 500 },
      );
    });

    it("needs no more memory after 10,000 batches", () => {
      const run = new FilterRun(modules[0]!);
      const records = Array.from({ length: 50 }, (_, id) =>
        encodeOption({ strike: BigInt(id + 50), scale: 0 }),
      );
      run.batch(records);
      const { memoryPages } = run.instance;
      for (let batch = 0; batch < 10_000; batch++) run.batch(records.slice(0, 1 + (batch % 3)));
      expect(run.instance.memoryPages).toBe(memoryPages);
    });
  },
);

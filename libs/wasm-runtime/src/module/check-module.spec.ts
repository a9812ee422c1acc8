import { createHash } from "node:crypto";
import { isImsError } from "@ims/common";
import { assertSeeded, seededMillis } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FILTER_LIMITS, PAGE_BYTES } from "../limits.js";
import { labModule } from "../spec-support/lab-module.js";
import { ModuleBuilder, op, unsigned } from "../spec-support/module-builder.js";
import { strikeModule } from "../spec-support/strike-module.js";
import { checkModule } from "./check-module.js";
import { compileModule, instantiateModule } from "./compile-module.js";
import { FILTER_PROFILE, type ModuleProfile } from "./module-profile.js";

/** The least that a filter exports; the caller adds what is wrong. */
function leastFilter(change: (builder: ModuleBuilder) => void = () => {}): Uint8Array {
  const builder = new ModuleBuilder();
  builder.memories = [{ least: 1 }];
  change(builder);
  builder.export("memory", 2, 0);
  builder.function({ name: "ims_abi", results: ["i32"], body: op.i32(1) });
  builder.function({ name: "ims_alloc", parameters: ["i32"], results: ["i32"], body: op.i32(0) });
  builder.function({ name: "ims_batch", parameters: ["i32", "i32"], results: ["i32"], body: op.i32(0) });
  return builder.build();
}

function codeOf(bytes: Uint8Array, limits = FILTER_LIMITS): string {
  try {
    checkModule(bytes, FILTER_PROFILE, limits);
    return "ok";
  } catch (error) {
    if (!isImsError(error)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

describe("checkModule", () => {
  it("takes modules as they should be, and names them by their SHA-256", () => {
    const bytes = labModule();
    const checked = checkModule(bytes, FILTER_PROFILE);
    expect(checked.hash).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(checked.memoryPages).toEqual({ least: 2, most: 256 });
    expect(codeOf(leastFilter())).toBe("ok");
    expect(codeOf(strikeModule())).toBe("ok");
  });

  it("compares the hash that is expected", () => {
    const bytes = labModule();
    const { hash } = checkModule(bytes, FILTER_PROFILE);
    expect(checkModule(bytes, FILTER_PROFILE, FILTER_LIMITS, hash.toUpperCase()).hash).toBe(hash);
    expect(() => checkModule(bytes, FILTER_PROFILE, FILTER_LIMITS, "00".repeat(32))).toThrow(
      expect.objectContaining({ code: "wasm.hash-mismatch" }),
    );
  });

  it.each<[string, (builder: ModuleBuilder) => void, RegExp]>([
    [
      "an import that is not given",
      (builder) => builder.importFunction("wasi_snapshot_preview1", "fd_write", ["i32"]),
      /^wasm\.forbidden-import: .*"wasi_snapshot_preview1\.fd_write" of the type \(i32\) -> \(\)/,
    ],
    [
      "a misspelt import",
      (builder) => builder.importFunction("ims", "lob", ["i32", "i32", "i32"]),
      /^wasm\.forbidden-import: .*did you mean "ims\.log"/,
    ],
    [
      "an import of another type",
      (builder) => builder.importFunction("ims", "batch_time", [], ["i32"]),
      /^wasm\.forbidden-import: .*"ims\.batch_time" of the type \(\) -> \(i32\), but it is \(\) -> \(i64\)/,
    ],
    [
      "an imported global in place of a function",
      (builder) => builder.importAny("ims", "log", [0x03, 0x7f, 0x00]),
      /^wasm\.forbidden-import: .*global i32/,
    ],
    [
      "an imported memory",
      (builder) => builder.importAny("env", "memory", [0x02, 0x00, 0x01]),
      /^wasm\.unsupported: .*imports a memory, "env\.memory"/,
    ],
    [
      "an imported table",
      (builder) => builder.importAny("env", "table", [0x01, 0x70, 0x00, 0x01]),
      /^wasm\.unsupported: .*imports a table/,
    ],
    [
      "an imported tag",
      (builder) => builder.importAny("env", "tag", [0x04, 0x00, 0x00]),
      /^wasm\.unsupported: .*kind 4/,
    ],
    [
      "shared memory",
      (builder) => {
        builder.memories = [{ least: 1, most: 2, flags: 3 }];
      },
      /^wasm\.unsupported: .*shared memory/,
    ],
    [
      "64-bit memory",
      (builder) => {
        builder.memories = [{ least: 1, flags: 4 }];
      },
      /^wasm\.unsupported: .*64-bit memory/,
    ],
    [
      "two memories",
      (builder) => {
        builder.memories = [{ least: 1 }, { least: 1 }];
      },
      /^wasm\.unsupported: .*several memories/,
    ],
    [
      "too much memory from the start",
      (builder) => {
        builder.memories = [{ least: 257 }];
      },
      /^wasm\.over-limit: .*257 pages of memory, 256 are allowed/,
    ],
    [
      "a table too large from the start",
      (builder) => {
        builder.tables = [{ least: 10_001 }];
      },
      /^wasm\.over-limit: .*10001 elements/,
    ],
    [
      "many tables",
      (builder) => {
        builder.tables = Array.from({ length: 17 }, () => ({ least: 1 }));
      },
      /^wasm\.unsupported: .*17 tables/,
    ],
    [
      "exceptions",
      (builder) => {
        builder.section(13, [1, 0, 0]);
      },
      /^wasm\.unsupported: .*section 13/,
    ],
    [
      "an optional export of another type",
      (builder) => {
        builder.function({ name: "ims_snapshot", results: ["i32"], body: op.i32(0) });
      },
      /^wasm\.bad-export: .*"ims_snapshot" of the type \(\) -> \(i32\), not \(\) -> \(i64\)/,
    ],
    [
      "code that does not type-check",
      (builder) => {
        builder.function({ results: ["i32"], body: op.i64(1) });
      },
      /^wasm\.malformed: .*not valid: .*function/,
    ],
  ])("refuses %s", (_, change, message) => {
    expect(codeOf(leastFilter(change))).toMatch(message);
  });

  it("asks for every export, of its type", () => {
    for (const [name, type] of Object.entries(FILTER_PROFILE.exports)) {
      const without = new ModuleBuilder();
      without.memories = [{ least: 1 }];
      if (name !== "memory") without.export("memory", 2, 0);
      if (name !== "ims_abi") without.function({ name: "ims_abi", results: ["i32"], body: op.i32(1) });
      if (name !== "ims_alloc") {
        without.function({ name: "ims_alloc", parameters: ["i32"], results: ["i32"], body: op.i32(0) });
      }
      expect(codeOf(without.build())).toContain(
        `wasm.bad-export: the module does not export "${name}", ${type}`,
      );
      without.function({ name, parameters: ["i64"], body: [] });
      expect(codeOf(without.build())).toContain(`wasm.bad-export: the module exports "${name}" of the type`);
    }
  });

  it("refuses what is not a module, and what is cut short", () => {
    expect(codeOf(new Uint8Array(0))).toMatch(/^wasm\.malformed/);
    expect(codeOf(Uint8Array.from([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]))).toMatch(
      /^wasm\.malformed: .*version 2/,
    );
    const whole = labModule();
    const taken = Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length)).filter(
      (part) => codeOf(part) === "ok",
    );
    // Without its last section, the data, it is a module still.
    expect(taken).toHaveLength(1);
  });

  it("refuses a huge module without reading it", () => {
    expect(codeOf(new Uint8Array((8 << 20) + 1))).toMatch(/^wasm\.too-large: .*8388609 octets, 8388608/);
  });

  it("takes a section of millions of functions without running out of stack", () => {
    const count = 4_000_000;
    const builder = new ModuleBuilder();
    builder.type();
    const head = builder.build();
    const counted = unsigned(count);
    const section = [3, ...unsigned(count + counted.length), ...counted];
    const bytes = new Uint8Array(head.length + section.length + count);
    bytes.set(head);
    bytes.set(section, head.length);
    expect(codeOf(bytes)).toMatch(/^wasm\.bad-export/);
  });

  it("writes the largest sizes into the binary", () => {
    const bytes = leastFilter((builder) => {
      builder.memories = [{ least: 1, most: 60_000 }];
      builder.tables = [{ least: 1 }];
      builder.function({
        name: "grow",
        parameters: ["i32"],
        results: ["i32"],
        body: op.memoryGrow(op.get(0)),
      });
      builder.function({
        name: "grow_table",
        parameters: ["i32"],
        results: ["i32"],
        body: [0xd0, 0x70, op.get(0), 0xfc, 0x0f, 0x00],
      });
      builder.section(0, [4, ...new TextEncoder().encode("name"), 0]);
      builder.section(0, [5, ...new TextEncoder().encode("debug"), 1, 2, 3]);
    });
    const limits = { ...FILTER_LIMITS, memoryPages: 3, tableElements: 5 };
    const checked = checkModule(bytes, FILTER_PROFILE, limits);
    expect(checked.memoryPages).toEqual({ least: 1, most: 3 });
    expect(Buffer.from(checked.bytes).includes("debug")).toBe(false);
    const exports = instantiateModule<{
      readonly memory: { readonly buffer: ArrayBuffer };
      grow(pages: number): number;
      grow_table(elements: number): number;
    }>(compileModule(checked), {});
    expect(exports.grow(3)).toBe(-1);
    expect(exports.grow(2)).toBe(1);
    expect(exports.grow(1)).toBe(-1);
    expect(exports.memory.buffer.byteLength).toBe(3 * PAGE_BYTES);
    expect(exports.grow_table(5)).toBe(-1);
    expect(exports.grow_table(4)).toBe(1);
  });

  it("checks modules of other profiles", () => {
    const profile: ModuleProfile = {
      name: "adder",
      imports: { "./rand.js.next": "() -> (i32)" },
      exports: { memory: "memory", add: "(i32) -> (i32)", PLACE: "global i32" },
      optionalExports: {},
    };
    const builder = new ModuleBuilder();
    const next = builder.importFunction("./rand.js", "next", [], ["i32"]);
    builder.memories = [{ least: 1 }];
    builder.export("memory", 2, 0).export("PLACE", 3, builder.global("i32", 640));
    builder.function({
      name: "add",
      parameters: ["i32"],
      results: ["i32"],
      body: op.add(op.get(0), op.call(next)),
    });
    const checked = checkModule(builder.build(), profile);
    const exports = instantiateModule<{ add(value: number): number }>(compileModule(checked), {
      "./rand.js": { next: () => 40 },
    });
    expect(exports.add(2)).toBe(42);
    expect(codeOf(builder.build())).toMatch(/^wasm\.forbidden-import/);
  });
});

describe("checkModule on arbitrary octets", () => {
  /** A module that passes must be compiled and instantiated, or fail with a typed error. */
  function survives(bytes: Uint8Array): void {
    let checked: ReturnType<typeof checkModule>;
    try {
      checked = checkModule(bytes, FILTER_PROFILE);
    } catch (error) {
      if (!isImsError(error) || !error.code.startsWith("wasm.")) throw error;
      return;
    }
    expect(checked.memoryPages.most).toBeLessThanOrEqual(FILTER_LIMITS.memoryPages);
    compileModule(checked);
  }

  it("gives an error with a name, or a module that compiles", async () => {
    await assertSeeded(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
        survives(rest);
        survives(Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...rest]));
      }),
      500,
    );
  });

  const sources = [labModule(), strikeModule(), leastFilter()];

  it(
    "also for modules with octets changed, removed and put in",
    async () => {
      const change = fc.record({
        at: fc.nat(),
        kind: fc.constantFrom("set", "remove", "insert", "flip"),
        octets: fc.uint8Array({ minLength: 1, maxLength: 4 }),
      });
      let passed = 0;
      await assertSeeded(
        fc.property(
          fc.constantFrom(...sources),
          fc.array(change, { minLength: 1, maxLength: 4 }),
          (source, changes) => {
            let octets = [...source];
            for (const { at, kind, octets: given } of changes) {
              const index = at % octets.length;
              if (kind === "set") octets[index] = given[0]!;
              if (kind === "flip") octets[index]! ^= 1 << (given[0]! % 8);
              if (kind === "remove")
                octets = [...octets.slice(0, index), ...octets.slice(index + given.length)];
              if (kind === "insert") octets = [...octets.slice(0, index), ...given, ...octets.slice(index)];
            }
            const bytes = Uint8Array.from(octets);
            survives(bytes);
            if (codeOf(bytes) === "ok") passed++;
          },
        ),
        1000,
      );
      expect(passed).toBeGreaterThan(0);
    },
    seededMillis(1000),
  );
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { xxh3 as oracle3, xxh32 as oracle32 } from "@node-rs/xxhash";
import fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import { kernelModuleText } from "../../assembly/build-kernel.mjs";
import { encodeBatchUnchecked } from "../batch/encode-batch.js";
import { HeapHasher, xxh3 } from "./heap-hasher.js";
import { xxh32 } from "./xxh32.js";

const patterned = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7 + 13) & 255);

describe("xxh3", () => {
  it("has the value of an independent implementation at every length up to 300 and around the block borders", () => {
    const lengths = [
      ...Array(301).keys(),
      511,
      512,
      513,
      1023,
      1024,
      1025,
      1087,
      1088,
      1089,
      2047,
      2048,
      2049,
      70_000,
    ];
    for (const length of lengths) {
      const bytes = patterned(length);
      expect(xxh3(bytes), `length ${length}`).toBe(oracle3.xxh64(bytes));
    }
  });

  it("agrees with it for random bytes and ranges", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.nat(100), (bytes, cut) => {
        const start = Math.min(cut, bytes.length);
        expect(xxh3(bytes, start)).toBe(oracle3.xxh64(bytes.subarray(start)));
      }),
      { numRuns: 300 },
    );
  });

  it("hashes lists of ranges of every length class as the independent implementation does", () => {
    const hasher = new HeapHasher();
    const input = patterned(3000);
    const range = fc.tuple(fc.nat(1500), fc.oneof(fc.nat(16), fc.nat(256), fc.nat(1500)));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 50 }), (ranges) => {
        hasher.load(input, 0, input.length, ranges.length * 16);
        const listAt = hasher.inputAt + input.length;
        const resultsAt = listAt + ranges.length * 8;
        ranges.forEach(([at, length], i) => {
          hasher.view.setUint32(listAt + i * 8, hasher.inputAt + at, true);
          hasher.view.setUint32(listAt + i * 8 + 4, length, true);
        });
        hasher.kernel.hashList(listAt, ranges.length, resultsAt);
        ranges.forEach(([at, length], i) => {
          const expected = oracle3.xxh64(input.subarray(at, at + length));
          expect(hasher.view.getBigUint64(resultsAt + i * 8, true)).toBe(expected);
        });
      }),
      { numRuns: 200 },
    );
  });

  it("hashes a list of ranges in one call", () => {
    const hasher = new HeapHasher();
    const ranges = [
      [0, 0],
      [3, 5],
      [8, 300],
      [1, 2000],
    ] as const;
    hasher.load(patterned(2100), 0, 2100, 200);
    const listAt = hasher.inputAt + 2104;
    ranges.forEach(([at, length], i) => {
      hasher.view.setUint32(listAt + i * 8, hasher.inputAt + at, true);
      hasher.view.setUint32(listAt + i * 8 + 4, length, true);
    });
    hasher.kernel.hashList(listAt, ranges.length, listAt + 64);
    ranges.forEach(([at, length], i) => {
      const expected = oracle3.xxh64(patterned(2100).subarray(at, at + length));
      expect(hasher.view.getBigUint64(listAt + 64 + i * 8, true)).toBe(expected);
    });
  });
});

describe("the checksums of a batch", () => {
  it("are those of an independent implementation, for frames of every length class", () => {
    const lengths = [...Array(260).keys(), 511, 512, 513, 975, 976, 977, 1023, 1024, 1025, 70_000];
    const batch = encodeBatchUnchecked(
      lengths.map((length, index) => ({
        id: BigInt(index),
        payload: patterned(length),
        originMicros: index,
      })),
    );
    const view = new DataView(batch.buffer);
    const sums: Uint8Array[] = [batch.subarray(0, 40), batch.subarray(48, 52)];
    let at = 256;
    for (const length of lengths) {
      const end = at + 48 + length;
      expect(view.getBigUint64(at, true), `payload of ${length}`).toBe(
        oracle3.xxh64(batch.subarray(at + 8, end)),
      );
      sums.push(batch.subarray(at, at + 8));
      at = end;
    }
    expect(at).toBe(batch.length);
    expect(view.getBigUint64(40, true)).toBe(oracle3.xxh64(Buffer.concat(sums)));
  });
});

describe("xxh32", () => {
  it("has the value of an independent implementation", () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = patterned(length);
      expect(xxh32(bytes), `length ${length}`).toBe(oracle32(bytes));
    }
  });
});

describe("kernel.gen.ts", () => {
  it("is what the AssemblyScript source compiles to", async () => {
    const committed = readFileSync(new URL("kernel.gen.ts", import.meta.url), "utf8");
    expect(await kernelModuleText()).toBe(committed);
  });
});

describe.skipIf(!inject("sharedDir"))("recorded hash vectors", () => {
  const load = (name: string) =>
    JSON.parse(readFileSync(join(inject("sharedDir"), "iggy/vectors", name), "utf8")).vectors as {
      text?: string;
      length?: number;
      xxh3_64?: string;
      xxh32?: number;
    }[];
  const input = (vector: { text?: string; length?: number }) =>
    vector.text === undefined ? patterned(vector.length!) : new TextEncoder().encode(vector.text);

  it("XXH3-64", () => {
    const vectors = load("hashes-xxh3-64.json");
    expect(vectors.length).toBeGreaterThan(20);
    for (const vector of vectors) expect(xxh3(input(vector)).toString()).toBe(vector.xxh3_64);
  });

  it("XXH32", () => {
    const vectors = load("hashes-xxh32.json");
    expect(vectors.length).toBeGreaterThan(5);
    for (const vector of vectors) expect(xxh32(input(vector))).toBe(vector.xxh32);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Decimal } from "@ims/common";
import { decodeRecord } from "@ims/sbe";
import fc from "fast-check";
import { compile, type JsonValue, SchemaCodec } from "sbe-schema-ts";
import { beforeAll, describe, expect, it } from "vitest";
import { type FieldLayout, type RecordLayout, recordLayouts } from "../generator/record-layout.js";
import { buildFilter } from "./build-filter.js";
import { accessorSource } from "./spec-support/accessor-source.js";
import { FilterRun } from "./spec-support/filter-run.js";

const schema = compile(join(import.meta.dirname, "../../sbe/schema/ims-v2.xml")).tokens;
const codec = new SchemaCodec(schema);
const layouts = recordLayouts(schema);

let module: Uint8Array;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "ims-accessors-"));
  try {
    const entry = join(folder, "index.ts");
    writeFileSync(entry, accessorSource(layouts));
    module = await buildFilter(entry, { debug: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

const texts = fc.string({ unit: fc.constantFrom("A", "9", "-", "é", "→"), maxLength: 5 });

/** Values of a field in the notation of the codec; scales are such that decoders take them. */
function anyValue({ name, type, length, isText, nullValue, code }: FieldLayout): fc.Arbitrary<JsonValue> {
  const given = (): fc.Arbitrary<JsonValue> => {
    if (isText) return texts;
    if (type === undefined) return fc.array(fc.nat(255), { minLength: length!, maxLength: length! });
    // Numbers that every enumeration has: decoders refuse others.
    if (code)
      return fc
        .integer({ min: 1, max: 2 })
        .map((raw): JsonValue => (code.isSet ? { choices: [], raw } : { raw }));
    if (name.endsWith("Scale")) return fc.integer({ min: 0, max: 18 });
    if (type === "f64") return fc.double({ noNaN: true, noDefaultInfinity: true });
    if (type === "i64") return fc.bigInt({ min: -(1n << 53n) + 1n, max: (1n << 53n) - 1n }).map(String);
    if (type === "u64") return fc.bigInt({ min: 0n, max: (1n << 53n) - 1n }).map(String);
    return fc.integer({ min: 0, max: type === "u8" ? 200 : 4_000_000_000 });
  };
  return nullValue === undefined ? given() : fc.option(given(), { nil: null });
}

function recordsOf(record: RecordLayout): fc.Arbitrary<Uint8Array> {
  const shape: Record<string, fc.Arbitrary<JsonValue>> = {};
  for (const field of record.fields) shape[field.name] = anyValue(field);
  for (const { name, fields } of record.groups) {
    const entry = fc.record(Object.fromEntries(fields.map((field) => [field.name, anyValue(field)])));
    shape[name] = fc.array(entry, { maxLength: 4 });
  }
  if (record.data)
    shape[record.data.name] = fc.uint8Array({ maxLength: 40 }).map((octets) => ({ hex: hexOf(octets) }));
  return fc.record(shape).map((values) => codec.encode(record.name, values));
}

describe("accessors of every record", () => {
  it.each(layouts.map((layout) => [layout.name, layout] as const))(
    "%s: read and write each field where the schema has it",
    (_name, layout) => {
      const run = new FilterRun(module, { mode: "copy" });
      fc.assert(
        fc.property(fc.array(recordsOf(layout), { minLength: 1, maxLength: 5 }), (records) => {
          const { outputs, verdicts } = run.batch(records);
          expect(new Set(verdicts)).toEqual(new Set(["rewritten"]));
          expect(outputs).toEqual(records.map((record) => hexOf(record)));
        }),
        { numRuns: 60 },
      );
    },
  );

  it.each(
    layouts.filter(({ fields }) => fields.some(({ scale }) => scale)).map((it) => [it.name, it] as const),
  )("%s: compare decimals at the scales that records are decoded with", (_name, layout) => {
    const run = new FilterRun(module, { mode: "compare" });
    const limits = fc.tuple(
      fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
      fc.integer({ min: 0, max: 18 }),
    );
    fc.assert(
      fc.property(recordsOf(layout), limits, (record, [mantissa, scale]) => {
        const limit = Decimal.of(mantissa, scale);
        run.instance.setParameters({ mode: "compare", limit: limit.toString() });
        run.log.length = 0;
        run.batch([record]);
        const signs = Object.fromEntries(
          run.log[0]!.replace("info ", "")
            .split(" ")
            .map((part) => part.split(":")),
        );
        const decoded = decodeRecord(new DataView(record.buffer, record.byteOffset), 0, record.length);
        for (const { name, nullValue } of layout.fields.filter((field) => field.scale)) {
          const value = decimalOf(decoded, name);
          if (value === undefined && nullValue === undefined) continue;
          expect([name, signs[name]]).toEqual([
            name,
            String(value === undefined ? -1 : value.compare(limit)),
          ]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(layouts.map((layout) => [layout.name, layout] as const))(
    "%s: is null where it is not whole",
    (_name, layout) => {
      const [record] = fc.sample(recordsOf(layout), { numRuns: 1, seed: 4 });
      const run = new FilterRun(module, { mode: "copy" });
      for (let length = 8; length < record!.length; length++) {
        expect(run.batch([record!.subarray(0, length)]).verdicts).toEqual(["drop"]);
      }
    },
  );
});

describe("accessors of records with groups", () => {
  it("are null where counts and lengths lead out of the record, or around the end of the memory", () => {
    const run = new FilterRun(module, { mode: "copy" });
    const book = layouts.find(({ name }) => name === "BookSnapshot")!;
    const dimension = 8 + book.blockBytes;
    // Records in front, so that the one that matters lies where sums of 32 bits come around.
    const [sample] = fc.sample(recordsOf(book), { numRuns: 1, seed: 1 });
    const before = Array<Uint8Array>(1500).fill(sample!);
    const numbers = fc.oneof(
      { weight: 1, arbitrary: fc.nat(0xffff) },
      { weight: 4, arbitrary: fc.constantFrom(0, 15, 16, 0xffff) },
    );
    fc.assert(
      fc.property(recordsOf(book), fc.boolean(), numbers, numbers, (record, isLast, entryBytes, count) => {
        const view = new DataView(record.buffer, record.byteOffset);
        if (isLast) view.setUint16(dimension + 2, 0, true);
        const at = isLast ? dimension + 8 : dimension;
        if (at + 8 > record.length) return;
        view.setUint16(at, entryBytes, true);
        view.setUint16(at + 2, count, true);
        let end = dimension;
        for (let group = 0; group < 2; group++) {
          const [bytes, entries] =
            end + 8 > record.length ? [0, 1] : [view.getUint16(end, true), view.getUint16(end + 2, true)];
          end += entries > 0 && bytes < 16 ? Number.POSITIVE_INFINITY : 8 + bytes * entries;
        }
        // A record that is longer than its parts fails the filter's own check of lengths.
        let verdict = "longer";
        try {
          verdict = run.batch([...before, record]).verdicts.at(-1)!;
        } catch (error) {
          expect(error).toMatchObject({ code: "wasm.trapped" });
        }
        expect(verdict === "drop").toBe(end > record.length);
      }),
      { numRuns: 400 },
    );
  });
});

/** The decimal of a decoded record by the field's name; those of levels are `bid.price` and the like. */
function decimalOf(record: object | undefined, name: string): Decimal | undefined {
  const fields = record as Record<string, unknown>;
  const level = /^(bid|ask)(Price|Quantity)$/.exec(name);
  const value = level
    ? (fields[level[1]!] as Record<string, unknown> | undefined)?.[level[2]!.toLowerCase()]
    : fields[name];
  return value instanceof Decimal ? value : undefined;
}

function hexOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString("hex");
}

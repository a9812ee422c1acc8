import { fileURLToPath } from "node:url";
import { compile, SchemaCodec } from "sbe-schema-ts";
import { describe, expect, it } from "vitest";
import { fail } from "../runtime/sbe-errors.js";
import { describeReport, runFuzzCommand } from "./fuzz-command.js";
import { type FuzzReport, runFuzz } from "./fuzz-run.js";
import { INPUT_KINDS } from "./hostile-input.js";
import { RandomSource } from "./random-source.js";
import { sampleFrame } from "./sample-frames.js";
import { allSubjects, type DecoderUnderTest, type Subject } from "./subjects.js";
import type { TokenDecoder, TokenDecoders } from "./token-outcome.js";

const SUBJECTS = allSubjects();
const feedStatus = SUBJECTS.find(({ name }) => name === "v2.FeedStatus")!;

/** The message with a decoder that errs in one way. */
function planted(read: (view: DataView, offset: number, length: number) => unknown): Subject {
  let value: unknown;
  const decoder: DecoderUnderTest = {
    limit: 0,
    wrapAndApplyHeader: (view, offset, length) => {
      value = read(view, offset, length);
    },
    skip: () => 0,
    toJSON: () => value,
  };
  return { ...feedStatus, decoder, getters: [] };
}

function problems(subject: Subject): string {
  const { violations, violationCount } = runFuzz({ inputs: 400, seed: 3, subjects: [subject] });
  expect(violationCount).toBeGreaterThan(0);
  expect(violations.length).toBeLessThanOrEqual(10);
  return violations.map(({ problem }) => problem).join("\n");
}

/** Decoders of both versions that work from the schema files. */
const tokenDecoders: TokenDecoders = Object.fromEntries(
  ["v1", "v2"].map((version) => {
    const schema = fileURLToPath(new URL(`../../schema/ims-${version}.xml`, import.meta.url));
    return [version, new SchemaCodec(compile(schema).tokens)];
  }),
);

describe("fuzz run over all messages of both versions", () => {
  it("meets every message and kind of input, values and refusals, and no violation", () => {
    const report = runFuzz({ inputs: 20_000, seed: 20_251_121, tokenDecoders });
    expect(report.violations).toEqual([]);
    expect(report.violationCount).toBe(0);
    expect(Object.keys(report.inputsBySubject)).toHaveLength(SUBJECTS.length);
    expect(new Set(Object.keys(report.inputsByKind))).toEqual(new Set(INPUT_KINDS));
    expect(report.values).toBeGreaterThan(1000);
    expect(report.tokens.inputs).toBe(20_000);
    expect(report.tokens.values).toBeGreaterThan(1000);
    expect(Object.keys(report.tokens.refusals)).toEqual(
      expect.arrayContaining(["sbe.truncated", "sbe.unknown-template", "sbe.wrong-schema"]),
    );
    // sbe.out-of-range, for more entries than a group may have, is too rare for a short run.
    expect(Object.keys(report.refusals)).toEqual(
      expect.arrayContaining([
        "sbe.invalid-value",
        "sbe.truncated",
        "sbe.unsafe-integer",
        "sbe.wrong-schema",
        "sbe.wrong-template",
      ]),
    );
  });

  it("is repeated by its seed", () => {
    const run = (seed: number): FuzzReport => runFuzz({ inputs: 500, seed });
    expect(run(5)).toEqual(run(5));
    expect(run(6).refusals).not.toEqual(run(5).refusals);
  });

  it("makes frames with groups and data where messages have them", () => {
    const shapes = new Map(
      SUBJECTS.map(({ name, groups, data }) => [name, [groups.map((group) => group.name), data]]),
    );
    expect(shapes.get("v2.MergedBook")).toEqual([["bids", "asks", "venues"], []]);
    expect(shapes.get("v2.BookDelta")).toEqual([["bids", "asks"], []]);
    expect(shapes.get("v2.RequestRefused")).toEqual([[], ["text"]]);
    expect(shapes.get("v2.BatchSignature")).toEqual([[], ["signature"]]);
    expect(shapes.get("v1.TradeBar")).toEqual([[], []]);
    const book = SUBJECTS.find(({ name }) => name === "v2.BookDelta")!;
    expect(sampleFrame(book, new RandomSource(2)).lengthPositions.length).toBe(4 + 2 * 4);
  });
});

describe("what a run finds", () => {
  it("a read behind the window", () => {
    const subject = planted((view, offset, length) =>
      view.getUint8(Math.min(offset + length, view.byteLength - 1)),
    );
    expect(problems(subject)).toContain("octets around it matter");
  });

  it("a read in front of it", () => {
    expect(problems(planted((view, offset) => (offset > 0 ? view.getUint8(offset - 1) : 0)))).toContain(
      "octets around it matter",
    );
  });

  it("an error that is no typed one", () => {
    expect(problems(planted((view, _, length) => (length < 9 ? view.getUint8(-1) : 0)))).toContain(
      "RangeError",
    );
  });

  it("an error that comes only where the view ends", () => {
    expect(problems(planted((view, offset, length) => void view.getUint8(offset + length)))).toContain(
      "with other octets around it",
    );
  });

  it("output out of proportion", () => {
    expect(problems(planted((_, __, length) => "x".repeat(20_000 + 100 * length)))).toContain("characters");
  });
});

describe("what a run finds in a decoder of tokens", () => {
  const { v2 } = tokenDecoders;
  const found = (decode: TokenDecoder["decode"]): string => {
    const report = runFuzz({
      inputs: 400,
      seed: 3,
      subjects: [feedStatus],
      tokenDecoders: { v2: { decode } },
    });
    expect(report.violationCount).toBeGreaterThan(0);
    return report.violations.map(({ problem }) => problem).join("\n");
  };

  it("a value where generated code refuses", () => {
    const decode: TokenDecoder["decode"] = () => ({ message: "FeedStatus", values: {}, length: 8 });
    expect(found(decode)).toContain("tokens and generated code differ: FeedStatus {} 8 | sbe.");
  });

  it("a refusal where generated code reads", () => {
    expect(
      found(() => {
        throw Object.assign(new Error("no"), { code: "sbe.truncated" });
      }),
    ).toContain("tokens and generated code differ: sbe.truncated: no | FeedStatus");
  });

  it("another value, another length", () => {
    expect(
      found((bytes, offset) => ({ ...v2!.decode(bytes, offset), values: { messageType: null } })),
    ).toContain('differ: FeedStatus {"messageType":null}');
    expect(found((bytes, offset) => ({ ...v2!.decode(bytes, offset), length: 0 }))).toContain("differ");
  });

  it("a message that is refused when it is read at once", () => {
    const bulkDecode = () => {
      throw fail("sbe.truncated", "no", {});
    };
    const report = runFuzz({
      inputs: 400,
      seed: 3,
      subjects: [{ ...feedStatus, bulkDecode }],
      tokenDecoders,
    });
    expect(report.violations.map(({ problem }) => problem).join("\n")).toContain(
      "reading at once and by getters differ: sbe.truncated",
    );
  });

  it("an error that is no typed one", () => {
    expect(found((bytes) => bytes.at(-1)!.toFixed(-1) as never)).toContain("tokens throws RangeError");
  });

  it("a read in front of the frame", () => {
    expect(
      found((bytes, offset) => {
        throw Object.assign(new Error(`${bytes[offset - 1]}`), { code: "sbe.truncated" });
      }),
    ).toContain("octets around it matter");
  });
});

describe("the command", () => {
  it("prints the counts and succeeds", () => {
    let printed = "";
    const code = runFuzzCommand(["--inputs", "300", "--seed", "9"], (text) => {
      printed += text;
    });
    expect(code).toBe(0);
    expect(printed).toMatch(/^300 inputs over 6\d messages, seed 9, /);
    expect(printed).toMatch(/\n0 violations\n$/);
  });

  it("shows inputs that were taken wrongly", () => {
    const report = runFuzz({ inputs: 50, seed: 1, subjects: [planted((view) => view.getUint8(-1))] });
    expect(describeReport(report, 1000)).toMatch(/input 0, v2\.FeedStatus, [a-z ]+: it throws RangeError/);
  });

  it.each([[["--inputs", "0"]], [["--inputs", "many"]], [["--seed", "x"]], [["--unknown"]]])(
    "refuses %s",
    (args) => {
      let printed = "";
      expect(
        runFuzzCommand(args, (text) => {
          printed += text;
        }),
      ).toBe(2);
      expect(printed).toContain("Usage");
    },
  );
});

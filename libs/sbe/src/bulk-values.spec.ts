import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { v1, v2 } from "./index.js";

type Values = Record<string, number | Uint8Array | DataView>;

interface Flyweight {
  wrapAndApplyHeader(view: DataView, offset: number, length?: number): unknown;
  toJSON?(): unknown;
}

interface Coder {
  readonly ENCODED_LENGTH: number;
  readonly BLOCK_LENGTH: number;
  readonly TEMPLATE_ID?: number;
  encode(view: DataView, offset: number, values: Values): void;
  decode(view: DataView, offset: number, length: number, values: Values): void;
  encodedLengthOf?(values: Values): number;
  new (): Flyweight;
}

/** Messages of one block: those with groups and data have lengths of their own. */
const cases = Object.entries({ v1, v2 }).flatMap(([version, schema]) => {
  const classes = schema as unknown as Record<string, Coder & (new () => Values)>;
  return Object.keys(classes)
    .filter((name) => name.endsWith("Values") && classes[name.replace(/Values$/, "Encoder")] !== undefined)
    .filter((name) => classes[name.replace(/Values$/, "Encoder")]!.encodedLengthOf === undefined)
    .filter((name) => classes[name.replace(/Values$/, "Encoder")]!.TEMPLATE_ID !== undefined)
    .map((name) => {
      const message = name.slice(0, -"Values".length);
      return {
        name: `${version} ${message}`,
        Values: classes[name] as new () => Values,
        Encoder: classes[`${message}Encoder`] as Coder,
        Decoder: classes[`${message}Decoder`] as Coder,
      };
    });
});

describe("values of whole messages", () => {
  it("exist for the messages of one block", () => {
    const names = cases.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["v1 TradeBar", "v2 Trade", "v2 Bar", "v2 TopOfBook"]));
    expect(names).not.toContain("v2 BookDelta");
  });

  it.each(cases)("$name: read as getters read, written as they were", ({ Values, Encoder, Decoder }) => {
    const frame = Encoder.ENCODED_LENGTH;
    const values = new Values();
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: Encoder.BLOCK_LENGTH, maxLength: Encoder.BLOCK_LENGTH }),
        (block) => {
          const bytes = new Uint8Array(frame + 3);
          const view = new DataView(bytes.buffer);
          new Encoder().wrapAndApplyHeader(view, 3);
          bytes.set(block, 11);
          Decoder.decode(view, 3, frame, values);
          const decoder = new Decoder();
          decoder.wrapAndApplyHeader(view, 3, frame);
          expectAsGetters(values, decoder);

          const copy = new Uint8Array(frame + 3).fill(0xa5);
          const copyView = new DataView(copy.buffer);
          Encoder.encode(copyView, 3, values);
          const copied = new Decoder();
          copied.wrapAndApplyHeader(copyView, 3, frame);
          expect(copied.toJSON!()).toEqual(decoder.toJSON!());
          // What is no field is zero, everything else as it was.
          for (let at = 3; at < copy.length; at++) expect([0, bytes[at]]).toContain(copy[at]);
        },
      ),
      { numRuns: 25 },
    );
  });
});

/** Compares with every getter of the same name; parts of composites have none. */
function expectAsGetters(values: Values, decoder: Flyweight): void {
  const getters = decoder as unknown as Record<string, (() => unknown) | undefined>;
  const bytes = (decoder as unknown as { readonly bytes: Uint8Array }).bytes;
  for (const [name, value] of Object.entries(values)) {
    if (value instanceof Uint8Array) {
      const start = getters[`${name}Start`]!.call(decoder) as number;
      expect(value).toEqual(bytes.subarray(start, start + value.length));
    } else if (typeof value === "number" && getters[name] !== undefined) {
      const found = getters[name].call(decoder);
      if (found !== null) expect([name, value]).toEqual([name, found]);
    }
  }
}

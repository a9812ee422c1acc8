import { describe, expect, it } from "vitest";
import { v1, v2 } from "./index.js";
import {
  type AnyFlyweight,
  call,
  type FlyweightClass,
  fieldsWith,
  flyweightClass,
  messageNames,
  messagesBeyond,
  smallFields,
} from "./spec-support/flyweights.js";
import { PREFIX, PUBLISHED_LAYOUT } from "./spec-support/published-layout.js";

/** What group classes have besides. */
interface EntryClass {
  readonly BLOCK_LENGTH: number;
  readonly DIMENSION_LENGTH?: number;
}

/** Templates with the common prefix. */
const MARKET_DATA_IDS: ReadonlySet<number> = new Set([
  210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 220, 221, 230, 231,
]);

/** A double none of whose octets is zero; cut to an integer it is 0. */
const DOUBLE_OF_ONES = 7.748604185489348e-304;

/** First octet of the block that the setter changes from zero; −1 for none. */
function firstChanged(target: AnyFlyweight, setter: string, ...args: readonly unknown[]): number {
  call(target, setter, ...args);
  const at = target.bytes.findIndex((octet, index) => index >= target.offset && octet !== 0);
  target.bytes.fill(0, target.offset);
  return at < 0 ? -1 : at - target.offset;
}

/** `field@offset` of all fields of a message or entry, measured by writing ones into zeros. */
function measuredFields(
  target: AnyFlyweight,
  Encoder: FlyweightClass,
  Decoder: FlyweightClass,
): readonly string[] {
  const wide = fieldsWith(Encoder, "Words");
  const places = new Map<string, number>();
  for (const name of wide) places.set(name, firstChanged(target, `${name}Words`, -1, -1));
  for (const name of fieldsWith(Encoder, "Bytes")) {
    const octets = new Uint8Array(32).fill(1);
    const at = firstChanged(target, `${name}Bytes`, octets, 0, 1);
    // Data of variable length begins behind the block.
    if (at < Encoder.BLOCK_LENGTH) places.set(name, at);
  }
  for (const name of smallFields(Encoder, Decoder)) {
    const asDouble = firstChanged(target, name, DOUBLE_OF_ONES);
    places.set(name, asDouble >= 0 ? asDouble : firstChanged(target, name, 0xffffffff));
  }
  return [...places].sort(([, a], [, b]) => a - b).map(([name, at]) => `${name}@${at}`);
}

function groupsOf(Encoder: FlyweightClass, Decoder: FlyweightClass): readonly string[] {
  return fieldsWith(Encoder, "Count").filter((name) => name in Decoder.prototype);
}

/** The layout of a message of version 2 as the published table has it. */
function measuredLayout(message: string): string {
  const Encoder = flyweightClass(v2, `${message}Encoder`);
  const Decoder = flyweightClass(v2, `${message}Decoder`);
  const view = new DataView(new ArrayBuffer(512));
  const encoder = new Encoder().wrapAndApplyHeader(view, 0);
  const lines = [
    `${Encoder.TEMPLATE_ID} ${Encoder.BLOCK_LENGTH} ${measuredFields(encoder, Encoder, Decoder).join(" ")}`,
  ];
  for (const group of groupsOf(Encoder, Decoder)) {
    const [Entry, EntryDecoder] = ["Encoder", "Decoder"].map((role) =>
      flyweightClass(v2, `${message}${group[0]!.toUpperCase()}${group.slice(1)}${role}`),
    ) as [FlyweightClass, FlyweightClass];
    const entries = call(new Encoder().wrapAndApplyHeader(view, 0), `${group}Count`, 1) as AnyFlyweight;
    call(entries, "next");
    lines.push(`${group} ${Entry.BLOCK_LENGTH} ${measuredFields(entries, Entry, EntryDecoder).join(" ")}`);
  }
  return lines.join(" | ");
}

const ADDED = messagesBeyond(v2, v1);

describe("layout of version 2", () => {
  it("has the messages and places that were published", () => {
    expect(Object.fromEntries(ADDED.map((name) => [name, measuredLayout(name)]))).toEqual(PUBLISHED_LAYOUT);
  });

  it.each(ADDED)("%s: blocks, dimensions and every 8-octet field are aligned to the header", (name) => {
    const Encoder = flyweightClass(v2, `${name}Encoder`);
    expect(Encoder.BLOCK_LENGTH % 8).toBe(0);
    expect(Encoder.ENCODED_LENGTH).toBe(8 + Encoder.BLOCK_LENGTH);
    const wide = new Set(fieldsWith(Encoder, "Words"));
    expect(wide.size).toBeGreaterThan(0);
    for (const [, field, offset] of measuredLayout(name).matchAll(/(\w+)@(\d+)/g)) {
      if (wide.has(field!)) expect([field, Number(offset) % 8]).toEqual([field, 0]);
    }
    for (const entry of Object.keys(v2).filter((key) => key.startsWith(name) && key.endsWith("Encoder"))) {
      const { BLOCK_LENGTH, DIMENSION_LENGTH = 8 } = (v2 as unknown as Record<string, EntryClass>)[entry]!;
      expect([entry, BLOCK_LENGTH % 8, DIMENSION_LENGTH]).toEqual([entry, 0, 8]);
    }
  });

  it.each(ADDED.filter((name) => MARKET_DATA_IDS.has(flyweightClass(v2, `${name}Encoder`).TEMPLATE_ID)))(
    "%s starts with the prefix of market data",
    (name) => {
      expect(measuredLayout(name).split(" ").slice(2, 12).join(" ")).toBe(PREFIX);
    },
  );

  it("has version 1's messages where version 1 has them", () => {
    for (const name of messageNames(v1)) {
      for (const role of ["Encoder", "Decoder"]) {
        const old = flyweightClass(v1, name + role);
        const current = flyweightClass(v2, name + role);
        expect([name, current.TEMPLATE_ID, current.BLOCK_LENGTH]).toEqual([
          name,
          old.TEMPLATE_ID,
          old.BLOCK_LENGTH,
        ]);
      }
    }
  });

  it("names its enums and bits as the domain does", () => {
    expect(v2.RecordFlags).toEqual({
      Snapshot: 1,
      LastInEvent: 2,
      BackFilled: 4,
      Suspect: 8,
      Late: 16,
      VenueTimeMissing: 32,
    });
    expect(v2.aggressorSideName(v2.AggressorSide.Seller)).toBe("Seller");
    expect(v2.aggressorSideName(v2.AGGRESSOR_SIDE_NULL)).toBeUndefined();
  });
});

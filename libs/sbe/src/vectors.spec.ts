import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ImsError } from "@ims/common";
import { describe, expect, inject, it } from "vitest";
import { v1 } from "./index.js";
import { type AnyFlyweight, call, flyweightClass, frameView, hexOf } from "./spec-support/flyweights.js";

interface Vector {
  readonly name: string;
  readonly message: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly decoded: unknown;
  readonly hex: string;
}

interface MalformedFrame {
  readonly name: string;
  readonly hex: string;
  readonly careful: "decode" | "refuse" | "absent or refuse";
  readonly decoded?: unknown;
  readonly decodedLength?: number;
}

interface Layout {
  readonly messages: readonly {
    readonly name: string;
    readonly templateId: number;
    readonly blockLength: number;
    readonly fields: readonly {
      readonly name: string;
      readonly encoding: { readonly kind: string; type?: string };
    }[];
  }[];
}

/** Lead octets in front of the frame: aligned, odd, and odd beyond a word. */
const LEADS = [0, 1, 7, 13];

const folder = join(inject("sharedDir"), "sbe/vectors/ims");
const read = <T>(file: string): T => JSON.parse(readFileSync(join(folder, file), "utf8")) as T;

function setterValue(target: object, name: string, value: unknown, enumName: string | undefined): unknown {
  if (typeof value === "object" && value !== null && "raw" in value) return value.raw;
  if (`${name}Words` in target) return BigInt(value as string);
  if (enumName !== undefined) {
    const constants = (v1 as Record<string, unknown>)[enumName] as Record<string, number>;
    return constants[value as string];
  }
  return value;
}

function write(
  target: object,
  values: Readonly<Record<string, unknown>>,
  enums: ReadonlyMap<string, string>,
): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === null) {
      call(target, `${name}Null`);
    } else if (typeof value === "object" && !("raw" in value)) {
      write(call(target, name) as object, value as Record<string, unknown>, new Map());
    } else {
      call(target, name, setterValue(target, name, value, enums.get(name)));
    }
  }
}

describe.skipIf(!inject("sharedDir"))("golden vectors of the reference schema", () => {
  const shared = inject("sharedDir") !== "";
  const vectors = shared ? read<Vector[]>("vectors.json") : [];
  const layout: Layout = shared ? read<Layout[]>("layout.json")[0]! : { messages: [] };

  function encode(
    message: string,
    values: Vector["values"],
    lead: number,
  ): { bytes: Uint8Array; end: number } {
    const fields = layout.messages.find(({ name }) => name === message)!.fields;
    const enums = new Map(
      fields
        .filter(({ encoding }) => encoding.kind === "enum")
        .map(({ name, encoding }) => [name, encoding.type!]),
    );
    const bytes = new Uint8Array(lead + 128).fill(0xa5);
    const encoder = new (flyweightClass(v1, `${message}Encoder`))();
    encoder.wrapAndApplyHeader(new DataView(bytes.buffer), lead);
    write(encoder, values, enums);
    return { bytes, end: encoder.limit };
  }

  it("has vectors for every message", () => {
    const covered = new Set(vectors.map(({ message }) => message));
    expect(covered.size).toBe(layout.messages.length);
    expect(vectors.length).toBeGreaterThan(30);
  });

  it.each(layout.messages.map((message) => [message.name, message] as const))(
    "%s has the block length of the layout",
    (name, message) => {
      const encoder = flyweightClass(v1, `${name}Encoder`);
      expect(encoder.TEMPLATE_ID).toBe(message.templateId);
      expect(encoder.BLOCK_LENGTH).toBe(message.blockLength);
    },
  );

  it.each(vectors.map((vector) => [vector.name, vector] as const))(
    "writes %s",
    (_, { message, values, hex }) => {
      for (const lead of LEADS) {
        const { bytes, end } = encode(message, values, lead);
        expect(hexOf(bytes.subarray(lead, end))).toBe(hex);
        expect(new Set([...bytes.subarray(0, lead), ...bytes.subarray(end)])).toEqual(new Set([0xa5]));
      }
    },
  );

  it.each(vectors.map((vector) => [vector.name, vector] as const))(
    "reads %s",
    (_, { message, hex, decoded }) => {
      for (const lead of LEADS) {
        const { view, length } = frameView(hex, lead);
        const decoder = new (flyweightClass(v1, `${message}Decoder`))();
        expect(decoder.wrapAndApplyHeader(view, lead, length).toJSON()).toEqual(decoded);
        expect(8 + decoder.encodedLength()).toBe(length);
      }
    },
  );

  it.each(
    (shared ? read<MalformedFrame[]>("malformed.json") : []).map((frame) => [frame.name, frame] as const),
  )("odd frame: %s", (_, { hex, careful, decoded, decodedLength }) => {
    const { view, length } = frameView(hex, 5);
    const readers = ["TradeBar", "ClientLogin"];
    // "decode" asks something of the decoder of that very message only; every other one has to refuse.
    const able = careful === "decode" ? readers.filter((name) => isOf(name, hex)) : [];
    expect(able.length).toBe(careful === "decode" ? 1 : 0);
    for (const name of readers) {
      const decoder = new (flyweightClass(v1, `${name}Decoder`))();
      const attempt = (): AnyFlyweight => decoder.wrapAndApplyHeader(view, 5, length);
      if (able.includes(name)) {
        expect(attempt().toJSON()).toEqual(decoded);
        expect(8 + decoder.encodedLength()).toBe(decodedLength);
      } else {
        expect(attempt).toThrow(ImsError);
      }
    }
  });

  it.each(
    (shared ? read<(Vector & { readonly outcome: string })[]>("encode-errors.json") : []).map(
      (write) => [write.name, write] as const,
    ),
  )("refuses to write: %s", (_, { message, values }) => {
    expect(() => encode(message, values, 3)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^sbe\.text-/) }),
    );
  });
});

function isOf(message: string, hex: string): boolean {
  const { view } = frameView(hex);
  return view.getUint16(2, true) === flyweightClass(v1, `${message}Decoder`).TEMPLATE_ID;
}

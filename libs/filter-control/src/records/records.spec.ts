import { isImsError } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePiece, hashModule, splitModule } from "../modules/module-piece.js";
import { decodeCommand, encodeCommand, type FilterCommand } from "./filter-command.js";
import { decodeEvent, encodeEvent, type FilterEvent } from "./filter-event.js";

const DEPLOY: FilterCommand = {
  kind: "deploy",
  id: "0123456789abcdef0123456789abcdef",
  sentMicros: 1_700_000_000_000_000,
  name: "strike-above",
  stream: "deribit-market-data",
  topic: "option-tickers",
  position: 20,
  module: "ab".repeat(32),
  signature: "cd".repeat(64),
  parameters: { strike: "85" },
  policy: "pass",
  limits: { memoryPages: 32, batchMillis: 100, probationBatches: 8, probationMillis: 1000 },
};
const EVENT: FilterEvent = {
  kind: "swapped",
  name: "strike-above",
  service: "filtered@host:1",
  atMicros: 1,
  command: DEPLOY.id,
  module: DEPLOY.module,
  before: "ef".repeat(32),
  place: { stream: "a", topic: "b", partitionId: 3, offset: 12 },
  reason: "with the state of the version before",
};
const octetsOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const objectOf = (octets: Uint8Array) =>
  JSON.parse(new TextDecoder().decode(octets)) as Record<string, unknown>;

/** Gives a value, or fails with an error of this library: nothing else may happen. */
function survives(decode: (octets: Uint8Array) => unknown, octets: Uint8Array): void {
  try {
    decode(octets);
  } catch (error) {
    if (!isImsError(error, "filter.bad-record")) throw error;
  }
}

describe("commands and events", () => {
  it("come back as they were written", () => {
    expect(decodeCommand(encodeCommand(DEPLOY))).toEqual(DEPLOY);
    for (const kind of ["rollback", "disable", "enable", "remove"] as const) {
      const command = { kind, id: DEPLOY.id, sentMicros: 1, name: "a" };
      expect(decodeCommand(encodeCommand(command))).toEqual(command);
    }
    expect(decodeEvent(encodeEvent(EVENT))).toEqual(EVENT);
  });

  it("may have fields of later programs, and no other format", () => {
    const command = objectOf(encodeCommand(DEPLOY));
    expect(decodeCommand(octetsOf({ ...command, colour: "red" }))).toEqual(DEPLOY);
    expect(() => decodeCommand(octetsOf({ ...command, format: 2 }))).toThrow(
      "its format is 2, this program reads 1",
    );
  });

  it.each([
    ["name", "Strike"],
    ["name", "a".repeat(65)],
    ["module", "AB".repeat(32)],
    ["policy", "ignore"],
    ["position", -1],
    ["position", 1.5],
    ["stream", ""],
    ["topic", "a\nb"],
    ["parameters", { __proto: "1" }],
    ["parameters", { a: 85 }],
    ["parameters", Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`p${index}`, "1"]))],
    ["limits", { memoryPages: 0 }],
    ["limits", undefined],
    ["id", "short"],
    ["kind", "delete"],
  ])("are refused with %s = %j, by name", (field, value) => {
    const command = { ...objectOf(encodeCommand(DEPLOY)), [field]: value };
    expect(() => decodeCommand(octetsOf(command))).toThrow(new RegExp(field));
  });

  it("are not sent when they could not be read", () => {
    expect(() => encodeCommand({ ...DEPLOY, name: "Strike" })).toThrow(
      expect.objectContaining({ code: "filter.bad-command" }),
    );
    const parameters = Object.fromEntries(
      Array.from({ length: 32 }, (_, index) => [`p${index}`, "x".repeat(4000)]),
    );
    expect(() => encodeCommand({ ...DEPLOY, parameters })).toThrow(/65536/);
  });

  it("keep a long reason to its beginning", () => {
    expect(decodeEvent(encodeEvent({ ...EVENT, reason: "x".repeat(9000) })).reason).toHaveLength(2000);
  });

  it("made of anything else give an error with a name", () => {
    for (const decode of [decodeCommand, decodeEvent, decodePiece]) {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => survives(decode, octets)));
      fc.assert(fc.property(fc.json(), (text) => survives(decode, new TextEncoder().encode(text))));
    }
    const whole = [encodeCommand(DEPLOY), encodeEvent(EVENT), splitModule(new Uint8Array(40)).messages[0]!];
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...whole), flips, fc.nat(), (octets, changes, cut) => {
        const changed = octets.slice(0, cut % 3 === 0 ? cut % octets.length : octets.length);
        for (const [at, value] of changes) if (changed.length > 0) changed[at % changed.length] = value;
        for (const decode of [decodeCommand, decodeEvent, decodePiece]) survives(decode, changed);
      }),
      { numRuns: 500 },
    );
  });
});

describe("pieces of a module", () => {
  it("add up to it, whatever its size", () => {
    for (const size of [1, 1024 * 1024, 1024 * 1024 + 1, 3_000_000]) {
      const octets = new Uint8Array(size).map((_, index) => index * 7);
      const { hash, messages } = splitModule(octets);
      const pieces = messages.map(decodePiece);
      expect(hash).toBe(hashModule(octets));
      expect(pieces.map(({ index }) => index)).toEqual(messages.map((_, index) => index));
      expect(Buffer.concat(pieces.map((piece) => piece.octets)).equals(octets)).toBe(true);
      expect(Math.max(...messages.map(({ length }) => length))).toBeLessThanOrEqual(1024 * 1024 + 52);
    }
  });

  it("are not made of nothing, nor of more than 8 MiB", () => {
    for (const size of [0, 8 * 1024 * 1024 + 1]) {
      expect(() => splitModule(new Uint8Array(size))).toThrow(
        expect.objectContaining({ code: "filter.bad-module" }),
      );
    }
  });
});

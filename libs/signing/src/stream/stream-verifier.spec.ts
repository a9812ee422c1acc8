import { encodeUserHeaders, headerField, userHeader } from "@ims/iggy-protocol";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { generateKey, SigningEngine } from "../index.js";
import { type Draft, signBatches, signMessages, stored } from "../spec-support/signed-partition.js";
import { readSignedHeaders } from "./signed-headers.js";
import { type StreamFault, StreamVerifier } from "./stream-verifier.js";

const engine = new SigningEngine({ backends: ["native"] });
afterAll(() => engine.close());
const key = generateKey("ecdsa");
const { publicKey, scheme } = key;

function check(drafts: readonly Draft[], { from = 0, keys = [{ scheme, publicKey }] } = {}) {
  const verifier = new StreamVerifier(engine, keys);
  let fault: StreamFault | undefined;
  for (const message of stored(drafts, from)) {
    fault = verifier.take(message);
    if (fault) break;
  }
  return { fault, verifier };
}

function flipped(draft: Draft, part: "payload" | "headers", at: number, bit: number): Draft {
  const bytes = Buffer.from(draft[part]);
  bytes[at % bytes.length]! ^= 1 << bit;
  return { ...draft, [part]: bytes };
}

const OFFSETS = [0, 1, 2, 3, 4, 9, 10, 11];

describe("messages with a signature each", () => {
  const drafts = signMessages(engine, key, OFFSETS);

  it("are as they were signed, also where records of the source were gone", () => {
    const { fault, verifier } = check(drafts);
    expect(fault).toBeUndefined();
    expect(verifier).toMatchObject({ messageCount: OFFSETS.length, waitingCount: 0 });
    expect(check(drafts.slice(3), { from: 3 }).fault).toBeUndefined();
  });

  it("show any bit that was changed, at its message", () => {
    fc.assert(
      fc.property(
        fc.nat(drafts.length - 1),
        fc.constantFrom("payload" as const, "headers" as const),
        fc.nat(400),
        fc.nat(7),
        (index, part, at, bit) => {
          const changed = drafts.with(index, flipped(drafts[index]!, part, at, bit));
          expect(check(changed).fault?.offset).toBe(index);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("show one that was taken out, doubled or moved", () => {
    for (let index = 0; index < drafts.length - 1; index++) {
      expect(check(drafts.toSpliced(index, 1)).fault).toMatchObject({ reason: "missing", offset: index });
      const doubled = drafts.toSpliced(index + 1, 0, drafts[index]!);
      expect(check(doubled).fault).toMatchObject({ reason: "order", offset: index + 1 });
      const swapped = drafts.with(index, drafts[index + 1]!).with(index + 1, drafts[index]!);
      expect(check(swapped).fault?.offset).toBe(index);
    }
  });

  it("are not believed of another key, nor of another scheme", () => {
    const other = generateKey("ecdsa");
    expect(check(drafts, { keys: [other] }).fault).toMatchObject({ reason: "key", offset: 0 });
    const mixed = drafts.with(4, signMessages(engine, other, OFFSETS)[4]!);
    expect(check(mixed, { keys: [{ scheme, publicKey }, other] }).fault).toBeUndefined();
    expect(check(drafts, { keys: [{ scheme: "schnorr", publicKey }] }).fault?.reason).toBe("key");
  });

  it("may not stand among others without one", () => {
    const bare = { payload: Buffer.from("bare"), headers: Buffer.alloc(0) };
    expect(check(drafts.toSpliced(5, 0, bare)).fault).toMatchObject({ reason: "unsigned", offset: 5 });
    expect(check([bare, ...drafts]).fault).toMatchObject({ reason: "unsigned", offset: 0 });
  });
});

describe("batches", () => {
  const size = 5;
  const drafts = signBatches(engine, key, 4, size);
  const isRecord = (index: number) => index % (size + 1) === size;

  it("are as they were signed", () => {
    const { fault, verifier } = check(drafts);
    expect(fault).toBeUndefined();
    expect(verifier).toMatchObject({ messageCount: 20, batchCount: 4, waitingCount: 0, skippedCount: 0 });
    expect(check(drafts.slice(0, -1)).verifier.waitingCount).toBe(size);
  });

  it("may be begun in the middle of one, which is told", () => {
    const { fault, verifier } = check(drafts.slice(2), { from: 2 });
    expect(fault).toBeUndefined();
    expect(verifier).toMatchObject({ messageCount: 15, batchCount: 4, skippedCount: 3 });
  });

  it("name the message of which any bit was changed", () => {
    fc.assert(
      fc.property(fc.nat(drafts.length - 1), fc.nat(60), fc.nat(7), (index, at, bit) => {
        const changed = drafts.with(index, flipped(drafts[index]!, "payload", at, bit));
        const { fault } = check(changed);
        expect(fault).toBeDefined();
        if (!isRecord(index)) expect(fault).toMatchObject({ reason: "message", offset: index });
      }),
      { numRuns: 200 },
    );
  });

  it("show what was taken out, put in or moved", () => {
    for (let index = 0; index < drafts.length - size - 1; index++) {
      const out = check(drafts.toSpliced(index, 1)).fault;
      expect(out, `without ${index}`).toBeDefined();
      if (!isRecord(index)) expect(out!.offset).toBeLessThanOrEqual(index + size);
      expect(check(drafts.toSpliced(index, 0, drafts[1]!)).fault, `one more at ${index}`).toBeDefined();
    }
    const withoutBatch = drafts.toSpliced(size + 1, size + 1);
    expect(check(withoutBatch).fault).toMatchObject({ reason: "missing", offset: size + 1 });
    const twice = drafts.toSpliced(size + 1, 0, ...drafts.slice(0, size + 1));
    expect(check(twice).fault).toMatchObject({ reason: "order", offset: size + 1 });
  });

  it("refuse a record that is none", () => {
    const broken = drafts.with(size, { ...drafts[size]!, payload: Buffer.from("none") });
    expect(check(broken).fault).toMatchObject({ reason: "batch", offset: size });
  });
});

describe("headers", () => {
  it("never make the reader fail, whatever stands in them", () => {
    const [draft] = signMessages(engine, key, [0]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (noise, cut) => {
        readSignedHeaders(noise);
        readSignedHeaders(Buffer.concat([draft!.headers.subarray(0, cut), noise]));
      }),
    );
  });

  it("of a signature that are incomplete are named as bad", () => {
    const alone = encodeUserHeaders([userHeader("ims-signature", new Uint8Array(64))]);
    expect(readSignedHeaders(alone)).toMatchObject({ kind: "bad" });
    const batch = encodeUserHeaders([
      userHeader("ims-batch", headerField.u8(1)),
      userHeader("ims-after", "text"),
    ]);
    expect(readSignedHeaders(batch)).toMatchObject({ kind: "bad" });
  });
});

import { SigningEngine, StreamVerifier } from "@ims/signing";
import type { ProcessorTask } from "@ims/traits";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { SigningProcessor } from "../signing-processor.js";
import { inlineSigner } from "../spec-support/inline-pool.js";
import { OutputList, type Published, RecordList, type SampleRecord } from "../spec-support/record-list.js";
import { decodeState, encodeState, type SigningPlan } from "./task-state.js";

const INPUT = { stream: "market", topic: "trades", partitionId: 1 };
const signer = inlineSigner("schnorr", ["native"]);
const verifying = new SigningEngine({ backends: ["native"] });
afterAll(() => verifying.close());

const PLANS: SigningPlan[] = [
  { mode: "message", batchMessages: 4, batchMillis: 5 },
  { mode: "batch", batchMessages: 4, batchMillis: 5 },
];

function newTask(plan: SigningPlan, state?: Uint8Array): ProcessorTask {
  return new SigningProcessor("signed", plan, () => signer).createTask(INPUT, state);
}

/** Offsets rise, with holes; times rise slowly. */
const anyRecords = fc
  .array(
    fc.record({
      hole: fc.constantFrom(0, 0, 0, 0, 2),
      pause: fc.constantFrom(0, 100, 900, 4_000),
      payload: fc.uint8Array({ minLength: 1, maxLength: 60 }),
      headers: fc.constantFrom(new Uint8Array(0), Uint8Array.of(2, 1, 0, 0, 0, 97, 2, 1, 0, 0, 0, 98)),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((steps) => {
    let offset = -1;
    let micros = 1_700_000_000_000_000;
    return steps.map(({ hole, pause, payload, headers }): SampleRecord => {
      offset += 1 + hole;
      micros += pause;
      return { offset, micros, payload, headers };
    });
  });

async function uninterrupted(plan: SigningPlan, records: readonly SampleRecord[]): Promise<Published[]> {
  const output = new OutputList();
  await newTask(plan).process(new RecordList(records), output);
  return output.published;
}

function verdictOf(published: readonly Published[]) {
  const verifier = new StreamVerifier(verifying, [signer.key]);
  for (const [offset, { payload, headers }] of published.entries()) {
    const fault = verifier.take({
      offset,
      bytes: Buffer.concat([payload, headers]),
      payloadStart: 0,
      payloadLength: payload.length,
      headersLength: headers.length,
    });
    if (fault) return fault;
  }
  return verifier.messageCount + verifier.waitingCount;
}

describe.each(PLANS)("a task with a signature for each $mode", (plan) => {
  it("publishes every record with its headers, and what verifies", async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, async (records) => {
        const published = await uninterrupted(plan, records);
        const copies = published.filter(({ headers }) => !headers.includes("ims-batch"));
        expect(copies.map(({ payload }) => payload)).toEqual(
          records.map(({ payload }) => Buffer.from(payload)),
        );
        for (const [index, { headers }] of copies.entries()) {
          const own = records[index]!.headers;
          expect(headers.subarray(0, own.length)).toEqual(Buffer.from(own));
        }
        expect(verdictOf(published)).toBe(records.length);
      }),
      { numRuns: 60 },
    );
  });

  it("publishes the same octets wherever polls end and restarts happen", async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, fc.array(fc.tuple(fc.nat(40), fc.boolean())), async (records, cuts) => {
        const output = new OutputList();
        const ends = [...cuts.map(([at]) => at), records.length].sort((a, b) => a - b);
        let task = newTask(plan);
        let done = 0;
        for (const [index, end] of ends.entries()) {
          await task.process(new RecordList(records.slice(done, end)), output);
          done = Math.max(done, Math.min(end, records.length));
          const state = (await task.snapshot())!;
          if (cuts[index]?.[1]) task = newTask(plan, state.slice());
        }
        expect(output.published).toEqual(await uninterrupted(plan, records));
      }),
      { numRuns: 60 },
    );
  });

  it("goes on with the state of its own plan only", () => {
    const other = PLANS.find(({ mode }) => mode !== plan.mode)!;
    const state = encodeState(other, { after: 9, batch: undefined });
    const refused = expect.objectContaining({ code: "signing-service.bad-state" });
    expect(() => newTask(plan, state)).toThrow(refused);
    expect(() => newTask(plan, Uint8Array.of(1))).toThrow(refused);
  });
});

describe("a task", () => {
  it("fails with the cause when nothing can sign, and not once it is closed", async () => {
    const broken = inlineSigner("ecdsa", ["native"]);
    broken.key.dispose();
    for (const plan of PLANS) {
      const make = () => new SigningProcessor("signed", plan, () => broken).createTask(INPUT);
      const records = Array.from({ length: 8 }, (_, offset) => ({
        offset,
        micros: 1,
        payload: Uint8Array.of(1),
        headers: new Uint8Array(0),
      }));
      const failed = make().process(new RecordList(records), new OutputList());
      await expect(failed).rejects.toMatchObject({ code: "signing.key-disposed" });
      const closed = make();
      const ending = closed.process(new RecordList(records), new OutputList());
      closed.close?.();
      await ending;
    }
  });

  it("refuses the state of an open batch that is cut off", () => {
    const plan = PLANS[1]!;
    const batch = {
      firstOffset: 3,
      after: 3,
      firstMicros: 5,
      byteCount: 9,
      leafHashes: new Uint8Array(64).fill(7),
    };
    const state = encodeState(plan, { after: 5, batch });
    expect(decodeState(plan, state)).toEqual({
      after: 5,
      batch: { ...batch, leafHashes: Buffer.alloc(64, 7) },
    });
    expect(() => decodeState(plan, state.slice(0, -1))).toThrow(/open batch/);
  });
});

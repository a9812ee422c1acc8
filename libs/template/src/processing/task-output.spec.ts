import type { InputRecords } from "@ims/traits";
import { describe, expect, it } from "vitest";
import { OutputIds } from "./output-ids.js";
import { type OutputProducer, TaskOutput } from "./task-output.js";

interface Committed {
  readonly payloadBytes: number;
  readonly headersBytes: number | undefined;
  readonly place: unknown;
}

const ids = new OutputIds("market", "trades", 1);

function newOutput(stored?: { offset: number; index: number }) {
  const committed: Committed[] = [];
  const bytes = new Uint8Array(1000);
  const producer = {
    accepting: true,
    whenAccepting: async () => {},
    reserve: (byteCount: number) => (byteCount > bytes.length ? -1 : 0),
    commit: (payloadBytes: number, id: Uint32Array, _micros: number, headersBytes?: number) => {
      committed.push({ payloadBytes, headersBytes, place: ids.placeOf(id) });
    },
    arena: { bytes, view: new DataView(bytes.buffer) },
  } as unknown as OutputProducer;
  const output = new TaskOutput(producer, ids, () => 5, stored);
  output.follow({ offset: 7 } as InputRecords);
  return { committed, output };
}

describe("the output of a task", () => {
  it("tells the producer which octets at the end are user headers", () => {
    const { committed, output } = newOutput();
    output.commit(30);
    output.commit(30, undefined, 12);
    output.commit(40, 9, 40);
    expect(committed).toEqual([
      { payloadBytes: 30, headersBytes: 0, place: { offset: 7, index: 0 } },
      { payloadBytes: 18, headersBytes: 12, place: { offset: 7, index: 1 } },
      { payloadBytes: 0, headersBytes: 40, place: { offset: 9, index: 0 } },
    ]);
  });

  it("leaves out what is stored, with its headers", () => {
    const { committed, output } = newOutput({ offset: 7, index: 0 });
    output.commit(30, undefined, 12);
    output.commit(31, undefined, 13);
    expect(committed).toEqual([{ payloadBytes: 18, headersBytes: 13, place: { offset: 7, index: 1 } }]);
    expect(output).toMatchObject({ publishedCount: 1, repeatedCount: 1 });
  });
});

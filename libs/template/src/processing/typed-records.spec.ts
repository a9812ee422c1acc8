import { v2 } from "@ims/sbe";
import type { InputRecords, RecordOutput } from "@ims/traits";
import { describe, expect, it } from "vitest";
import { typedRecords } from "./typed-records.js";

/** A cursor over payloads in memory. */
function records(...payloads: Uint8Array[]): InputRecords {
  const bytes = Buffer.concat(payloads);
  let index = -1;
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    next: () => ++index < payloads.length,
    get payloadStart() {
      return payloads.slice(0, index).reduce((sum, { length }) => sum + length, 0);
    },
    get payloadLength() {
      return payloads[index]!.length;
    },
    get offset() {
      return 100 + index;
    },
  };
}

/** Has room for so many records, and waits in between. */
function outputWithRoom(room: number): RecordOutput & { waits: number } {
  let left = room;
  return {
    waits: 0,
    get accepting() {
      return left-- > 0;
    },
    async whenAccepting() {
      this.waits++;
      left = room;
    },
    bytes: new Uint8Array(),
    view: new DataView(new ArrayBuffer(0)),
    reserve: () => 0,
    commit() {},
  };
}

function trade(tradeId: number): Uint8Array {
  const bytes = new Uint8Array(v2.TradeEncoder.ENCODED_LENGTH);
  new v2.TradeEncoder()
    .wrapAndApplyHeader(new DataView(bytes.buffer), 0)
    .tradeIdNumber(tradeId)
    .symbol("BTCUSDT");
  return bytes;
}

function ticker(): Uint8Array {
  const bytes = new Uint8Array(v2.TickerEncoder.ENCODED_LENGTH);
  new v2.TickerEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0).symbol("ETHUSDT");
  return bytes;
}

describe("typed records", () => {
  it("come to their handlers in order, with unreadable ones named, waiting for room in between", async () => {
    const seen: string[] = [];
    const output = outputWithRoom(2);
    const damaged = trade(3).subarray(0, 20);
    const foreign = trade(4);
    foreign[4] = 99;
    const process = typedRecords({
      trade: (values, _output, offset) => seen.push(`${offset} trade ${values.tradeIdNumber}`),
      record: (record, _output, offset) => seen.push(`${offset} ${record.type}`),
      unreadable: (reason, offset) => seen.push(`${offset} ${reason.slice(0, 40)}`),
    });
    await process(records(trade(1), ticker(), damaged, new Uint8Array(3), foreign, trade(5)), output);
    expect(seen.map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
      "100 trade 1",
      "101 ticker",
      expect.stringMatching(/^102 /),
      expect.stringMatching(/^103 /),
      expect.stringMatching(/^104 /),
      "105 trade 5",
    ]);
    expect(output.waits).toBeGreaterThan(1);
  });

  it("without a handler are passed over, and work in one turn while there is room", () => {
    const seen: string[] = [];
    const process = typedRecords({ record: ({ type }) => seen.push(type) });
    expect(process(records(trade(1), ticker()), outputWithRoom(10))).toBeUndefined();
    expect(seen).toEqual(["trade", "ticker"]);
    expect(typedRecords({})(records(trade(1), ticker()), outputWithRoom(10))).toBeUndefined();
  });
});

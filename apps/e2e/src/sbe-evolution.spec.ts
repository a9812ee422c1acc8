import { resolve } from "node:path";
import { decodeRecord, HEADER_LENGTH, readHeader, v1, v2 } from "@ims/sbe";
import { compareSchemas, compile } from "sbe-schema-ts";
import { describe, expect, it } from "vitest";

const schemaFolder = resolve(import.meta.dirname, "../../../libs/sbe/schema");
const tokensOf = (version: number) => compile(resolve(schemaFolder, `ims-v${version}.xml`)).tokens;

describe("from schema version 1 to version 2", () => {
  const evolution = compareSchemas(tokensOf(1), tokensOf(2));

  it("is compatible: messages were added, and nothing else happened", () => {
    expect(evolution).toMatchObject({ compatible: true, oldVersion: 1, newVersion: 2 });
    expect(evolution.changes.map(({ severity, change }) => [severity, change.replace(/\d+/, "N")])).toEqual(
      Array.from({ length: 33 }, () => ["safe", "the message with template id N was added"]),
    );
  });

  it("the way back is not: the tool sees what a reader of version 1 lacks", () => {
    expect(compareSchemas(tokensOf(2), tokensOf(1)).compatible).toBe(false);
  });
});

/** Walks over frames of known lengths as a version 1 reader does, which knows only its own trade. */
function version1Reader(view: DataView, lengths: readonly number[]): readonly string[] {
  const trade = new v1.TradeBarDecoder();
  const symbols: string[] = [];
  let offset = 0;
  for (const length of lengths) {
    const header = readHeader(view, offset, length)!;
    if (header.templateId === v1.TradeBarDecoder.TEMPLATE_ID) {
      symbols.push(trade.wrapAndApplyHeader(view, offset, length).symbolID());
    }
    offset += length;
  }
  return symbols;
}

describe("frames of both versions in one stream", () => {
  const view = new DataView(new ArrayBuffer(1024));
  const lengths: number[] = [];
  let at = 0;
  const append = (encoder: { readonly limit: number }) => {
    lengths.push(encoder.limit - at);
    at = encoder.limit;
  };
  append(new v1.TradeBarEncoder().wrapAndApplyHeader(view, at).symbolID("FIRST"));
  const book = new v2.BookDeltaEncoder().wrapAndApplyHeader(view, at).symbol("BTCUSDT");
  book.bidsCount(1).next().price(1n);
  append(book);
  append(new v2.FeedStatusEncoder().wrapAndApplyHeader(view, at).text("quiet"));
  append(new v2.TradeEncoder().wrapAndApplyHeader(view, at).symbol("SECOND"));
  // The reference's trade as a writer of version 2 sends it.
  append(new v2.TradeBarEncoder().wrapAndApplyHeader(view, at).symbolID("THIRD"));

  it("let a version 1 reader pass over the templates that it does not know", () => {
    expect(version1Reader(view, lengths)).toEqual(["FIRST", "THIRD"]);
  });

  it("differ in the version of the header only, where version 1 has the message", () => {
    const [own, newer] = [new Uint8Array(64), new Uint8Array(64)];
    for (const [Encoder, bytes] of [
      [v1.TradeBarEncoder, own],
      [v2.TradeBarEncoder, newer],
    ] as const) {
      const encoder = new Encoder()
        .wrapAndApplyHeader(new DataView(bytes.buffer), 0)
        .messageType(v1.MessageType.TradeBar)
        .symbolID("APPL")
        .dateTime(7n);
      encoder.price().num(25_050n).scale(2);
      encoder.volume().num(-1n).scale(0);
    }
    expect([own[6], newer[6]]).toEqual([1, 2]);
    newer[6] = 1;
    expect(newer).toEqual(own);
  });

  it("are read as records by whoever knows both, and as nothing from a template of a later version", () => {
    expect(decodeRecord(view, 0, lengths[0]!)).toMatchObject({
      type: "trade",
      schemaVersion: 1,
      symbol: "FIRST",
    });
    const later = new DataView(new ArrayBuffer(HEADER_LENGTH + 8));
    later.setUint16(0, 8, true);
    later.setUint16(2, 299, true);
    later.setUint16(4, v2.SCHEMA_ID, true);
    later.setUint16(6, 3, true);
    expect(decodeRecord(later, 0, HEADER_LENGTH + 8)).toBeUndefined();
  });
});

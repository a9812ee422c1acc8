import { DataType, ExchangeId } from "@ims/common";
import { beforeEach, describe, expect, it } from "vitest";
import { decodeRecord, v2 } from "../index.js";
import { begin, bytes, decimal, decode, level, PREFIX, START, view } from "../spec-support/encoded-record.js";

beforeEach(() => bytes.fill(0xa5));

describe("books", () => {
  it("reads a top of book and the absence of a side", () => {
    const encoder = begin(new v2.TopOfBookEncoder())
      .updateIdNumber(9)
      .bidPrice(10_001n)
      .bidQuantity(1_500n)
      .askPriceNull();
    expect(decode(encoder)).toEqual({
      type: "top-of-book",
      ...PREFIX,
      updateId: 9,
      bid: level("100.01", "1.5"),
      ask: undefined,
    });
  });

  it("reads a snapshot with the levels of both sides, and one with none", () => {
    const encoder = begin(new v2.BookSnapshotEncoder()).lastUpdateIdNull().horizon(20);
    const bids = encoder.bidsCount(2);
    bids.next().price(100n).quantity(1n);
    bids.next().price(-1n).quantity(2n);
    encoder
      .asksCount(1)
      .next()
      .price(102n)
      .quantity((1n << 63n) - 1n);
    expect(decode(encoder)).toEqual({
      type: "book-snapshot",
      ...PREFIX,
      lastUpdateId: undefined,
      horizon: 20,
      bids: [level("1", "0.001"), level("-0.01", "0.002")],
      asks: [level("1.02", "9223372036854775.807")],
    });
    expect(decode(begin(new v2.BookSnapshotEncoder()).horizonNull())).toMatchObject({
      horizon: undefined,
      bids: [],
      asks: [],
    });
  });

  it("reads a delta", () => {
    const encoder = begin(new v2.BookDeltaEncoder())
      .firstUpdateIdNumber(5)
      .lastUpdateIdNumber(6)
      .previousUpdateIdNumber(4);
    encoder.asksCount(1).next().price(7n);
    expect(decode(encoder)).toEqual({
      type: "book-delta",
      ...PREFIX,
      firstUpdateId: 5,
      lastUpdateId: 6,
      previousUpdateId: 4,
      bids: [],
      asks: [level("0.07", "0")],
    });
  });

  it("reads a merged book with its venues", () => {
    const encoder = begin(new v2.MergedBookEncoder())
      .spread(-3n)
      .horizonNull()
      .condition(v2.BookCondition.Crossed | v2.BookCondition.VenueMissing);
    encoder.bidsCount(1).next().price(103n).quantity(1n).exchangeId(ExchangeId.Bitstamp);
    encoder.asksCount(1).next().price(100n).quantity(2n).exchangeId(ExchangeId.Deribit);
    const venues = encoder.venuesCount(2);
    venues.next().ageNumber(250).instrumentId(4).exchangeId(ExchangeId.Bitstamp).state(v2.FeedState.Live);
    venues.next().ageNull().state(v2.FeedState.Dead);
    expect(decode(encoder)).toEqual({
      type: "merged-book",
      ...PREFIX,
      spread: decimal("-0.03"),
      horizon: undefined,
      condition: 5,
      bids: [{ ...level("1.03", "0.001"), exchangeId: ExchangeId.Bitstamp }],
      asks: [{ ...level("1", "0.002"), exchangeId: ExchangeId.Deribit }],
      venues: [
        { exchangeId: ExchangeId.Bitstamp, instrumentId: 4, ageMicros: 250, state: v2.FeedState.Live },
        { exchangeId: 0, instrumentId: 0, ageMicros: undefined, state: v2.FeedState.Dead },
      ],
    });
  });
});

describe("truth about feeds", () => {
  it("reads a gap that lasts", () => {
    const encoder = begin(new v2.GapEncoder())
      .fromIdNumber(100)
      .toIdNull()
      .fromTimeNumber(5)
      .toTimeNull()
      .missingCountNull()
      .filledCount(3)
      .dataType(DataType.Trade)
      .reason(v2.GapReason.SequenceBroken);
    expect(decode(encoder)).toEqual({
      type: "gap",
      ...PREFIX,
      dataType: DataType.Trade,
      resolution: 0,
      reason: v2.GapReason.SequenceBroken,
      fromId: 100,
      toId: undefined,
      fromMicros: 5,
      toMicros: undefined,
      missingCount: undefined,
      filledCount: 3,
    });
  });

  it("reads a feed's status with its sentence", () => {
    const encoder = begin(new v2.FeedStatusEncoder())
      .sinceNumber(8)
      .lastRecordTimeNull()
      .expectedIntervalNumber(250_000)
      .dataType(DataType.Bar)
      .resolution(1)
      .state(v2.FeedState.Stale)
      .text("no bar for 5 s; subscribing again");
    expect(decode(encoder)).toEqual({
      type: "feed-status",
      ...PREFIX,
      dataType: DataType.Bar,
      resolution: 1,
      state: v2.FeedState.Stale,
      sinceMicros: 8,
      lastRecordMicros: undefined,
      expectedIntervalMicros: 250_000,
      text: "no bar for 5 s; subscribing again",
    });
  });

  it("reads a signature and copies its octets", () => {
    const root = Uint8Array.from({ length: 32 }, (_, index) => index);
    const encoder = new v2.BatchSignatureEncoder()
      .wrapAndApplyHeader(view, START)
      .signedTimeNumber(1)
      .firstOffsetNumber(10)
      .lastOffsetNumber(19)
      .partitionId(2)
      .messageCount(10)
      .algorithm(v2.SignatureAlgorithm.SchnorrSecp256k1)
      .keyId("key-1")
      .stream("binancespot-market-data")
      .topic("trades")
      .merkleRootBytes(root, 0)
      .signatureBytes(Uint8Array.of(9, 8, 7), 0, 3);
    const record = decode(encoder);
    bytes.fill(0);
    expect(record).toEqual({
      type: "batch-signature",
      schemaVersion: 2,
      signedMicros: 1,
      stream: "binancespot-market-data",
      topic: "trades",
      partitionId: 2,
      firstOffset: 10,
      lastOffset: 19,
      messageCount: 10,
      algorithm: v2.SignatureAlgorithm.SchnorrSecp256k1,
      keyId: "key-1",
      merkleRoot: root,
      signature: Uint8Array.of(9, 8, 7),
    });
  });
});

describe("what a record cannot hold", () => {
  it("is refused: a scale above 18, an id from 2^53, more levels than the frame has", () => {
    const snapshot = begin(new v2.BookSnapshotEncoder()).lastUpdateIdNumber(1);
    snapshot.bidsCount(1).next().price(1n);
    const length = snapshot.limit - START;
    view.setUint8(START + 8 + 37, 19);
    expect(() => decodeRecord(view, START, length)).toThrow(
      expect.objectContaining({ code: "sbe.invalid-value" }),
    );
    view.setUint8(START + 8 + 37, 2);
    view.setBigUint64(START + 8 + 72, 1n << 53n, true);
    expect(() => decodeRecord(view, START, length)).toThrow(
      expect.objectContaining({ code: "sbe.unsafe-integer" }),
    );
    view.setBigUint64(START + 8 + 72, 1n, true);
    view.setUint16(START + 8 + 88 + 2, 60_000, true);
    expect(() => decodeRecord(view, START, length)).toThrow(
      expect.objectContaining({ code: "sbe.truncated" }),
    );
  });
});

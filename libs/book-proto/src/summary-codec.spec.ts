import type { MethodDefinition } from "@grpc/grpc-js";
import { BookLevels } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BOOK_SERVICE, bookProto, withConflated } from "./book-service.js";
import type { OutgoingLevels, OutgoingSummary, SummaryMessage } from "./messages.js";
import { decodeSummary } from "./summary-decoder.js";
import { SummaryEncoder } from "./summary-encoder.js";

/** The library's own codec, made of the `.proto` file, is what both sides are held against. */
const library = bookProto.service(BOOK_SERVICE).BookSummary as MethodDefinition<object, SummaryMessage>;

const INT64_MAX = 2n ** 63n - 1n;
const VENUES = ["binancespot", "bitstamp", "börse-zürich"];
const STATES = ["WAITING", "FRESH", "SUSPECT", "STALE"] as const;

/** Of every length that a varint can have. */
const unsigned = fc
  .integer({ min: 0, max: 63 })
  .chain((bits) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }));
const signed = fc.tuple(unsigned, fc.boolean()).map(([value, isNegative]) => (isNegative ? -value : value));
const count = fc.maxSafeNat();
const scale = fc.integer({ min: 0, max: 18 });
const level = fc.record({ venue: fc.nat(VENUES.length - 1), price: unsigned, quantity: unsigned });
const side = fc.array(level, { maxLength: 30 });
const venueState = fc.record(
  {
    state: fc.constantFrom(...STATES),
    reason: fc.string({ unit: "grapheme" }),
    ageMillis: count,
    eventMicros: count,
    filteredLevels: count,
  },
  { requiredKeys: ["state", "reason", "eventMicros", "filteredLevels"] },
);
const summaries = fc.record(
  {
    priceScale: scale,
    quantityScale: scale,
    bids: side,
    asks: side,
    spread: signed,
    mid: signed,
    midScale: scale,
    crossed: fc.boolean(),
    locked: fc.boolean(),
    venueStates: fc.tuple(venueState, venueState, venueState),
    version: count,
  },
  {
    requiredKeys: [
      "priceScale",
      "quantityScale",
      "bids",
      "asks",
      "midScale",
      "crossed",
      "locked",
      "venueStates",
      "version",
    ],
  },
);
type Side = readonly { readonly venue: number; readonly price: bigint; readonly quantity: bigint }[];

function columns(rows: Side): OutgoingLevels {
  const levels = new BookLevels();
  const word = (value: bigint) => Number(BigInt.asIntN(32, value));
  for (const { price, quantity } of rows) {
    levels.push(word(price), word(price >> 32n), word(quantity), word(quantity >> 32n));
  }
  return { count: rows.length, venues: Uint8Array.from(rows, ({ venue }) => venue), levels };
}

const messages = (rows: Side) =>
  rows.map(({ venue, price, quantity }) => ({
    venue: VENUES[venue]!,
    price: `${price}`,
    quantity: `${quantity}`,
  }));

/** Without what the library says of optional fields beside their values. */
function plain(message: SummaryMessage): unknown {
  return JSON.parse(JSON.stringify(message, (key, value) => (key.startsWith("_") ? undefined : value)));
}

const SUMMARY: OutgoingSummary = {
  priceScale: 2,
  quantityScale: 8,
  bids: columns([{ venue: 0, price: INT64_MAX, quantity: 3n * 2n ** 32n + 0xfffffffen }]),
  asks: columns([]),
  spread: -INT64_MAX,
  midScale: 3,
  crossed: true,
  locked: false,
  venueStates: STATES.slice(1).map((state) => ({
    state,
    reason: "silent",
    eventMicros: 5,
    filteredLevels: 7,
  })),
  version: 2 ** 40,
};

describe("the codec of summaries", () => {
  it("writes what the library reads, and reads it itself", () => {
    const encoder = new SummaryEncoder("BTCUSDT", VENUES);
    fc.assert(
      fc.property(summaries, ({ asks, bids, ...rest }) => {
        const bytes = encoder.encode({ ...rest, bids: columns(bids), asks: columns(asks) });
        const { mid, spread, venueStates, version, ...same } = rest;
        const expected = {
          ...same,
          symbol: "BTCUSDT",
          bids: messages(bids),
          asks: messages(asks),
          ...(spread !== undefined && { spread: `${spread}` }),
          ...(mid !== undefined && { mid: `${mid}` }),
          venues: venueStates.map(({ ageMillis, eventMicros, filteredLevels, reason, state }, index) => ({
            venue: VENUES[index],
            state,
            reason,
            ...(ageMillis !== undefined && { ageMillis: `${ageMillis}` }),
            eventMicros: `${eventMicros}`,
            filteredLevels: `${filteredLevels}`,
          })),
          version: `${version}`,
          conflated: "0",
        };
        expect(plain(library.responseDeserialize(bytes))).toEqual(expected);
        expect(decodeSummary(bytes)).toEqual(expected);
      }),
    );
  });

  it("takes any bytes: reads them or throws a RangeError, and reads the next message right", () => {
    const good = new SummaryEncoder("BTCUSDT", VENUES).encode(SUMMARY);
    const expected = plain(library.responseDeserialize(good));
    const damaged = fc
      .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
      .map((changes) => {
        const bytes = Buffer.from(good);
        for (const [at, octet] of changes) bytes[at] = octet;
        return bytes;
      });
    const cut = fc.nat(good.length - 1).map((length) => good.subarray(0, length));
    const any = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    let refusedCount = 0;
    fc.assert(
      fc.property(fc.oneof(damaged, cut, any), (bytes) => {
        try {
          decodeSummary(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          refusedCount++;
        }
        expect(decodeSummary(good)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
    expect(refusedCount).toBeGreaterThan(100);
  });

  it("reads what the library writes, with fields of a later protocol between", () => {
    const later = [
      [0xf8, 0x01, 0x96, 0x01],
      [0xf9, 0x01, 1, 2, 3, 4, 5, 6, 7, 8],
      [0xfa, 0x01, 2, 9, 9],
      [0xfd, 0x01, 1, 2, 3, 4],
      // A known field with the wire type of another.
      [0x12, 1, 7],
    ];
    const { priceScale, midScale } = SUMMARY;
    const written = library.responseSerialize({ symbol: "ETHBTC", priceScale, midScale } as SummaryMessage);
    for (const field of later) {
      const bytes = Buffer.concat([Buffer.from(field), written, Buffer.from(field)]);
      expect(decodeSummary(bytes)).toEqual(plain(library.responseDeserialize(written)));
    }
  });

  it("takes a state of a later protocol for one that is not merged", () => {
    const bytes = Buffer.from([0x5a, 2, 0x10, 9]);
    expect(decodeSummary(bytes).venues[0]!.state).toBe("SUSPECT");
  });

  it("reads any bytes or refuses them, and reads on", () => {
    const bytes = new SummaryEncoder("BTCUSDT", VENUES).encode(SUMMARY);
    const whole = decodeSummary(bytes);
    const broken = fc.record({ at: fc.nat(bytes.length - 1), octet: fc.nat(255), end: fc.nat(bytes.length) });
    fc.assert(
      fc.property(broken, ({ at, octet, end }) => {
        const other = Buffer.from(bytes.subarray(0, end));
        if (at < end) other[at] = octet;
        try {
          decodeSummary(other);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
        expect(decodeSummary(bytes)).toEqual(whole);
      }),
      { numRuns: 1000 },
    );
    for (const end of [1, bytes.length - 1]) {
      expect(() => decodeSummary(bytes.subarray(0, end))).toThrow(RangeError);
    }
  });

  it("keeps a summary that was handed out while it encodes the next", () => {
    const encoder = new SummaryEncoder("BTCUSDT", VENUES);
    const first = encoder.encode(SUMMARY);
    const before = Buffer.from(first);
    encoder.encode({ ...SUMMARY, priceScale: 9 });
    expect(first).toEqual(before);
  });

  it("adds the count of one client behind bytes that others share", () => {
    const shared = new SummaryEncoder("BTCUSDT", VENUES).encode(SUMMARY);
    const before = Buffer.from(shared);
    for (const conflated of [0, 1, 127, 128, 300, 2 ** 40 + 5]) {
      const bytes = withConflated(shared, conflated);
      expect(library.responseDeserialize(bytes).conflated).toBe(`${conflated}`);
      expect(decodeSummary(bytes).conflated).toBe(`${conflated}`);
    }
    expect(shared).toEqual(before);
  });
});

import { describe, expect, it } from "vitest";
import { v2 } from "./index.js";
import { call, fieldsWith, flyweightClass, messageNames } from "./spec-support/flyweights.js";

/** Block lengths of version 2 as published; changing one breaks every reader. */
const BLOCK_LENGTHS: Readonly<Record<string, readonly [templateId: number, blockLength: number]>> = {
  LoginRequest: [110, 144],
  LogoutRequest: [111, 32],
  HeartbeatRequest: [112, 32],
  StartDataRequest: [113, 72],
  StopDataRequest: [114, 72],
  StopAllDataRequest: [115, 32],
  LoginAccepted: [120, 72],
  RequestAccepted: [121, 40],
  StartAccepted: [122, 216],
  RequestRefused: [129, 40],
  Trade: [210, 120],
  Bar: [211, 152],
  Instrument: [219, 184],
};

/** Offsets from the start of the header, where the prefix of market-data messages puts its fields. */
const PREFIX: Readonly<Record<string, number>> = {
  eventTime: 8,
  sendTime: 16,
  receiveTime: 24,
  publishTime: 32,
  instrumentId: 40,
  exchangeId: 44,
  priceScale: 45,
  quantityScale: 46,
  flags: 47,
  symbol: 48,
};

/** First octet of the frame that the setter changes, measured by writing all ones into zeros. */
function measuredOffset(message: string, setter: string, ...args: readonly unknown[]): number {
  const encoder = new (flyweightClass(v2, `${message}Encoder`))();
  const bytes = new Uint8Array(512);
  encoder.wrapAndApplyHeader(new DataView(bytes.buffer), 0);
  call(encoder, setter, ...args);
  return bytes.findIndex((octet, at) => at >= 8 && octet !== 0);
}

describe("layout of version 2", () => {
  it("has the messages and block lengths that were published", () => {
    const found = messageNames(v2).map((name) => {
      const { TEMPLATE_ID, BLOCK_LENGTH } = flyweightClass(v2, `${name}Encoder`);
      return [name, [TEMPLATE_ID, BLOCK_LENGTH]];
    });
    expect(Object.fromEntries(found)).toEqual(BLOCK_LENGTHS);
  });

  it.each(messageNames(v2))(
    "%s: the block and every 8-octet field are aligned from the start of the header",
    (name) => {
      const encoder = flyweightClass(v2, `${name}Encoder`);
      expect(encoder.BLOCK_LENGTH % 8).toBe(0);
      expect(encoder.ENCODED_LENGTH).toBe(8 + encoder.BLOCK_LENGTH);
      const wide = fieldsWith(encoder, "Words");
      expect(wide.length).toBeGreaterThan(0);
      for (const field of wide)
        expect([field, measuredOffset(name, `${field}Words`, -1, -1) % 8]).toEqual([field, 0]);
    },
  );

  it.each(["Trade", "Bar", "Instrument"])("%s starts with the prefix of market data", (name) => {
    for (const [field, offset] of Object.entries(PREFIX)) {
      const ones = field.endsWith("Time")
        ? -1n
        : field === "symbol"
          ? "A"
          : field === "instrumentId"
            ? 0xffffffff
            : 0xff;
      expect([field, measuredOffset(name, field, ones)]).toEqual([field, offset]);
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

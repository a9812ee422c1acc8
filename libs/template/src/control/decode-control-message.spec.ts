import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SYMBOLS_PER_REQUEST_MAX } from "@ims/common";
import { HEADER_LENGTH, v1, v2 } from "@ims/sbe";
import fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import { type DecodedControlMessage, decodeControlMessage } from "./decode-control-message.js";

/** Inside a larger buffer and at an odd place, as messages stand in a poll reply. */
function decode(bytes: Uint8Array, length = bytes.length): DecodedControlMessage {
  const buffer = new Uint8Array(bytes.length + 16).fill(0xee);
  buffer.set(bytes, 7);
  return decodeControlMessage(new DataView(buffer.buffer), 7, length);
}

interface CommonFields {
  sessionId(value: bigint): this;
  requestId(value: bigint): this;
  sentTime(value: bigint): this;
  clientId(value: number): this;
  exchangeId(value: number): this;
}

function encode<
  E extends CommonFields & { wrapAndApplyHeader(view: DataView, at: number): E; ENCODED_LENGTH: number },
>(encoder: E, fill: (encoder: E) => void = () => {}): Uint8Array {
  const bytes = new Uint8Array(encoder.ENCODED_LENGTH);
  encoder.wrapAndApplyHeader(new DataView(bytes.buffer), 0);
  encoder
    .sessionId(11n)
    .requestId((1n << 64n) - 1n)
    .sentTime(-5n)
    .clientId(4711)
    .exchangeId(4);
  fill(encoder);
  return bytes;
}

const start = encode(new v2.StartDataRequestEncoder(), (encoder) =>
  encoder.dataType(2).resolution(5).delivery(1).symbol("BTCUSDT"),
);
/** A request for several symbols: message 116 or 117. */
function encodeMany(
  Encoder: typeof v2.StartManyRequestEncoder | typeof v2.StopManyRequestEncoder,
  symbols: string[],
) {
  const bytes = new Uint8Array(Encoder.encodedLengthFor({ symbols: symbols.length }));
  const encoder = new Encoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0);
  encoder
    .sessionId(11n)
    .requestId((1n << 64n) - 1n)
    .sentTime(-5n)
    .clientId(4711)
    .exchangeId(4)
    .dataType(1);
  const entries = encoder.symbolsCount(symbols.length);
  for (const symbol of symbols) entries.next().symbol(symbol);
  return bytes;
}

const startMany = encodeMany(v2.StartManyRequestEncoder, ["BTCUSDT", "ETHUSDT", "BTCUSDT"]);
const requests: readonly [string, Uint8Array][] = [
  ["login", encode(new v2.LoginRequestEncoder(), (encoder) => encoder.accessToken("t").clientName("me"))],
  ["logout", encode(new v2.LogoutRequestEncoder())],
  ["heartbeat", encode(new v2.HeartbeatRequestEncoder())],
  ["start", start],
  ["stop", encode(new v2.StopDataRequestEncoder(), (encoder) => encoder.dataType(1).symbol("ETHUSDT"))],
  ["stop-all", encode(new v2.StopAllDataRequestEncoder())],
  ["start", startMany],
  ["stop", encodeMany(v2.StopManyRequestEncoder, ["BTCUSDT"])],
];

describe("decodeControlMessage, version 2", () => {
  it.each(requests)("reads %s", (kind, bytes) => {
    expect(decode(bytes)).toMatchObject({
      kind: "request",
      request: {
        kind,
        generation: 2,
        clientId: 4711,
        exchangeId: 4,
        sessionId: 11n,
        requestId: (1n << 64n) - 1n,
        sentMicros: -5n,
      },
    });
  });

  it("reads the fields of a start", () => {
    expect(decode(start)).toMatchObject({
      request: { dataType: 2, resolution: 5, delivery: 1, symbols: ["BTCUSDT"], templateId: 113 },
    });
  });

  it("reads each symbol of a request for several once, and none of more than may be named", () => {
    expect(decode(startMany)).toMatchObject({
      request: { templateId: 116, dataType: 1, symbols: ["BTCUSDT", "ETHUSDT"], symbolCount: 3 },
    });
    const names = (count: number) => Array.from({ length: count }, (_, index) => `S${index}`);
    const tooMany = encodeMany(v2.StartManyRequestEncoder, names(SYMBOLS_PER_REQUEST_MAX + 1));
    expect(decode(tooMany)).toMatchObject({
      kind: "request",
      request: { symbols: [], symbolCount: SYMBOLS_PER_REQUEST_MAX + 1 },
    });
    // The count says more than stands there.
    const cut = startMany.slice();
    new DataView(cut.buffer).setUint16(HEADER_LENGTH + 40 + 2, 65_000, true);
    expect(decode(cut)).toMatchObject({ kind: "malformed", reason: "truncated", sender: { clientId: 4711 } });
  });

  it("says what is wrong, and who sent it where that can be read", () => {
    for (let length = 0; length < start.length; length++) {
      const decoded = decode(start, length);
      expect(decoded.kind).toBe("malformed");
      if (decoded.kind !== "malformed") continue;
      expect(decoded.reason).toBe(length < HEADER_LENGTH ? "too-short" : "truncated");
      expect(decoded.sender?.clientId).toBe(length < HEADER_LENGTH + 26 ? undefined : 4711);
    }
    const schema = start.slice();
    schema[4] = 9;
    expect(decode(schema)).toMatchObject({ reason: "wrong-schema" });
    const template = start.slice();
    template[2] = 99;
    expect(decode(template)).toMatchObject({ reason: "unknown-template" });
  });

  it("accepts a longer block of a newer version", () => {
    const newer = new Uint8Array(start.length + 8);
    newer.set(start);
    new DataView(newer.buffer).setUint16(0, 80, true);
    new DataView(newer.buffer).setUint16(6, 3, true);
    expect(decode(newer)).toMatchObject({ kind: "request", request: { symbols: ["BTCUSDT"] } });
  });

  it("never throws, whatever the bytes", () => {
    const mutated = fc
      .tuple(
        fc.constantFrom(...requests.map(([, bytes]) => bytes)),
        fc.array(fc.tuple(fc.nat(), fc.nat(255))),
      )
      .map(([bytes, changes]) => {
        const copy = bytes.slice();
        for (const [at, value] of changes) copy[at % copy.length] = value;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
        expect(["request", "own-answer", "malformed"]).toContain(decode(bytes).kind);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("decodeControlMessage, version 1", () => {
  it("skips the service's own answers", () => {
    const bytes = new Uint8Array(v1.DataErrorEncoder.ENCODED_LENGTH);
    new v1.DataErrorEncoder().wrapAndApplyHeader(new DataView(bytes.buffer), 0).clientID(100);
    expect(decode(bytes).kind).toBe("own-answer");
  });

  it("refuses a message type that contradicts the template", () => {
    const bytes = new Uint8Array(v1.ClientLoginEncoder.ENCODED_LENGTH);
    new v1.ClientLoginEncoder()
      .wrapAndApplyHeader(new DataView(bytes.buffer), 0)
      .messageType(102)
      .clientID(100);
    expect(decode(bytes)).toMatchObject({ reason: "contradicting-type", sender: { clientId: 100 } });
  });

  describe.skipIf(!inject("sharedDir"))("the reference system's bytes", () => {
    interface Vector {
      readonly name: string;
      readonly message: string;
      readonly hex: string;
      readonly decoded: Readonly<Record<string, unknown>>;
    }
    const kinds: Readonly<Record<string, string>> = {
      ClientLogin: "login",
      ClientLogout: "logout",
      StartDataMsg: "start",
      StopDataMsg: "stop",
      StopAllDataMsg: "stop-all",
    };
    const file = join(inject("sharedDir"), "sbe/vectors/ims/vectors.json");
    const vectors = inject("sharedDir") ? (JSON.parse(readFileSync(file, "utf8")) as Vector[]) : [];
    const control = vectors.filter(({ message }) => message in kinds);

    it.each(control.map((vector) => [vector.name, vector] as const))("%s", (_, { message, hex, decoded }) => {
      const result = decode(new Uint8Array(Buffer.from(hex, "hex")));
      const typeNames: Readonly<Record<string, string>> = {
        StartDataMsg: "StartData",
        StopDataMsg: "StopData",
        StopAllDataMsg: "StopAllData",
      };
      if (decoded.messageType !== (typeNames[message] ?? message)) {
        expect(result).toMatchObject({ kind: "malformed", reason: "contradicting-type" });
        return;
      }
      expect(result).toMatchObject({
        kind: "request",
        request: { kind: kinds[message], generation: 1, clientId: decoded.clientID },
      });
      if (result.kind !== "request" || result.request.kind !== "start") return;
      expect(result.request).toMatchObject({
        exchangeId: decoded.exchangeID,
        dataType: decoded.dataTypeID,
        resolution: decoded.timeResolution,
      });
    });

    it("covers every kind", () => {
      expect(new Set(control.map(({ message }) => message))).toEqual(new Set(Object.keys(kinds)));
    });
  });
});

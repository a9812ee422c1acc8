import { ClientErrorCode, DataErrorCode, ExchangeId, SYMBOLS_PER_REQUEST_MAX } from "@ims/common";
import { v1, v2 } from "@ims/sbe";
import { describe, expect, it } from "vitest";
import { type ControlReply, type RefusedReply, refuseClient, refuseData } from "./control-reply.js";
import { encodeReply, encodeVersion1Refusal } from "./encode-reply.js";

const stamp = { exchange: ExchangeId.BinanceSpot, serviceVersion: "0.1.0", nowMicros: 1_700_000_000_000_001 };
const base = {
  generation: 2,
  requestType: 113,
  clientId: 100,
  sessionId: (1n << 64n) - 1n,
  requestId: 7n,
} as const;
const head = {
  sessionId: "18446744073709551615",
  requestId: "7",
  sentTime: "1700000000000001",
  clientId: 100,
  exchangeId: 4,
  requestType: 113,
};

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

describe("encodeReply", () => {
  it("writes a start acknowledgement", () => {
    const reply: ControlReply = {
      ...base,
      kind: "start-accepted",
      dataType: 2,
      resolution: 5,
      delivery: 1,
      stream: "binancespot-market-data",
      topic: "bars",
      symbols: [{ symbol: "BTCUSDT", instrumentId: 0xffffffff, partitionId: 3, firstOffset: 2 ** 40 + 1 }],
    };
    const bytes = encodeReply(reply, stamp);
    const decoder = new v2.StartAcceptedDecoder().wrapAndApplyHeader(viewOf(bytes), 0, bytes.length);
    expect(decoder.toJSON()).toEqual({
      ...head,
      firstOffset: String(2 ** 40 + 1),
      partitionId: 3,
      instrumentId: 0xffffffff,
      dataType: 2,
      resolution: 5,
      delivery: "Shared",
      symbol: "BTCUSDT",
      stream: "binancespot-market-data",
      topic: "bars",
    });
  });

  it("writes the acknowledgement of a start of as many symbols as a request may name", () => {
    const symbols = Array.from({ length: SYMBOLS_PER_REQUEST_MAX }, (_, index) => ({
      symbol: `${"S".repeat(28)}${index}`,
      instrumentId: index,
      partitionId: index % 4,
      firstOffset: 2 ** 40 + index,
    }));
    const reply: ControlReply = {
      ...base,
      requestType: 116,
      kind: "start-accepted",
      dataType: 1,
      resolution: 0,
      delivery: 1,
      stream: "s".repeat(64),
      topic: "trades",
      symbols,
    };
    const bytes = encodeReply(reply, stamp);
    const decoder = new v2.StartManyAcceptedDecoder().wrapAndApplyHeader(viewOf(bytes), 0, bytes.length);
    expect(decoder.toJSON()).toMatchObject({
      requestType: 116,
      topic: "trades",
      symbols: symbols.map((started) => ({ ...started, firstOffset: String(started.firstOffset) })),
    });
  });

  it("writes a login acknowledgement and a plain one", () => {
    const login = encodeReply(
      {
        ...base,
        kind: "login-accepted",
        heartbeatMillis: 10_000,
        expiryMillis: 30_000,
        subscriptionsPerClientMax: 1000,
        instrumentCount: 3,
        instrumentsOffset: 70,
      },
      stamp,
    );
    expect(new v2.LoginAcceptedDecoder().wrapAndApplyHeader(viewOf(login), 0, login.length).toJSON()).toEqual(
      {
        ...head,
        heartbeatMillis: 10_000,
        expiryMillis: 30_000,
        symbolsPerClientMax: 1000,
        instrumentCount: 3,
        instrumentsOffset: "70",
        serviceVersion: "0.1.0",
      },
    );
    const plain = encodeReply({ ...base, kind: "accepted", affectedCount: 2, restartCount: 3 }, stamp);
    expect(
      new v2.RequestAcceptedDecoder().wrapAndApplyHeader(viewOf(plain), 0, plain.length).toJSON(),
    ).toMatchObject({ affectedCount: 2, restartCount: 3 });
  });

  it.each([
    ["short", "Log in first.", "Log in first."],
    ["as long as fits", "x".repeat(1024), "x".repeat(1024)],
    ["too long", "😀".repeat(1000), undefined],
  ])("writes a refusal whose text is %s", (_, text, expected) => {
    const reply: RefusedReply = {
      ...base,
      kind: "refused",
      ...refuseData(DataErrorCode.UnknownSymbol, text),
    };
    const bytes = encodeReply(reply, stamp);
    const decoder = new v2.RequestRefusedDecoder().wrapAndApplyHeader(viewOf(bytes), 0, bytes.length);
    expect(decoder.code()).toBe(32);
    expect(decoder.kind()).toBe(v2.RefusalKind.Data);
    if (expected === undefined) {
      expect(decoder.text()).toMatch(/^(😀){100,}…$/u);
      expect(Buffer.byteLength(decoder.text())).toBeLessThanOrEqual(1024);
    } else {
      expect(decoder.text()).toBe(expected);
    }
  });
});

describe("encodeVersion1Refusal", () => {
  it("writes message 801 for client errors", () => {
    const reply: RefusedReply = {
      ...base,
      kind: "refused",
      ...refuseClient(ClientErrorCode.AlreadyLoggedIn, ""),
    };
    expect(Buffer.from(encodeVersion1Refusal(reply)).toString("hex")).toBe("05002103010001002103640001");
  });

  it.each([
    [DataErrorCode.WrongExchange, 7],
    [DataErrorCode.ClientNotLoggedIn, 8],
    [DataErrorCode.UnknownSymbol, 2],
    [DataErrorCode.ResolutionNotOffered, 2],
    [DataErrorCode.SubscriptionLimit, 2],
    [DataErrorCode.MalformedRequest, 3],
    [DataErrorCode.RequestLimit, 2],
  ])("writes message 802 with a code that version 1 knows for %i", (code, expected) => {
    const bytes = encodeVersion1Refusal({ ...base, kind: "refused", ...refuseData(code, "") });
    const decoder = new v1.DataErrorDecoder().wrapAndApplyHeader(viewOf(bytes), 0, bytes.length);
    expect([decoder.clientID(), decoder.dataErrorType(), decoder.messageType()]).toEqual([
      100,
      expected,
      802,
    ]);
  });
});

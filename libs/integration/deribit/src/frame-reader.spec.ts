import { DataType } from "@ims/common";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TEST_ANSWER } from "./rpc/greeting.js";
import { BOOK, FeedStage, TRADES } from "./spec-support/feed-stage.js";

describe("the reader of a connection", () => {
  it("answers test_request at once, whatever the order of its keys, and no heartbeat", () => {
    const stage = new FeedStage();
    stage.receive('{"params":{"type":"heartbeat"},"method":"heartbeat","jsonrpc":"2.0"}');
    expect(stage.sent).toEqual([]);
    stage.receive('{"params":{"type":"test_request"},"method":"heartbeat","jsonrpc":"2.0"}');
    stage.receive('{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"test_request"}}');
    expect(stage.sent).toEqual([TEST_ANSWER, TEST_ANSWER]);
    expect(stage.sink.rejections).toEqual([]);
  });

  it("passes answers on with what was accepted, or with the venue's words", () => {
    const stage = new FeedStage();
    stage.receive(
      '{"usIn":1,"usOut":2,"usDiff":1,"result":["b","a"],"jsonrpc":"2.0","id":7,"testnet":false}',
    );
    stage.receive(
      '{"jsonrpc":"2.0","id":8,"error":{"code":-32602,"data":{"reason":"invalid value","param":"kind"},"message":"Invalid params"}}',
    );
    stage.receive(
      '{"jsonrpc":"2.0","error":{"code":13778,"message":"raw_subscriptions_not_available_for_unauthorized"}}',
    );
    expect(stage.replies).toEqual([
      { id: 7, error: undefined, accepted: ["b", "a"] },
      { id: 8, error: { code: -32602, message: "Invalid params: kind: invalid value" } },
      { id: null, error: { code: 13778, message: "raw_subscriptions_not_available_for_unauthorized" } },
    ]);
  });

  it("takes an error that passes for no answer, so that nothing is refused for good", () => {
    const stage = new FeedStage();
    for (const code of [10028, 10041, 11051, 13028])
      stage.receive(`{"jsonrpc":"2.0","id":3,"error":{"code":${code},"message":"later"}}`);
    expect(stage.replies).toEqual([]);
  });

  it("keeps answers to its own requests to itself, and logs a refused login", () => {
    const stage = new FeedStage();
    stage.receive('{"jsonrpc":"2.0","id":9000001,"result":"ok"}');
    stage.receive('{"jsonrpc":"2.0","id":9000002,"error":{"code":13004,"message":"invalid_credentials"}}');
    expect(stage.replies).toEqual([]);
    expect(stage.errors).toEqual(["the venue refuses the login"]);
  });

  it("asks for the list when the venue tells of instruments, and says so where it does not", () => {
    const stage = new FeedStage();
    stage.notify(
      "instrument.state.any.any",
      '{"timestamp":1553080940000,"state":"created","instrument_name":"BTC-22MAR19"}',
    );
    expect(stage.listRenewals).toEqual([2000]);
    stage.notify("quote.NOBODY", "{}");
    stage.receive('{"jsonrpc":"2.0","id":9000004,"result":["instrument.state.any.any"]}');
    expect([stage.listRenewals.length, stage.warnings]).toEqual([1, []]);
    stage.receive('{"jsonrpc":"2.0","id":9000004,"result":[]}');
    expect(stage.warnings).toEqual([expect.stringContaining("no news of instruments")]);
    expect([stage.replies, stage.sink.rejections]).toEqual([[], []]);
  });

  it("renews a login by its token, and by the secret where that is refused or not answered", async () => {
    const stage = new FeedStage(undefined, { clientId: "id", clientSecret: "hush" });
    const grants = () =>
      stage.sent.map((text) => (JSON.parse(text) as { params: { grant_type?: string } }).params.grant_type);
    const granted = (id: number, token: string) =>
      stage.receive(
        `{"jsonrpc":"2.0","id":${id},"result":{"access_token":"a","refresh_token":"${token}","expires_in":1.0e2}}`,
      );
    const beat = () => stage.receive('{"params":{"type":"heartbeat"},"method":"heartbeat","jsonrpc":"2.0"}');
    const later = async (seconds: number) => {
      await stage.clock.advance(seconds * 1000);
      beat();
      return grants();
    };
    granted(9_000_002, "first");
    expect(await later(79)).toEqual([]);
    expect(await later(1)).toEqual(["refresh_token"]);
    granted(9_000_005, "second");
    expect(await later(79)).toHaveLength(1);
    expect(await later(1)).toHaveLength(2);
    expect(stage.sent[1]).toContain('"refresh_token":"second"');
    stage.receive('{"jsonrpc":"2.0","id":9000005,"error":{"code":13004,"message":"invalid_credentials"}}');
    expect(grants().at(-1)).toBe("client_credentials");
    granted(9_000_002, "third");
    expect((await later(80)).at(-1)).toBe("refresh_token");
    expect(await later(29)).toHaveLength(4);
    expect((await later(1)).slice(4)).toEqual(["client_credentials"]);
    const told = JSON.stringify([stage.warnings, stage.errors, stage.replies]);
    expect(told).not.toMatch(/first|second|third|hush/);
  });

  it("renews nothing of a login that a new connection has made anew", async () => {
    const stage = new FeedStage(undefined, { clientId: "id", clientSecret: "hush" });
    const granted =
      '{"jsonrpc":"2.0","id":9000002,"result":{"access_token":"a","refresh_token":"b","expires_in":100}}';
    stage.receive(granted);
    await stage.clock.advance(500_000);
    stage.receive(granted);
    expect(stage.sent).toEqual([]);
  });

  it("counts what is no JSON, and what is neither notification nor answer", () => {
    const stage = new FeedStage();
    for (const frame of ["", "not json", "[1,2]", "7", '{"jsonrpc":"2.0"}', '{"method":"other"}'])
      stage.receive(frame);
    expect(stage.sink.rejections.map(({ reason }) => reason)).toEqual([
      "not-json",
      "not-json",
      "not-json",
      "not-json",
      "unexpected",
      "unexpected",
    ]);
    stage.notify("trades.NO-SUCH.100ms", "[]");
    expect(stage.sink.rejections).toHaveLength(6);
  });
});

const SYMBOL = "BTC-25DEC26-76000-C";
const CHANNELS = {
  [`trades.${SYMBOL}.100ms`]: `[{"trade_seq":3,"trade_id":"1","timestamp":1616321478553,"price":2.0e-3,"instrument_name":"${SYMBOL}","direction":"sell","amount":1.5,"iv":51.2}]`,
  [`book.${SYMBOL}.100ms`]:
    '{"type":"snapshot","timestamp":1622627433440,"change_id":5,"bids":[["new",0.05,20.0]],"asks":[["new",5.5e-2,1]]}',
  [`quote.${SYMBOL}`]:
    '{"timestamp":1622627433440,"best_bid_price":0.05,"best_bid_amount":2,"best_ask_price":5.5e-2,"best_ask_amount":1}',
  [`ticker.${SYMBOL}.100ms`]:
    '{"underlying_price":2115.89,"underlying_index":"X","timestamp":1617644856302,"stats":{"volume":1},"open_interest":3963.0,"mark_price":0.084155,"mark_iv":78.74,"last_price":0.06,"greeks":{"vega":0.4,"theta":-5.0,"rho":0.1,"gamma":0.001,"delta":0.8},"bid_iv":51.06,"best_bid_price":0.0795,"best_bid_amount":4.0,"best_ask_price":0.0945,"best_ask_amount":5.0,"ask_iv":117.97}',
  [`chart.trades.${SYMBOL}.1`]:
    '{"tick":1654079340000,"open":1.5,"high":2,"low":1,"close":1.5,"volume":1,"cost":1.5}',
};

function stageOfAll(): FeedStage {
  const stage = new FeedStage();
  const [trades, book, quote, ticker, chart] = Object.keys(CHANNELS) as [
    string,
    string,
    string,
    string,
    string,
  ];
  stage.open(trades, SYMBOL, TRADES);
  stage.open(book, SYMBOL, BOOK);
  stage.open(quote, SYMBOL, { dataType: DataType.TopOfBook });
  stage.open(ticker, SYMBOL, { dataType: DataType.OptionTicker });
  stage.open(chart, SYMBOL, { dataType: DataType.Bar, resolution: "1m" });
  return stage;
}

describe("hostile frames", () => {
  it("reads the frames that the others are made of", () => {
    const stage = stageOfAll();
    for (const [channel, data] of Object.entries(CHANNELS)) stage.notify(channel, data);
    expect(stage.sink.rejections).toEqual([]);
    expect([...stage.sink.counts.values()]).toEqual([1, 1, 1, 1, 1]);
  });

  /** The sink of the suite throws for a record that breaks its contract. */
  it("ends in records that keep the contract or in a rejection, never in an exception", async () => {
    const value = fc.constantFrom(
      "null",
      "0",
      "-1",
      "1e30",
      "1e-30",
      "9007199254740993",
      '""',
      '"x"',
      "[]",
      "{}",
      "true",
      "[[]]",
      '["new"]',
    );
    const edit = fc.record({ at: fc.nat(), value });
    const frames = fc.array(
      fc.record({
        channel: fc.constantFrom(...Object.keys(CHANNELS)),
        edits: fc.array(edit, { maxLength: 3 }),
      }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    let outcomes = { records: 0, rejections: 0 };
    fc.assert(
      fc.property(frames, (given) => {
        const stage = stageOfAll();
        for (const { channel, edits } of given) {
          let data = CHANNELS[channel as keyof typeof CHANNELS]!;
          for (const { at, value: put } of edits) {
            // One value of the frame in place of another, wherever it stands.
            const values = [
              ...data.matchAll(/(?<=[:[,])(?:-?[0-9.]+(?:e[+-]?[0-9]+)?|"[^"]*"|\[[^[\]]*\])(?=[,\]}])/g),
            ];
            const chosen = values[at % Math.max(1, values.length)];
            if (chosen)
              data = data.slice(0, chosen.index) + put + data.slice(chosen.index + chosen[0].length);
          }
          stage.notify(channel, data);
        }
        const records = [...stage.sink.counts.values()].reduce((sum, count) => sum + count, 0);
        outcomes = {
          records: outcomes.records + records,
          rejections: outcomes.rejections + stage.sink.rejections.length,
        };
      }),
      { numRuns: 1500 },
    );
    expect(outcomes.records).toBeGreaterThan(500);
    expect(outcomes.rejections).toBeGreaterThan(500);
  });

  it("takes any bytes", () => {
    const whole = Object.entries(CHANNELS).map(
      ([channel, data]) =>
        `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"${channel}","data":${data}}}`,
    );
    const damaged = fc
      .tuple(fc.constantFrom(...whole), fc.nat(), fc.nat({ max: 255 }), fc.nat())
      .map(([text, at, byte, length]) => {
        const bytes = Buffer.from(text);
        bytes[at % bytes.length] = byte;
        return bytes.subarray(0, length % 5 === 0 ? length % bytes.length : bytes.length);
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (frame) => {
        stageOfAll().receive(frame);
      }),
      { numRuns: 1500 },
    );
  });
});

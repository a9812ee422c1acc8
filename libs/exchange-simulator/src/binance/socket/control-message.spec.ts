import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseControlMessage, refusalText } from "./control-message.js";

const code = (text: string) => parseControlMessage(text).refusal?.code;

describe("control messages", () => {
  it("are read with their ids as they came", () => {
    expect(
      parseControlMessage(`{"method":"SUBSCRIBE","params":["btcusdt@aggTrade"],"id":1}`).request,
    ).toEqual({
      method: "SUBSCRIBE",
      streams: ["btcusdt@aggTrade"],
      id: "1",
    });
    const idOf = (id: string) =>
      parseControlMessage(`{"method":"LIST_SUBSCRIPTIONS","id":${id}}`).request?.id;
    expect(idOf("null")).toBe("null");
    expect(idOf(`"abc123"`)).toBe(`"abc123"`);
    expect(idOf("-5")).toBe("-5");
    expect(idOf("9223372036854775807")).toBe("9223372036854775807");
    expect(idOf("9223372036854775808")).toBeUndefined();
    expect(parseControlMessage(`{"method":"LIST_SUBSCRIPTIONS"}`).request?.id).toBe("null");
  });

  it.each([
    ["not json", 3],
    ["", 3],
    ["[]", 2],
    ["null", 2],
    ["7", 2],
    [`{"id":1}`, 2],
    [`{"method":"subscribe","params":[],"id":1}`, 2],
    [`{"method":5,"id":1}`, 2],
    [`{"method":"SUBSCRIBE","id":1}`, 2],
    [`{"method":"SUBSCRIBE","params":"a","id":1}`, 2],
    [`{"method":"SUBSCRIBE","params":[1],"id":1}`, 2],
    [`{"method":"SUBSCRIBE","params":[],"id":1.5}`, 2],
    [`{"method":"SUBSCRIBE","params":[],"id":"${"a".repeat(37)}"}`, 2],
    [`{"method":"SUBSCRIBE","params":[],"id":{}}`, 2],
    [`{"method":"GET_PROPERTY","params":["combined",1],"id":1}`, 2],
    [`{"method":"GET_PROPERTY","params":["colour"],"id":1}`, 0],
    [`{"method":"SET_PROPERTY","params":["combined",1],"id":1}`, 1],
  ])("%s is refused with code %d", (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it("prints errors in both shapes that were seen", () => {
    const { refusal } = parseControlMessage(`{"method":"SUBSCRIBE","params":"a","id":5000001}`);
    expect(refusalText(refusal!, "wire")).toBe(
      `{"error":{"code":2,"msg":"Invalid request: streams must be an array"},"id":5000001}`,
    );
    expect(refusalText(refusal!, "documented")).toBe(
      `{"code":2,"msg":"Invalid request: streams must be an array","id":5000001}`,
    );
  });

  it("answers anything with a request or valid JSON, and never throws", () => {
    const valid = `{"method":"SUBSCRIBE","params":["btcusdt@trade","ethusdt@kline_1m"],"id":123456}`;
    const check = (text: string) => {
      const outcome = parseControlMessage(text);
      if (outcome.refusal) JSON.parse(refusalText(outcome.refusal, "wire"));
      else JSON.parse(`{"id":${outcome.request.id}}`);
    };
    for (let length = 0; length <= valid.length; length++) check(valid.slice(0, length));
    fc.assert(fc.property(fc.string(), check));
    fc.assert(fc.property(fc.json(), check));
    fc.assert(
      fc.property(fc.nat(valid.length - 1), fc.integer({ min: 1, max: 127 }), (at, flip) => {
        check(valid.slice(0, at) + String.fromCharCode(valid.charCodeAt(at) ^ flip) + valid.slice(at + 1));
      }),
    );
    fc.assert(
      fc.property(
        fc.record({ method: fc.anything(), params: fc.anything(), id: fc.anything() }),
        (message) => {
          let text: string | undefined;
          try {
            text = JSON.stringify(message);
          } catch {
            text = undefined;
          }
          if (text !== undefined) check(text);
        },
      ),
    );
  });
});

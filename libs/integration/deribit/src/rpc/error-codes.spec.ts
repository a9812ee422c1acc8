import { describe, expect, it } from "vitest";
import { statusByErrorCode } from "./error-codes.js";

async function statusOf(status: number, body: string): Promise<number> {
  const transport = statusByErrorCode(async () => ({ status, headers: {}, body: Buffer.from(body) }));
  const reply = await transport(new URL("http://venue.invalid"), {}, 1000, new AbortController().signal);
  expect(reply.body.toString()).toBe(body);
  return reply.status;
}

describe("what an error over HTTP is taken for", () => {
  it.each([
    ["a pause", 400, '{"error":{"code":10028,"message":"too_many_requests"}}', 429],
    [
      "a reason to try again",
      400,
      '{"jsonrpc":"2.0","error":{"message":"settlement_in_progress","code":10041}}',
      503,
    ],
    ["the same with its code last", 400, '{"error":{"data":{"reason":"x"},"message":"y","code":13028}}', 503],
    ["final", 400, '{"id":1,"error":{"code":10020,"message":"invalid_instrument"}}', 400],
    [
      "final, where the status says all is well",
      200,
      '{"error":{"code":-32602,"message":"Invalid params"}}',
      400,
    ],
    ["no error", 200, '{"result":{"trades":[]}}', 200],
    ["no error, with the word in a text", 200, '{"result":"\\"error\\":{\\"code\\":10028}"}', 200],
    ["what the status says, without JSON", 502, '<html>"error"', 502],
  ])("%s", async (_what, status, body, expected) => {
    expect(await statusOf(status, body)).toBe(expected);
  });
});

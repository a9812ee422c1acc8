import { v2 } from "@ims/sbe";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TradeInput } from "./trade-input.js";

const time = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1));

describe("the times of a trade", () => {
  it("are those of its fields, the receive time where there is no event time", () => {
    const [values, trade] = [new v2.TradeValues(), new TradeInput()];
    fc.assert(
      fc.property(fc.option(time), time, time, (event, receive, publish) => {
        values.eventTimeNumber = event;
        values.receiveTimeNumber = receive;
        values.publishTimeNumber = publish;
        trade.readTimes(values);
        const { micros, receiveMicros, publishMicros } = trade;
        expect([micros, receiveMicros, publishMicros]).toEqual([event ?? receive, receive, publish]);
      }),
    );
  });

  it.each(["eventTime", "receiveTime", "publishTime"] as const)(
    "are refused where a double does not hold %s",
    (field) => {
      const values = new v2.TradeValues();
      values[`${field}Hi`] = 2 ** 21;
      expect(() => new TradeInput().readTimes(values)).toThrow(
        expect.objectContaining({ code: "sbe.unsafe-integer", message: expect.stringContaining(field) }),
      );
    },
  );
});

import { BarState, DataType, formatMantissa, GapReason, RecordFlags } from "@ims/common";
import type { HttpTransport } from "@ims/integration-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FeedStage } from "../spec-support/feed-stage.js";

const MINUTE = 60_000;
const AT = 1_654_079_340_000;
const CHANNEL = "chart.trades.BTC-PERPETUAL.1";

const bar = (tick: number, close: number, volume = 1) =>
  `{"tick":${tick},"open":100.5,"high":101,"low":100,"close":${close},"volume":${volume},"cost":100.5}`;

/** The answer for bars at these minutes after `AT`, all closed at 100.5. */
function columns(minutes: readonly number[]): string {
  const all = (text: string) => `[${minutes.map(() => text).join(",")}]`;
  const ticks = `[${minutes.map((minute) => AT + minute * MINUTE).join(",")}]`;
  return `{"jsonrpc":"2.0","result":{"ticks":${ticks},"open":${all("100.5")},"high":${all("101")},"low":${all("1.0e2")},"close":${all("100.5")},"volume":${all("3")},"cost":${all("301.5")},"status":"ok"}}`;
}

function answering(body: (url: URL) => string, status = 200) {
  const asked: string[] = [];
  const transport: HttpTransport = async (url) => {
    asked.push(url.searchParams.toString());
    return { status, headers: {}, body: Buffer.from(body(url)) };
  };
  return { asked, transport };
}

function open(transport?: HttpTransport) {
  const stage = new FeedStage(transport);
  const feed = stage.open(CHANNEL, "BTC-PERPETUAL", { dataType: DataType.Bar, resolution: "1m" });
  return {
    stage,
    feed,
    /** A state of the bar of a minute after `AT`, and what it leads to over HTTP. */
    send: async (minute: number, close = 100.5) => {
      stage.notify(CHANNEL, bar(AT + minute * MINUTE, close));
      await stage.clock.advance(50);
    },
    /** `closed 1 100.5 read` for each bar that was passed on. */
    told: () =>
      stage.sink.bars.map(({ close, flags, openMicros, priceScale, state }) => {
        const minute = (openMicros / 1000 - AT) / MINUTE;
        const isRead = (flags & RecordFlags.BackFilled) !== 0;
        return `${state === BarState.Closed ? "closed" : "forming"} ${minute} ${formatMantissa(close, priceScale)}${isRead ? " read" : ""}`;
      }),
    gaps: () =>
      stage.sink.gaps.map(
        ({ fromMicros, missingCount, reason, toMicros }) =>
          `${reason} ${(fromMicros / 1000 - AT) / MINUTE} to ${(toMicros / 1000 - AT) / MINUTE}: ${missingCount}`,
      ),
  };
}

describe("bars", () => {
  it("are closed, as they were sent last, when a later one comes", async () => {
    const { send, stage, told } = open();
    await send(0);
    await send(0, 101);
    await send(1, 100);
    await send(0, 100);
    expect(told()).toEqual(["forming 0 100.5", "forming 0 101.0", "closed 0 101.0", "forming 1 100.0"]);
    expect(stage.sink.gaps).toEqual([]);
  });

  it("are read where one could not be read to its end; the later ones wait", async () => {
    const { asked, transport } = answering(() => columns([0]));
    const { send, stage, told } = open(transport);
    await send(0);
    await send(0, 200);
    await send(1);
    expect(stage.sink.rejections).toMatchObject([{ detail: "open or close is beyond high and low" }]);
    expect(told()).toEqual(["forming 0 100.5", "closed 0 100.5 read", "forming 1 100.5"]);
    expect(stage.sink.gaps).toEqual([]);
    expect(asked).toEqual([
      `instrument_name=BTC-PERPETUAL&start_timestamp=${AT}&end_timestamp=${AT + MINUTE - 1}&resolution=1`,
    ]);
  });

  it("are read where one is stepped over, or ended while the connection was down", async () => {
    const { transport } = answering(({ searchParams }) => {
      const first = (Number(searchParams.get("start_timestamp")) - AT) / MINUTE;
      const end = (Number(searchParams.get("end_timestamp")) + 1 - AT) / MINUTE;
      return columns(Array.from({ length: end - first }, (_, at) => first + at));
    });
    const { feed, send, stage, told } = open(transport);
    await send(0);
    await send(3);
    feed.interrupted?.();
    await send(3, 101);
    await send(4, 101);
    feed.interrupted?.();
    await send(5, 101);
    expect(told()).toEqual([
      "forming 0 100.5",
      "closed 0 100.5",
      "closed 1 100.5 read",
      "closed 2 100.5 read",
      "forming 3 100.5",
      "forming 3 101.0",
      "closed 3 101.0",
      "forming 4 101.0",
      "closed 4 100.5 read",
      "forming 5 101.0",
    ]);
    expect(stage.sink.gaps).toEqual([]);
    expect(stage.sink.bars[2]).toMatchObject({ eventMicros: (AT + 2 * MINUTE) * 1000 - 1000, volume: 3n });
  });

  it("are a Gap where the venue has them no more, and only those", async () => {
    const { transport } = answering(() => columns([2, 3]));
    const { gaps, send, told } = open(transport);
    await send(0);
    await send(6);
    expect(told().slice(1)).toEqual([
      "closed 0 100.5",
      "closed 2 100.5 read",
      "closed 3 100.5 read",
      "forming 6 100.5",
    ]);
    expect(gaps()).toEqual([
      `${GapReason.SequenceBroken} 1 to 2: 1`,
      `${GapReason.SequenceBroken} 4 to 6: 2`,
    ]);
  });

  it("are a Gap where the venue refuses for good", async () => {
    const refusal = '{"jsonrpc":"2.0","error":{"code":10020,"message":"invalid_instrument"}}';
    const { asked, transport } = answering(() => refusal, 400);
    const { gaps, send } = open(transport);
    await send(0);
    await send(2);
    expect([asked.length, gaps().length]).toEqual([1, 1]);
  });

  it("wait for a bounded time while the venue cannot answer, also over a second loss", async () => {
    const { feed, gaps, send, stage, told } = open();
    await send(0);
    await send(2);
    await send(3);
    feed.interrupted?.();
    await send(5);
    expect(told()).toEqual(["forming 0 100.5", "closed 0 100.5"]);
    feed.check?.(stage.clock.monotonicMillis() + 9000);
    expect(gaps()).toEqual([]);
    await stage.clock.advance(10_000);
    feed.check?.(stage.clock.monotonicMillis());
    expect(told().slice(2)).toEqual(["forming 2 100.5", "closed 2 100.5", "forming 3 100.5"]);
    await stage.clock.advance(10_000);
    feed.check?.(stage.clock.monotonicMillis());
    expect(told().slice(5)).toEqual(["forming 5 100.5"]);
    expect(gaps()).toEqual([
      `${GapReason.SequenceBroken} 1 to 2: 1`,
      `${GapReason.ConnectionLost} 3 to 5: 2`,
    ]);
    await stage.close();
  });

  it("wait in a bounded number", async () => {
    const { gaps, send, stage, told } = open();
    await send(0);
    for (let minute = 2; minute < 70; minute++) await send(minute);
    expect([gaps().length, told().at(-1)]).toEqual([1, "forming 69 100.5"]);
    await stage.close();
  });

  it("are passed on when the feed ends, and what was not read is a Gap", async () => {
    const { gaps, send, stage, told } = open();
    await send(0);
    await send(2);
    await stage.close();
    expect([told().at(-1), gaps().length]).toEqual(["forming 2 100.5", 1]);
  });

  it("are each closed once and in order or within a Gap, whatever is lost and whatever can be read", async () => {
    const step = fc.record({
      minutes: fc.integer({ min: 0, max: 3 }),
      lost: fc.boolean(),
      has: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        let has = true;
        const { transport } = answering(({ searchParams }) => {
          const first = (Number(searchParams.get("start_timestamp")) - AT) / MINUTE;
          return columns(has ? [first] : []);
        });
        const { feed, send, stage, told } = open(transport);
        let minute = 0;
        await send(minute);
        for (const each of steps) {
          has = each.has;
          if (each.lost) feed.interrupted?.();
          minute += each.minutes;
          await send(minute);
        }
        await stage.close();
        const closed = told().flatMap((text) =>
          text.startsWith("closed") ? [Number(text.split(" ")[1])] : [],
        );
        const inGaps = stage.sink.gaps.flatMap(({ fromMicros, missingCount }) => {
          const first = (fromMicros / 1000 - AT) / MINUTE;
          return Array.from({ length: missingCount }, (_, at) => first + at);
        });
        expect(closed).toEqual([...closed].sort((left, right) => left - right));
        const all = [...closed, ...inGaps].sort((left, right) => left - right);
        expect(all).toEqual(Array.from({ length: minute }, (_, at) => at));
      }),
    );
  });
});

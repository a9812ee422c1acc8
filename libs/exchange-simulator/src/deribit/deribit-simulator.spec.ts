import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type DeribitSimulator, startDeribitSimulator } from "./deribit-simulator.js";

interface Frame {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number };
  readonly params?: { readonly channel?: string; readonly data: never };
}

const BOOK = "book.BTC-PERPETUAL.100ms";
const TRADES = "trades.BTC-PERPETUAL.100ms";

let simulator: DeribitSimulator;
let frames: string[];
let socket: WebSocket;

beforeEach(async () => {
  simulator = await startDeribitSimulator({ seed: 5, login: { clientId: "reader", clientSecret: "sesame" } });
  frames = [];
  socket = new WebSocket(simulator.wsUrl);
  socket.on("message", (bytes: Buffer) => void frames.push(bytes.toString()));
  await once(socket, "open");
});

afterEach(() => simulator.close());

function send(method: string, params: object, id = 1): void {
  socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
}

/** The first frame that a check takes, of those that came and those to come. */
async function first(isWanted: (frame: Frame) => boolean): Promise<Frame> {
  for (let at = 0; ; at++) {
    while (at >= frames.length) await once(socket, "message");
    const frame = parse(frames[at]!);
    if (frame && isWanted(frame)) return frame;
  }
}

function parse(text: string): Frame | undefined {
  try {
    return JSON.parse(text) as Frame;
  } catch {
    return undefined;
  }
}

async function ask(
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly answer: Frame }> {
  const init = body && { method: "POST", body: JSON.stringify(body) };
  const reply = await fetch(`${simulator.restUrl}/${path}`, init);
  return { status: reply.status, answer: (await reply.json()) as Frame };
}

describe("Deribit behind a port", () => {
  it("lists over HTTP the trades of its channels, to GET and POST alike", async () => {
    send("public/subscribe", { channels: [TRADES] });
    const { params } = await first(({ params }) => params?.channel === TRADES);
    const trade = (params!.data as { trade_seq: number; price: number }[])[0]!;
    const range = { instrument_name: "BTC-PERPETUAL", start_seq: trade.trade_seq, end_seq: trade.trade_seq };
    const method = "public/get_last_trades_by_instrument";
    const query = `instrument_name=BTC-PERPETUAL&start_seq=${trade.trade_seq}&end_seq=${trade.trade_seq}`;
    const got = await ask(`${method}?${query}`);
    const posted = await ask("", { jsonrpc: "2.0", id: 3, method, params: range });
    expect(got.answer.result).toMatchObject({ trades: [{ price: trade.price }] });
    expect(posted.answer.result).toEqual(got.answer.result);
    expect(simulator.truth.trades("BTC-PERPETUAL", 1, 9999).map(({ seq }) => seq)).toContain(trade.trade_seq);
  });

  it("refuses what it does not know, in the venue's words", async () => {
    expect(await ask("public/nothing?instrument_name=BTC-PERPETUAL")).toMatchObject({
      status: 400,
      answer: { error: { code: -32601 } },
    });
    const reply = await fetch(simulator.restUrl, { method: "POST", body: "no json" });
    expect([reply.status, ((await reply.json()) as Frame).error?.code]).toEqual([400, -32602]);
    send("public/subscribe", { channels: ["chart.trades.BTC-PERPETUAL.7", "book.X.100ms", "quote.ETH_BTC"] });
    expect((await first(({ id }) => id === 1)).result).toEqual(["quote.ETH_BTC"]);
  });

  it("gives raw channels to a login alone", async () => {
    send("public/subscribe", { channels: ["book.BTC-PERPETUAL.raw"] }, 1);
    expect((await first(({ id }) => id === 1)).error?.code).toBe(13778);
    send("public/auth", { client_id: "reader", client_secret: "sesame" }, 2);
    send("public/subscribe", { channels: ["book.BTC-PERPETUAL.raw"] }, 3);
    expect((await first(({ id }) => id === 3)).result).toEqual(["book.BTC-PERPETUAL.raw"]);
  });

  it("breaks the chain of a book that loses a notification, and only once", async () => {
    send("public/subscribe", { channels: [BOOK] });
    await first(({ params }) => params?.channel === BOOK);
    simulator.inject({ fault: "drop", channel: "book.BTC-", count: 1 });
    type Change = { readonly prev_change_id?: number; readonly change_id: number };
    const changes = () =>
      frames
        .map(parse)
        .flatMap((frame) => (frame?.params?.channel === BOOK ? [frame.params.data as Change] : []));
    const breaks = () =>
      changes().filter(({ prev_change_id: before }, at) => at > 0 && before !== changes()[at - 1]!.change_id);
    while (breaks().length === 0) await once(socket, "message");
    const seen = changes().length;
    while (changes().length < seen + 3) await once(socket, "message");
    expect(breaks()).toHaveLength(1);
  });

  it("breaks frames off, repeats them, goes silent, omits, is busy, and cuts", async () => {
    send("public/subscribe", { channels: [BOOK] });
    await first(({ params }) => params?.channel === BOOK);
    simulator.inject({ fault: "malform", channel: BOOK, count: 1 });
    while (frames.every((text) => parse(text))) await once(socket, "message");
    simulator.inject({ fault: "duplicate", channel: BOOK, count: 1 });
    while (new Set(frames).size === frames.length) await once(socket, "message");
    simulator.inject({ fault: "mute", channel: "book." });
    simulator.inject({ fault: "omit", channel: "quote." });
    simulator.inject({ fault: "busy", count: 1 });
    const before = frames.length;
    send("public/subscribe", { channels: [TRADES] }, 8);
    expect((await first(({ id }) => id === 8)).error?.code).toBe(13028);
    send("public/subscribe", { channels: ["quote.BTC-PERPETUAL", TRADES] }, 9);
    expect((await first(({ id }) => id === 9)).result).toEqual([TRADES]);
    await first(({ params }) => params?.channel === TRADES);
    expect(frames.slice(before).some((text) => text.includes(`"${BOOK}"`))).toBe(false);
    const closed = once(socket, "close");
    simulator.inject({ fault: "cut" });
    expect((await closed)[0]).toBe(1006);
    expect(simulator.truth.connectionCount).toBe(0);
  });

  it("answers errors over HTTP for a while", async () => {
    simulator.inject({ fault: "refuse-rest", code: 10028, forMillis: 60_000 });
    expect((await ask("public/test")).answer.error?.code).toBe(10028);
  });

  it("closes while an answer is held back", async () => {
    simulator.inject({ fault: "slow-rest", millis: 3_600_000, forMillis: 60_000 });
    const answer = ask("public/test").catch(() => "broken off");
    await expect.poll(() => simulator.truth.counters.held).toBe(1);
    await simulator.close();
    expect(await answer).toBe("broken off");
  });
});

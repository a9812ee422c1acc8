import { once } from "node:events";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type BitstampSimulator, startBitstampSimulator } from "./bitstamp-simulator.js";

let simulator: BitstampSimulator;

beforeEach(async () => {
  simulator = await startBitstampSimulator({ tradesPerSecond: 50 });
});

afterEach(() => simulator.close());

it("speaks over real sockets: trades of the stream are listed by REST", async () => {
  const socket = new WebSocket(simulator.wsUrl);
  await once(socket, "open");
  socket.send('{"event":"bts:subscribe","data":{"channel":"live_trades_btcusd"}}');
  const trade = await new Promise<{ readonly id: number; readonly price_str: string }>((resolve) => {
    socket.on("message", (bytes: Buffer) => {
      const { data, event } = JSON.parse(bytes.toString()) as { data: never; event: string };
      if (event === "trade") resolve(data);
    });
  });
  const answer = await fetch(`${simulator.restUrl}/api/v2/transactions/btcusd/?time=minute`);
  const rows = (await answer.json()) as { readonly tid: string; readonly price: string }[];
  expect(rows.find(({ tid }) => tid === String(trade.id))?.price).toBe(trade.price_str);
  expect((await fetch(`${simulator.restUrl}/nothing`)).status).toBe(404);
  const closed = once(socket, "close");
  simulator.inject({ fault: "cut" });
  expect((await closed)[0]).toBe(1006);
});

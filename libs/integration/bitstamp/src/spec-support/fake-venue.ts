import { DataType, SimulatedClock, sleep } from "@ims/common";
import type { HttpTransport, SocketConnector, SocketWireEvents } from "@ims/integration-kit";
import type { VenueStage, VenueTrade } from "@ims/testkit";
import { createBitstampIntegration } from "../index.js";

interface Line {
  readonly events: SocketWireEvents;
  readonly channels: Set<string>;
  isOpen: boolean;
  isPaused: boolean;
  isOver: boolean;
  held: string[];
}

const SYMBOLS = ["BTC-USD", "ETH-USD"] as const;
const TRADE_MILLIS = 300;
const LATENCY_MILLIS = 15;

/** The venue's side of the protocol, within the process and on simulated time. It trades by itself. */
export class FakeVenue {
  readonly clock = new SimulatedClock();
  readonly #lines = new Set<Line>();
  readonly #trades = new Map<string, (VenueTrade & { readonly time: number })[]>();
  #timer = this.clock.setTimer(TRADE_MILLIS, () => this.#tick());

  /** As the suite for plugins wants it. */
  stage(): VenueStage {
    const venue = this;
    return {
      clock: this.clock,
      symbols: SYMBOLS,
      unknownSymbol: "NO-SUCH",
      flowing: [DataType.Trade],
      create: createBitstampIntegration({ dial: this.dial, transport: this.transport }),
      lastTradeId: (symbol) => this.#trades.get(symbol)?.length ?? 0,
      trades: (symbol, fromId, toId) => this.#trades.get(symbol)?.slice(fromId - 1, toId) ?? [],
      cutConnections: () => {
        for (const line of this.#lines) this.#end(line);
      },
      get connectionCount() {
        return venue.#lines.size;
      },
      close: async () => {
        this.#timer.cancel();
        for (const line of this.#lines) this.#end(line);
        await this.clock.advance(0);
      },
    };
  }

  readonly dial: SocketConnector = (_url, _frameBytesMax, events) => {
    const line: Line = {
      events,
      channels: new Set(),
      isOpen: false,
      isPaused: false,
      isOver: false,
      held: [],
    };
    this.#lines.add(line);
    const opening = this.clock.setTimer(LATENCY_MILLIS, () => {
      line.isOpen = true;
      events.onOpen();
    });
    return {
      get isOpen() {
        return line.isOpen && !line.isOver;
      },
      get isPaused() {
        return line.isPaused;
      },
      send: (text) => void this.clock.setTimer(LATENCY_MILLIS, () => this.#control(line, text)),
      ping: () => void this.clock.setTimer(LATENCY_MILLIS, () => !line.isOver && events.onSign()),
      pause: () => {
        line.isPaused = true;
      },
      resume: () => {
        line.isPaused = false;
        for (const text of line.held.splice(0)) this.#push(line, text);
      },
      terminate: () => {
        opening.cancel();
        this.#end(line);
      },
    };
  };

  readonly transport: HttpTransport = async (url, _headers, _bytesMax, signal) => {
    await sleep(this.clock, LATENCY_MILLIS, signal);
    const body = url.pathname === "/trades" ? this.#listed(url.searchParams) : SYMBOLS.map(instrumentRow);
    return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) };
  };

  #listed(query: URLSearchParams): unknown[] {
    const trades = this.#trades.get(query.get("symbol") ?? "") ?? [];
    const from = Number(query.get("from"));
    return trades.slice(from - 1, from - 1 + Number(query.get("limit"))).map(tradeRow);
  }

  #tick(): void {
    for (const symbol of SYMBOLS) {
      const trades = this.#trades.get(symbol) ?? [];
      this.#trades.set(symbol, trades);
      const tradeId = trades.length + 1;
      const trade = {
        tradeId,
        price: (60_000 + ((tradeId * 37) % 1000) / 100).toFixed(2),
        quantity: (0.001 * (1 + (tradeId % 50))).toFixed(8),
        time: this.clock.nowMicros(),
      };
      trades.push(trade);
      const channel = `trades.${symbol}`;
      for (const line of this.#lines) {
        if (line.channels.has(channel))
          this.#push(line, JSON.stringify({ channel, trades: [tradeRow(trade)] }));
      }
    }
    this.#timer = this.clock.setTimer(TRADE_MILLIS, () => this.#tick());
  }

  #control(line: Line, text: string): void {
    if (line.isOver) return;
    const { channels, id, op } = JSON.parse(text) as { channels: string[]; id: number; op: string };
    const accepted = channels.filter((channel) => SYMBOLS.some((symbol) => channel === `trades.${symbol}`));
    for (const channel of accepted) {
      if (op === "subscribe") line.channels.add(channel);
      else line.channels.delete(channel);
    }
    this.#push(line, JSON.stringify({ id, accepted }));
  }

  #push(line: Line, text: string): void {
    if (line.isOver) return;
    if (line.isPaused) line.held.push(text);
    else line.events.onMessage(Buffer.from(text));
  }

  #end(line: Line): void {
    if (line.isOver) return;
    line.isOver = true;
    this.#lines.delete(line);
    this.clock.setTimer(0, () => line.events.onClosed(1006));
  }
}

function instrumentRow(symbol: string): object {
  return { symbol, price_step: "0.01", amount_step: "0.00000001", status: "open" };
}

function tradeRow({ price, quantity, time, tradeId }: VenueTrade & { readonly time: number }): object {
  return { id: tradeId, price, amount: quantity, side: tradeId % 2 === 0 ? "buy" : "sell", time };
}

import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { EventQueue } from "./event-queue.js";

export interface ControlMessage {
  readonly method: string;
  readonly params: readonly string[];
  readonly id: number;
}

/** One accepted connection of {@link FakeBinance}. */
export interface FakePeer {
  readonly path: string;
  readonly socket: WebSocket;
  readonly controls: EventQueue<ControlMessage>;
  readonly closed: Promise<unknown>;
  send(frame: object | string): void;
}

/** REST and streams on one local port. It answers exchangeInfo; what else it does the test says. */
export class FakeBinance {
  readonly peers = new EventQueue<FakePeer>();
  readonly requests = new EventQueue<string>();
  /** Whether control messages are acknowledged. */
  acknowledges = true;
  exchangeInfo: unknown = { symbols: [] };
  exchangeInfoStatus = 200;
  /** The venue's trades, oldest first, as `historicalTrades` and `aggTrades` list them. */
  readonly tradeRows: { readonly id: number; readonly [key: string]: unknown }[] = [];
  /** The venue's klines, oldest first. */
  readonly klineRows: (readonly [openMillis: number, ...rest: unknown[]])[] = [];
  /** Time of the last trade of any symbol, as REST tells it. */
  lastTradeMillis = 0;
  /** Body of `depth`. */
  depthSnapshot: object = { lastUpdateId: 100, bids: [["1.00", "5"]], asks: [["1.50", "7"]] };
  readonly otherRequests = new EventQueue<string>();

  private constructor(
    private readonly server: http.Server,
    private readonly sockets: WebSocketServer,
  ) {
    server.on("request", (request, response) => {
      const answer = this.#answer(new URL(request.url ?? "", "http://venue"));
      if (answer !== undefined) {
        response.writeHead(200).end(JSON.stringify(answer));
        return;
      }
      response.writeHead(this.exchangeInfoStatus).end(JSON.stringify(this.exchangeInfo));
      this.requests.push(request.url ?? "");
    });
    sockets.on("connection", (socket, request) => this.#accept(socket, request.url ?? ""));
  }

  static async start(options: { autoPong?: boolean } = {}): Promise<FakeBinance> {
    const server = http.createServer();
    const sockets = new WebSocketServer({ server, ...options });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FakeBinance(server, sockets);
  }

  get restUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get wsUrl(): string {
    return this.restUrl.replace("http", "ws");
  }

  get clientCount(): number {
    return this.sockets.clients.size;
  }

  async close(): Promise<void> {
    for (const client of this.sockets.clients) client.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Undefined: it is asked for exchangeInfo. */
  #answer(url: URL): unknown {
    const { pathname, searchParams } = url;
    if (pathname.endsWith("/exchangeInfo")) return undefined;
    if (pathname.endsWith("/time")) return { serverTime: 1_700_000_000_000 };
    this.otherRequests.push(`${pathname}${url.search}`);
    const limit = Number(searchParams.get("limit") ?? 500);
    if (pathname.endsWith("/klines")) {
      const [start, end] = [Number(searchParams.get("startTime")), Number(searchParams.get("endTime"))];
      return this.klineRows.filter(([open]) => open >= start && open <= end).slice(0, limit);
    }
    if (pathname.endsWith("/depth")) return this.depthSnapshot;
    if (limit === 1) return [{ T: this.lastTradeMillis, time: this.lastTradeMillis }];
    const fromId = Number(searchParams.get("fromId") ?? 0);
    return this.tradeRows.filter(({ id }) => id >= fromId).slice(0, limit);
  }

  #accept(socket: WebSocket, path: string): void {
    const controls = new EventQueue<ControlMessage>();
    socket.on("error", () => {});
    socket.on("message", (data) => {
      const control = JSON.parse(data.toString()) as ControlMessage;
      if (this.acknowledges) socket.send(JSON.stringify({ result: null, id: control.id }));
      controls.push(control);
    });
    this.peers.push({
      path,
      socket,
      controls,
      closed: once(socket, "close"),
      send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    });
  }
}

/** A row as the spot and USD-M lists have them, or with `contractStatus` as COIN-M. */
export function listedRow(symbol: string, fields: object = {}): object {
  return {
    symbol,
    status: "TRADING",
    contractStatus: "TRADING",
    contractType: "PERPETUAL",
    contractSize: 100,
    deliveryDate: 4133404800000,
    baseAsset: symbol.slice(0, 3),
    quoteAsset: symbol.slice(3),
    marginAsset: symbol.slice(3),
    filters: [
      { filterType: "PRICE_FILTER", tickSize: "0.01000000" },
      { filterType: "LOT_SIZE", stepSize: "0.00001000" },
    ],
    ...fields,
  };
}

export function tradeFrame(symbol: string, tradeId: number, price = "100.50000000"): object {
  return {
    stream: `${symbol.toLowerCase()}@trade`,
    data: {
      e: "trade",
      E: 1723161255343,
      s: symbol,
      t: tradeId,
      p: price,
      q: "0.5",
      T: 1723161255342,
      m: true,
      M: true,
    },
  };
}

/** A row of `historicalTrades`, of the same trade as {@link tradeFrame}. */
export function tradeRow(id: number): { id: number; [key: string]: unknown } {
  return { id, price: "100.50000000", qty: "0.5", time: 1723161255342, isBuyerMaker: true };
}

/** When the first bar of {@link klineFrame} opens. */
export const BAR_MICROS = 1723161240000_000;

/** A bar of a minute, the first one or one so many minutes later. */
export function klineFrame(symbol: string, interval: string, closed = false, minutes = 0): object {
  const open = BAR_MICROS / 1000 + minutes * 60_000;
  const times = { t: open, T: open + 59_999 };
  const prices = { o: "1.0", h: "3.00", l: "0.5", c: "2.25" };
  const k = {
    ...times,
    s: symbol,
    i: interval,
    ...prices,
    v: "10",
    n: 4,
    x: closed,
    q: "20.5",
    V: "5",
    Q: "10",
  };
  return {
    stream: `${symbol.toLowerCase()}@kline_${interval}`,
    data: { e: "kline", E: 1723161255343 + minutes * 60_000, s: symbol, k },
  };
}

/** A row of `klines`: the bar of {@link klineFrame}, closed. */
export function klineRow(minutes: number): [number, ...unknown[]] {
  const open = BAR_MICROS / 1000 + minutes * 60_000;
  return [open, "1.0", "3.00", "0.5", "2.25", "10", open + 59_999, "20.5", 4, "5", "10", "0"];
}

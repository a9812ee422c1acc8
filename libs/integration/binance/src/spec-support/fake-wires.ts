import type { Clock } from "@ims/common";
import type { HttpTransport, SocketConnector, SocketWireEvents } from "@ims/integration-kit";
import { listedRow } from "./fake-binance.js";

interface Wire {
  readonly events: SocketWireEvents;
  readonly streams: Set<string>;
  readonly path: string;
  /** Copies arrive so much later than they were sent. */
  readonly latencyMillis: number;
  readonly openedAtMillis: number;
  /** Frames under way, oldest first. */
  readonly queue: { readonly atMillis: number; readonly frame: Uint8Array }[];
  open: boolean;
  over: boolean;
}

export interface FakeWiresOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly symbols: readonly string[];
  readonly connectionLifeMillis: number;
}

const encoder = new TextEncoder();

/**
 * A venue within the process, on simulated time: sockets with different latencies, subscriptions that begin in the
 * middle of traffic, trades with consecutive ids that can be read again. It closes connections at their age.
 */
export class FakeWires {
  readonly wires = new Set<Wire>();
  readonly lastIds = new Map<string, number>();
  dialCount = 0;
  /** Largest number of control messages of one connection within a second. */
  busiestSecond = 0;
  requestCount = 0;
  #controlTimes = new Map<Wire, number[]>();

  constructor(private readonly options: FakeWiresOptions) {}

  readonly dial: SocketConnector = (url, _frameBytesMax, events) => {
    const { clock, random } = this.options;
    this.dialCount++;
    const wire: Wire = {
      events,
      streams: new Set(),
      path: new URL(url).pathname,
      latencyMillis: 1 + Math.floor(random() * 200),
      openedAtMillis: clock.monotonicMillis(),
      queue: [],
      open: false,
      over: false,
    };
    this.wires.add(wire);
    const opening = clock.setTimer(1 + random() * 300, () => {
      wire.open = true;
      events.onOpen();
    });
    return {
      get isOpen() {
        return wire.open && !wire.over;
      },
      isPaused: false,
      send: (text) => this.#control(wire, text),
      ping: () => {
        if (!wire.over) queueMicrotask(() => events.onSign());
      },
      pause: () => {},
      resume: () => {},
      terminate: () => {
        opening.cancel();
        this.end(wire);
      },
    };
  };

  readonly transport: HttpTransport = async (url) => {
    this.requestCount++;
    const { clock, symbols } = this.options;
    const { pathname, searchParams } = url;
    const reply = (body: unknown) => ({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) });
    if (pathname.endsWith("/exchangeInfo")) return reply({ symbols: symbols.map((name) => listedRow(name)) });
    if (pathname.endsWith("/time")) return reply({ serverTime: Math.round(clock.nowMicros() / 1000) });
    const symbol = searchParams.get("symbol")!;
    const last = this.lastIds.get(symbol) ?? 0;
    const limit = Number(searchParams.get("limit"));
    const from = Number(searchParams.get("fromId") ?? Math.max(1, last - limit + 1));
    const rows = [];
    for (let id = from; id <= last && rows.length < limit; id++) {
      rows.push({ id, a: id, f: id, l: id, price: "1.5", p: "1.5", qty: "2", q: "2", time: 1, T: 1 });
    }
    return reply(rows.map((row) => ({ ...row, isBuyerMaker: true, m: true })));
  };

  /** One more trade of the symbol, on every connection that carries it. */
  trade(symbol: string): void {
    const id = (this.lastIds.get(symbol) ?? 0) + 1;
    this.lastIds.set(symbol, id);
    const stream = `${symbol.toLowerCase()}@trade`;
    const now = Math.round(this.options.clock.nowMicros() / 1000);
    const data = { e: "trade", E: now, s: symbol, t: id, p: "1.5", q: "2", T: now, m: true, M: true };
    const frame = encoder.encode(JSON.stringify({ stream, data }));
    for (const wire of this.wires) if (wire.streams.has(stream)) this.#send(wire, frame);
  }

  /** Sends a frame on every open connection. */
  broadcast(record: object): void {
    const frame = encoder.encode(JSON.stringify(record));
    for (const wire of this.wires) if (wire.open) this.#send(wire, frame);
  }

  /** Closes what has reached its age. */
  closeOld(): void {
    const nowMillis = this.options.clock.monotonicMillis();
    for (const wire of [...this.wires]) {
      if (nowMillis - wire.openedAtMillis >= this.options.connectionLifeMillis) this.end(wire);
    }
  }

  /** What is under way on it is lost. */
  end(wire: Wire): void {
    if (wire.over) return;
    wire.over = true;
    wire.queue.length = 0;
    this.wires.delete(wire);
    this.#controlTimes.delete(wire);
    queueMicrotask(() => wire.events.onClosed(1006));
  }

  #control(wire: Wire, text: string): void {
    const { clock } = this.options;
    const nowMillis = clock.monotonicMillis();
    const times = (this.#controlTimes.get(wire) ?? []).filter((at) => at > nowMillis - 1000);
    times.push(nowMillis);
    this.#controlTimes.set(wire, times);
    this.busiestSecond = Math.max(this.busiestSecond, times.length);
    const { id, method, params } = JSON.parse(text) as { id: number; method: string; params: string[] };
    for (const stream of params) {
      if (method === "SUBSCRIBE") wire.streams.add(stream);
      else wire.streams.delete(stream);
    }
    this.#send(wire, encoder.encode(JSON.stringify({ result: null, id })));
  }

  /** In order: nothing overtakes on one connection. */
  #send(wire: Wire, frame: Uint8Array): void {
    const { clock } = this.options;
    wire.queue.push({ atMillis: clock.monotonicMillis() + wire.latencyMillis, frame });
    if (wire.queue.length === 1) this.#deliverLater(wire);
  }

  #deliverLater(wire: Wire): void {
    const { clock } = this.options;
    clock.setTimer(wire.queue[0]!.atMillis - clock.monotonicMillis(), () => {
      while (wire.queue[0] && wire.queue[0].atMillis <= clock.monotonicMillis()) {
        wire.events.onMessage(wire.queue.shift()!.frame);
      }
      if (wire.queue.length > 0) this.#deliverLater(wire);
    });
  }
}

import type { SimulatedClock } from "@ims/common";
import type { VenueSocket } from "../binance/in-process/in-process-socket.js";
import type { InProcessBitstamp } from "../bitstamp/open-bitstamp-venue.js";

/** `data` of a message of `live_orders`; undefined is what those of 2023 leave out. */
export interface OrderData {
  readonly id: number;
  readonly id_str: string;
  readonly order_type: 0 | 1;
  readonly order_subtype?: number;
  readonly datetime: string;
  readonly microtimestamp: string;
  readonly amount: number;
  readonly amount_str: string;
  readonly amount_traded: string;
  readonly amount_at_create: string;
  readonly price: number;
  readonly price_str: string;
  readonly is_liquidation?: boolean;
}

export interface OrderFrame {
  readonly data: OrderData;
  readonly channel: string;
  readonly event: "order_created" | "order_changed" | "order_deleted";
  readonly event_id: string;
  readonly pre_event_id: string;
  readonly order_source?: string;
}

export interface TradeData {
  readonly id: number;
  readonly amount_str: string;
  readonly price_str: string;
  readonly type: 0 | 1;
  readonly microtimestamp: string;
  readonly buy_order_id: number;
  readonly sell_order_id: number;
}

/** A book of REST or of a channel: rows of price and amount, and of single orders the id. */
export interface BookData {
  readonly timestamp: string;
  readonly microtimestamp: string;
  readonly bids: readonly (readonly string[])[];
  readonly asks: readonly (readonly string[])[];
}

/** A client of a simulated Bitstamp that keeps every frame, for tests. */
export class BitstampClient {
  readonly texts: string[] = [];
  readonly #socket: VenueSocket;

  constructor(
    private readonly venue: InProcessBitstamp,
    private readonly clock: SimulatedClock,
  ) {
    this.#socket = venue.dial("wss://ws.bitstamp.net", 1 << 20, {
      onOpen() {},
      onMessage: (bytes) => this.texts.push(Buffer.from(bytes).toString()),
      onSign() {},
      onError() {},
      onRefused() {},
      onClosed() {},
    });
  }

  async subscribe(...channels: readonly string[]): Promise<void> {
    await this.clock.advance(0);
    for (const channel of channels)
      this.#socket.send(JSON.stringify({ event: "bts:subscribe", data: { channel } }));
    await this.clock.advance(0);
  }

  /** A book of REST. @param group 0, 1 or 2, as the venue counts them */
  async book(symbol: string, group: number): Promise<BookData> {
    const { body } = await this.venue.request("GET", `/api/v2/order_book/${symbol}/?group=${group}`);
    return JSON.parse(body) as BookData;
  }

  /** The messages of `live_orders` in the order in which they came. */
  orders(symbol: string): OrderFrame[] {
    return this.#of<OrderFrame>(`live_orders_${symbol}`).filter(({ event }) => event.startsWith("order_"));
  }

  trades(symbol: string): TradeData[] {
    return this.#of<{ data: TradeData; event: string }>(`live_trades_${symbol}`)
      .filter(({ event }) => event === "trade")
      .map(({ data }) => data);
  }

  /** The frames of a channel of books. */
  books(channel: string): BookData[] {
    return this.#of<{ data: BookData; event: string }>(channel)
      .filter(({ event }) => event === "data")
      .map(({ data }) => data);
  }

  /** Frames that can be read as JSON. */
  #of<Frame>(channel: string): Frame[] {
    return this.texts
      .filter((text) => text.includes(`"channel":"${channel}"`))
      .flatMap((text) => {
        try {
          return [JSON.parse(text) as Frame];
        } catch {
          return [];
        }
      });
  }
}

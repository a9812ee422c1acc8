import type { Instrument } from "@ims/common";
import type { BarFields, MarketDataSink, RejectedFrame, TradeFields } from "@ims/traits";
import { EventQueue } from "./event-queue.js";

/** A trade as it was at the call; the fields themselves are reused. */
export interface SeenTrade extends Omit<TradeFields, "price" | "quantity"> {
  readonly price: readonly [mantissa: bigint, scale: number];
  readonly quantity: readonly [mantissa: bigint, scale: number];
}

/** A sink that keeps everything, with copies, and lets a test wait for each. */
export class RecordingSink implements MarketDataSink {
  readonly registered: Instrument[] = [];
  readonly trades = new EventQueue<SeenTrade>();
  readonly bars = new EventQueue<BarFields>();
  readonly rejections = new EventQueue<RejectedFrame>();
  accepting = true;
  readonly #ids = new Map<string, number>();
  #resume: (() => void)[] = [];

  register(instrument: Instrument): number {
    this.registered.push(instrument);
    const id = this.#ids.get(instrument.symbol) ?? this.#ids.size + 1;
    this.#ids.set(instrument.symbol, id);
    return id;
  }

  trade(trade: TradeFields): void {
    this.trades.push(copyTrade(trade));
  }

  bar(bar: BarFields): void {
    this.bars.push({ ...bar });
  }

  rejected(frame: RejectedFrame): void {
    this.rejections.push(frame);
  }

  whenAccepting(): Promise<void> {
    if (this.accepting) return Promise.resolve();
    return new Promise((resolve) => this.#resume.push(resolve));
  }

  /** The sink has room again. */
  accept(): void {
    this.accepting = true;
    for (const resume of this.#resume.splice(0)) resume();
  }
}

export function copyTrade(trade: TradeFields): SeenTrade {
  return {
    ...trade,
    price: [trade.price.toBigInt(), trade.price.scale],
    quantity: [trade.quantity.toBigInt(), trade.quantity.scale],
  };
}

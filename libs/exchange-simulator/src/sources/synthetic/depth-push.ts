import { changesText, depthFrame, levelsText, partialDepthFrame } from "../../binance/frames/depth-frames.js";
import type { BinanceMarket } from "../../binance/markets/market.js";
import type { StreamPublisher } from "../market-source.js";
import type { BookListener } from "./book-listener.js";
import type { MarketEvent } from "./market-event.js";
import type { PacedPush } from "./pace-groups.js";
import type { SymbolMarket } from "./symbol-market.js";

/** The ids of what a depth stream collects between two of its pushes. */
class CollectedIds {
  first = 0;
  last = 0;
  previous: number;
  lastMicros = 0;

  constructor(bookUpdateId: number) {
    this.previous = bookUpdateId;
  }

  add(event: MarketEvent): void {
    if (this.first === 0) this.first = event.changeIds[0]!;
    this.last = event.changeIds[event.changeCount - 1]!;
    this.lastMicros = event.eventMicros;
  }

  next(): void {
    this.previous = this.last;
    this.first = 0;
  }
}

/**
 * `<symbol>@depth[@speed]`: what changed since the push before, each level once with its quantity at the end. Spot ids
 * are consecutive, so `U` follows the `u` before; the futures' have holes and `pu` repeats it. At pace 0 every event is
 * its own push (the futures' undocumented `@depth@0ms`).
 */
export class DepthPush implements PacedPush, BookListener {
  readonly #ids: CollectedIds;
  readonly #bids = new Map<number, number>();
  readonly #asks = new Map<number, number>();

  constructor(
    private readonly market: BinanceMarket,
    private readonly symbolMarket: SymbolMarket,
    private readonly stream: string,
    private readonly realTime: boolean,
  ) {
    this.#ids = new CollectedIds(symbolMarket.bookUpdateId);
  }

  changed(event: MarketEvent, publisher: StreamPublisher): void {
    this.#ids.add(event);
    for (let at = 0; at < event.changeCount; at++) {
      const side = event.changeIsBid[at] ? this.#bids : this.#asks;
      side.set(event.changePrices[at]!, event.changeQuantities[at]!);
    }
    if (this.realTime) this.#publish(event.sendMicros, publisher);
  }

  step(nowMillis: number, publisher: StreamPublisher): void {
    if (this.#ids.first !== 0) this.#publish(nowMillis * 1000, publisher);
  }

  #publish(sendMicros: number, publisher: StreamPublisher): void {
    const { instrument, style } = this.symbolMarket;
    const spot = this.market.name === "spot";
    const ids = this.#ids;
    publisher.publish(
      this.stream,
      (unit) =>
        depthFrame(
          this.market.name,
          instrument,
          {
            eventMicros: ids.lastMicros,
            sendMicros,
            firstUpdateId: ids.first,
            lastUpdateId: ids.last,
            previousUpdateId: ids.previous,
          },
          changesText(style, this.#bids, spot),
          changesText(style, this.#asks, false),
          unit,
        ),
      ids.first,
      ids.last,
    );
    ids.next();
    this.#bids.clear();
    this.#asks.clear();
  }
}

/** `<symbol>@depth5|10|20[@speed]`: the best levels, pushed when the book changed. */
export class PartialDepthPush implements PacedPush, BookListener {
  readonly #ids: CollectedIds;

  constructor(
    private readonly market: BinanceMarket,
    private readonly symbolMarket: SymbolMarket,
    private readonly stream: string,
    private readonly levels: number,
  ) {
    this.#ids = new CollectedIds(symbolMarket.bookUpdateId);
  }

  changed(event: MarketEvent): void {
    this.#ids.add(event);
  }

  step(nowMillis: number, publisher: StreamPublisher): void {
    const ids = this.#ids;
    if (ids.first === 0) return;
    const { instrument, style, book } = this.symbolMarket;
    publisher.publish(
      this.stream,
      (unit) => {
        const bids = levelsText(style, book.bids, this.levels);
        const asks = levelsText(style, book.asks, this.levels);
        if (this.market.name === "spot") return partialDepthFrame(ids.last, bids, asks);
        const head = {
          eventMicros: ids.lastMicros,
          sendMicros: nowMillis * 1000,
          firstUpdateId: ids.first,
          lastUpdateId: ids.last,
          previousUpdateId: ids.previous,
        };
        return depthFrame(this.market.name, instrument, head, bids, asks, unit);
      },
      ids.first,
      ids.last,
    );
    ids.next();
  }
}

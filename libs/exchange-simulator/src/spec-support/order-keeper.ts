import type { BookData, OrderData, OrderFrame } from "./bitstamp-client.js";

interface KeptOrder {
  readonly id: string;
  readonly isBuy: boolean;
  readonly price: string;
  readonly amount: string;
}

/** Digits behind the point to which amounts are added up. */
const SCALE = 8;

/**
 * A book of single orders as a client keeps it: rows of REST, and the events behind them. Written from the venue's
 * description alone, to be compared with what the simulator says.
 */
export class OrderKeeper {
  readonly #orders = new Map<string, KeptOrder>();
  #micros: number;

  constructor(base: BookData) {
    this.#micros = Number(base.microtimestamp);
    for (const side of ["bids", "asks"] as const) {
      for (const [price, amount, id] of base[side])
        this.#orders.set(id!, { id: id!, isBuy: side === "bids", price: price!, amount: amount! });
    }
  }

  /** Takes what is younger than the base and at most so old. Market orders in transit rest nowhere. */
  apply(frames: readonly OrderFrame[], untilMicros = Number.POSITIVE_INFINITY): this {
    for (const { data, event } of frames) {
      const micros = Number(data.microtimestamp);
      if (micros <= this.#micros || micros > untilMicros) continue;
      if (event === "order_deleted") this.#orders.delete(data.id_str);
      else if (!isInTransit(data)) this.#orders.set(data.id_str, keptOrder(data));
    }
    return this;
  }

  /** Rows as of `group=2`; orders of a price in the order in which they came. */
  rows(side: "bids" | "asks"): string[][] {
    return this.#sorted(side).map(({ amount, id, price }) => [price, amount, id]);
  }

  /** Price and sum of its orders, in units of 10^-8. */
  levels(side: "bids" | "asks"): Map<string, bigint> {
    const sums = new Map<string, bigint>();
    for (const { amount, price } of this.#sorted(side))
      sums.set(price, (sums.get(price) ?? 0n) + unitsOf(amount));
    return sums;
  }

  #sorted(side: "bids" | "asks"): KeptOrder[] {
    const sign = side === "bids" ? -1 : 1;
    return [...this.#orders.values()]
      .filter(({ isBuy }) => isBuy === (side === "bids"))
      .sort((left, right) => sign * (Number(left.price) - Number(right.price)));
  }
}

/** A decimal, also with an exponent, in units of 10^-8. @throws RangeError for what is finer, or no decimal */
export function unitsOf(text: string): bigint {
  const parts = /^(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/i.exec(text);
  if (!parts) throw new RangeError(`${text} is not a decimal`);
  const [, whole = "", fraction = "", exponent = "0"] = parts;
  const zeros = SCALE - fraction.length + Number(exponent);
  if (zeros < 0) throw new RangeError(`${text} is finer than 10^-${SCALE}`);
  return BigInt(whole + fraction + "0".repeat(zeros));
}

/** Whether an order has no price of its own (bitstamp.md section 3.4). */
export function isInTransit({ price }: OrderData): boolean {
  return price === 0 || price === 999_999_999;
}

function keptOrder(data: OrderData): KeptOrder {
  return { id: data.id_str, isBuy: data.order_type === 0, price: data.price_str, amount: data.amount_str };
}

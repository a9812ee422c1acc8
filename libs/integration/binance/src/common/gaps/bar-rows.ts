import { Unusable } from "@ims/integration-kit";
import type { BarFields } from "@ims/traits";
import { createBarFields, readBar } from "../decode/bar-json.js";

/** Places in a kline row [Kline/Candlestick data]: open time, four prices, volume, close time and the rest. */
const ROW_LENGTH = 11;

/**
 * A closed bar from one row of `klines`; rows have no send time, so that the end of the bar stands for it. Undefined if
 * the row cannot be used.
 */
export function readBarRow(
  row: unknown,
  interval: string,
  priceScale: number,
  quantityScale: number,
): BarFields | undefined {
  if (!Array.isArray(row) || row.length < ROW_LENGTH) return undefined;
  const [t, o, h, l, c, v, T, q, n, V, Q] = row as unknown[];
  const bar = createBarFields();
  try {
    readBar(
      { E: T, k: { i: interval, x: true, t, o, h, l, c, v, T, q, n, V, Q } },
      priceScale,
      quantityScale,
      bar,
    );
  } catch (error) {
    if (error instanceof Unusable) return undefined;
    throw error;
  }
  return bar;
}

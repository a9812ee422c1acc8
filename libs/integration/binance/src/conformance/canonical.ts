import { trimFraction } from "@ims/common";

/** Fields whose texts are decimals, printed with any number of zeros. */
const DECIMALS = new Set(["baseQty", "quote"]);

/** The same values with every decimal in its shortest text. */
export function canonical<T extends object>(expected: T): T {
  const entries = Object.entries(expected).map(([key, value]) => [
    key,
    DECIMALS.has(key) ? trimFraction(String(value)) : (value as unknown),
  ]);
  return Object.fromEntries(entries) as T;
}

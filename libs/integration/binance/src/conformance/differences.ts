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

/** One line for each field of `seen` that is not as expected; fields that `seen` does not have are not compared. */
export function* differences<T extends object>(
  what: string,
  expected: T,
  seen: T | undefined,
): Generator<string> {
  if (!seen) {
    yield `${what}: there is none`;
    return;
  }
  for (const [key, value] of Object.entries(seen)) {
    const wanted = JSON.stringify((expected as Record<string, unknown>)[key]);
    const found = JSON.stringify(value);
    if (wanted !== found) yield `${what}: ${key} is ${found}, expected ${wanted ?? "none"}`;
  }
}

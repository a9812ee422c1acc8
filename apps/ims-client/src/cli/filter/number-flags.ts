import { fail } from "../../errors/client-errors.js";

/**
 * A whole number of a flag, if it is given.
 * @throws ImsError `client.invalid-argument`
 */
export function readWhole(
  flag: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw fail("client.invalid-argument", `${flag}: "${text}" is no whole number from ${min} to ${max}`);
}

/** Likewise for seconds, with a default. */
export function readSeconds(flag: string, text: string | undefined, usual: number, max: number): number {
  return readWhole(flag, text, 0, max) ?? usual;
}

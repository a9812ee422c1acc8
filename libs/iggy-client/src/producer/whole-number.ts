import { fail } from "../errors.js";

/** The value itself; throws `iggy-client.argument` unless it is a whole number from `min` to `max`. */
export function wholeNumber(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw fail("iggy-client.argument", `${name} is ${value}, allowed are ${min} to ${max}`);
  }
  return value;
}

import { didYouMean } from "@ims/common";
import { fail } from "../errors/simulator-errors.js";

/**
 * Which of the listed symbols were chosen: by name in any case, or the first so many. In the order of the list.
 *
 * @throws ImsError `simulator.invalid-option` for a name that is not listed, and for none at all
 */
export function chosenSymbols(
  listed: readonly string[],
  choice: readonly string[] | number,
): ReadonlySet<string> {
  if (typeof choice === "number") {
    if (choice === 0) throw fail("simulator.invalid-option", "--symbols 0 leaves no market");
    return new Set(listed.slice(0, choice));
  }
  if (choice.length === 0) throw fail("simulator.invalid-option", "--symbols names no market");
  const byName = new Map(listed.map((symbol) => [symbol.toUpperCase(), symbol]));
  const found = choice.map((name) => {
    const symbol = byName.get(name.toUpperCase());
    if (symbol !== undefined) return symbol;
    throw fail("simulator.invalid-option", `--symbols: ${name} is not there${didYouMean(name, listed)}`);
  });
  return new Set(listed.filter((symbol) => found.includes(symbol)));
}

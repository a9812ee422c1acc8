import { type ParseArgsConfig, parseArgs } from "node:util";
import { fail } from "../errors/simulator-errors.js";

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * The options of a command line, which has nothing but options.
 *
 * @throws ImsError `simulator.invalid-option` for one that is unknown or lacks its value
 */
export function readOptions<const Known extends Options>(
  args: readonly string[],
  options: Known,
): ReturnType<typeof parseArgs<{ options: Known }>>["values"] {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
    throw fail("simulator.invalid-option", reason);
  }
}

/** 0 to 999,999,999. @throws ImsError `simulator.invalid-option` */
export function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw fail("simulator.invalid-option", `${option} ${text} is not a whole number`);
  return Number(text);
}

/** Above 0 and at most `max`. @throws ImsError `simulator.invalid-option` */
export function rateOf(option: string, text: string, max: number): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value <= max))
    throw fail("simulator.invalid-option", `${option} ${text} is no number above 0, at most ${max}`);
  return value;
}

/** Names with commas between, or how many. */
export function symbolChoice(text: string): readonly string[] | number {
  return /^\d+$/.test(text) ? Number(text) : text.split(",").filter((symbol) => symbol !== "");
}

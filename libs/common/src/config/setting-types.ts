import { z } from "zod";

/** What a text such as a URL may be; the environment and flags deliver text only, files also native values. */
const TRUE_TEXTS = ["true", "1", "yes", "on"];
const FALSE_TEXTS = ["false", "0", "no", "off"];
const INTEGER_PATTERN = /^-?[0-9]{1,16}$/;

export interface IntegerRange {
  readonly min?: number;
  readonly max?: number;
}

/** `true|1|yes|on` and `false|0|no|off` in any case, or a JSON boolean. */
export function booleanSetting() {
  return setting("true or false", (value) => {
    if (typeof value === "boolean") return value;
    if (typeof value !== "string") return undefined;
    const text = value.trim().toLowerCase();
    if (TRUE_TEXTS.includes(text)) return true;
    return FALSE_TEXTS.includes(text) ? false : undefined;
  });
}

/** A whole number in plain digits; `1e3`, `0x10`, `5.0` and numbers beyond ±2^53 are mistakes. */
export function integerSetting({
  min = Number.MIN_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
}: IntegerRange = {}) {
  return setting(`a whole number from ${min} to ${max}`, (value) => {
    const text = typeof value === "string" ? value.trim() : value;
    const number = typeof text === "string" && INTEGER_PATTERN.test(text) ? Number(text) : text;
    return Number.isSafeInteger(number) && (number as number) >= min && (number as number) <= max
      ? (number as number)
      : undefined;
  });
}

/** A TCP port from 1; 0 as well where it means any free port. */
export function portSetting({ anyAllowed = false }: { readonly anyAllowed?: boolean } = {}) {
  return integerSetting({ min: anyAllowed ? 0 : 1, max: 65_535 });
}

/** An absolute URL with a host and one of the schemes, given without colon: `urlSetting("iggy", "iggy+tcp")`. */
export function urlSetting(...schemes: readonly string[]) {
  const examples = schemes.map((scheme) => `${scheme}://host`).join(" or ");
  return setting(`a URL such as ${examples}`, (value) => {
    if (typeof value !== "string" || !URL.canParse(value.trim())) return undefined;
    const { protocol, host } = new URL(value.trim());
    return schemes.includes(protocol.slice(0, -1)) && host !== "" ? value.trim() : undefined;
  });
}

/** One of the given words; case does not matter. */
export function choiceSetting<const Choice extends string>(...choices: readonly Choice[]) {
  return setting(`one of ${choices.join(", ")}`, (value) => {
    if (typeof value !== "string") return undefined;
    const text = value.trim().toLowerCase();
    return choices.find((choice) => choice.toLowerCase() === text);
  });
}

/** A text that is not blank. */
export function textSetting({ lengthMax = 4096 }: { readonly lengthMax?: number } = {}) {
  return setting(`a text of 1 to ${lengthMax} characters`, (value) =>
    typeof value === "string" && value.trim() !== "" && value.length <= lengthMax ? value : undefined,
  );
}

/** Texts from a JSON array or separated by commas; blanks around them are dropped, empty ones are mistakes. */
export function listSetting({ countMax = 1000 }: { readonly countMax?: number } = {}) {
  return setting(`1 to ${countMax} texts separated by commas`, (value) => {
    const parts: unknown = typeof value === "string" ? value.split(",") : value;
    if (!Array.isArray(parts) || parts.length === 0 || parts.length > countMax) return undefined;
    const texts = parts.map((part: unknown) => (typeof part === "string" ? part.trim() : ""));
    return texts.includes("") ? undefined : texts;
  });
}

/**
 * A value of its own form. `read` gives undefined for what it does not accept, having told each mistake where several
 * parts can be wrong; without any told, the mistake is that `expected` was expected.
 */
export function structuredSetting<T>(
  expected: string,
  read: (value: unknown, mistake: (text: string) => void) => T | undefined,
) {
  return z.unknown().transform((input, context): T => {
    const mistakes: string[] = [];
    const value = input === undefined ? undefined : read(input, (text) => mistakes.push(text));
    if (value !== undefined && mistakes.length === 0) return value;
    for (const message of mistakes.length > 0 ? mistakes : [`expected ${expected}`]) {
      context.issues.push({ code: "custom", message, input });
    }
    return z.NEVER;
  });
}

/** @param read gives undefined for what it does not accept */
function setting<T>(expected: string, read: (value: unknown) => T | undefined) {
  return z.unknown().transform((input, context): T => {
    const value = input === undefined ? undefined : read(input);
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", message: `expected ${expected}`, input });
    return z.NEVER;
  });
}

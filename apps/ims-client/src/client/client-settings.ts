import {
  ExchangeId,
  exchangeIdOf,
  exchangeName,
  nearestNames,
  TIME_RESOLUTION_TEXTS,
  type TimeResolution,
  timeResolutionOf,
} from "@ims/common";
import { fail } from "../errors/client-errors.js";

/** Names of all exchanges that a client can ask for. */
export const EXCHANGE_NAMES: readonly string[] = Object.values(ExchangeId)
  .filter((id) => id !== ExchangeId.None)
  .map((id) => exchangeName(id)!);

/**
 * The id of an exchange given by id or by name; case, `-` and `_` in the name do not matter.
 * @throws ImsError `client.unknown-exchange` with near names
 */
export function resolveExchange(exchange: ExchangeId | string): ExchangeId {
  if (typeof exchange === "number") {
    if (exchange !== ExchangeId.None && exchangeName(exchange) !== undefined) return exchange;
    throw fail("client.unknown-exchange", `there is no exchange with id ${exchange}`);
  }
  const name = exchange.trim().toLowerCase().replace(/[-_ ]/g, "");
  const id = exchangeIdOf(name);
  if (id !== undefined && id !== ExchangeId.None) return id;
  const suggestions = nearExchanges(name);
  throw fail(
    "client.unknown-exchange",
    `"${exchange}" is not a known exchange${didYouMean(suggestions) || ` (there are ${EXCHANGE_NAMES.join(", ")})`}`,
    {
      context: { exchange, suggestions },
    },
  );
}

/** Names that begin with the text (or the reverse: `binance`, `binancespotlive`), else names a few letters away. */
function nearExchanges(name: string): string[] {
  if (name.length < 3) return [];
  const begun = EXCHANGE_NAMES.filter((known) => known.startsWith(name) || name.startsWith(known));
  if (begun.length === 0) return nearestNames(name, EXCHANGE_NAMES, 3);
  const live = begun.filter((known) => !known.endsWith("testnet"));
  return live.length > 0 ? live : begun;
}

/** `; did you mean a, b or c?`, or nothing without suggestions: for the end of a sentence. */
function didYouMean(suggestions: readonly string[]): string {
  if (suggestions.length === 0) return "";
  const last = suggestions[suggestions.length - 1]!;
  const rest = suggestions.slice(0, -1);
  return `; did you mean ${rest.length > 0 ? `${rest.join(", ")} or ${last}` : last}?`;
}

/**
 * The number of a resolution text such as `1m`.
 * @throws ImsError `client.unknown-resolution` with near texts
 */
export function resolveResolution(text: string): TimeResolution {
  const resolution = timeResolutionOf(text.trim());
  if (resolution !== undefined) return resolution;
  const suggestions = nearResolutions(text.trim());
  throw fail(
    "client.unknown-resolution",
    `"${text}" is not a bar resolution${didYouMean(suggestions) || ` (there are ${TIME_RESOLUTION_TEXTS.join(", ")})`}`,
    { context: { resolution: text, suggestions } },
  );
}

/** Whether a word on a command line is meant as a resolution and not as a symbol: digits and a short unit. */
export function looksLikeResolution(text: string): boolean {
  return timeResolutionOf(text) !== undefined || /^\d{1,4}[a-z]{1,6}$/i.test(text);
}

/** `60s`, `1min`, `1H` and the like: the same length under its usual name first, then near texts. */
function nearResolutions(text: string): string[] {
  const match = /^(\d{1,4})\s*([a-z]+)$/i.exec(text);
  if (match) {
    const count = Number(match[1]);
    const unit = UNITS[match[2]!.toLowerCase()];
    if (unit) {
      const same = timeResolutionOf(`${count}${unit.text}`)
        ? `${count}${unit.text}`
        : byLength(count * unit.seconds);
      if (same) return [same];
      return TIME_RESOLUTION_TEXTS.filter((candidate) => candidate.endsWith(unit.text));
    }
  }
  return nearestNames(text, TIME_RESOLUTION_TEXTS);
}

const UNITS: Readonly<Record<string, { text: string; seconds: number }>> = Object.fromEntries(
  [
    { text: "s", seconds: 1, names: ["s", "sec", "second", "seconds"] },
    { text: "m", seconds: 60, names: ["m", "min", "minute", "minutes"] },
    { text: "h", seconds: 3600, names: ["h", "hour", "hours"] },
    { text: "d", seconds: 86_400, names: ["d", "day", "days"] },
    { text: "w", seconds: 604_800, names: ["w", "week", "weeks"] },
    { text: "M", seconds: 0, names: ["mo", "month", "months"] },
  ].flatMap(({ text, seconds, names }) => names.map((name) => [name, { text, seconds }])),
);

function byLength(seconds: number): string | undefined {
  if (seconds === 0) return undefined;
  return TIME_RESOLUTION_TEXTS.find((text) => {
    const unit = UNITS[text.slice(-1)];
    return (
      text.slice(-1) !== "M" && unit !== undefined && Number(text.slice(0, -1)) * unit.seconds === seconds
    );
  });
}

/** How the service of an exchange is started, for the sentence that says so; undefined where there is none here. */
export function serveCommand(exchange: ExchangeId): string | undefined {
  if (WITHOUT_SERVICE.has(exchange)) return undefined;
  const name = exchangeName(exchange);
  if (name === undefined) return undefined;
  const testnet = name.endsWith("testnet");
  const live = testnet ? name.slice(0, -"testnet".length) : name;
  const project = SERVICE_PROJECTS[live] ?? live;
  const [venue] = project.split("-");
  return `${testnet ? `${venue!.toUpperCase()}_TESTNET=true ` : ""}npx nx run ${project}:serve`;
}

/** Numbers that are kept for exchanges of the reference system. */
const WITHOUT_SERVICE: ReadonlySet<ExchangeId> = new Set([
  ExchangeId.None,
  ExchangeId.Kraken,
  ExchangeId.Coinbase,
  ExchangeId.Vex,
]);

/** Projects that are not named as their exchange. */
const SERVICE_PROJECTS: Readonly<Record<string, string>> = {
  binancespot: "binance-spot",
  binancecoinmarginfuture: "binance-coin-future",
  binanceusdmarginfuture: "binance-usd-future",
};

/** Names of the exchanges that a service of this project reads, for help texts and completion. */
export const SERVED_EXCHANGE_NAMES: readonly string[] = Object.values(ExchangeId)
  .filter((id) => serveCommand(id) !== undefined)
  .map((id) => exchangeName(id)!);

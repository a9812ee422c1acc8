import { timeResolutionText } from "@ims/common";
import type { Command } from "commander";
import { looksLikeResolution, resolveResolution } from "../../client/client-settings.js";
import type { StartFrom } from "../../delivery/start-from.js";
import { fail } from "../../errors/client-errors.js";
import type { CliEnvironment } from "../cli-environment.js";
import { type CliFlags, readCliSettings } from "../cli-settings.js";
import { type Example, examplesText, withConnection } from "../command-options.js";
import { readStart } from "../iggy/tail-start.js";
import { printFeed } from "./feed-command.js";
import {
  barsOf,
  type Feed,
  LIQUIDATIONS,
  MARK_PRICES,
  OPTION_TICKERS,
  ORDERS,
  TICKERS,
  TOP_OF_BOOK,
  TRADES,
} from "./feeds.js";
import { listGaps } from "./gaps-command.js";
import { listSymbols } from "./symbols-command.js";

interface FeedFlags extends CliFlags {
  readonly from?: string;
}

/** Adds the commands that show market data of one exchange. */
export function addMarketCommands(program: Command, environment: CliEnvironment): void {
  addSymbols(program, environment);
  addFeed(program, environment, "trades", TRADES, "print trades as they happen", [
    ["ims trades BTCUSDT ETHUSDT", "until Ctrl-C"],
    ["ims trades BTCUSDT --from 2026-01-31T12:00", "all that the broker holds since then, then live"],
    ["ims trades BTCUSDT --count 1000 --format csv > trades.csv", ""],
  ]);
  addBars(program, environment);
  addFeed(program, environment, "top", TOP_OF_BOOK, "print best bids and asks as they change", [
    ["ims top BTCUSDT ETHUSDT", ""],
    ["ims top BTCUSDT | jq -r .bid.price", "exact texts"],
  ]);
  addFeed(program, environment, "mark", MARK_PRICES, "print mark prices and funding of derivatives", [
    ["ims mark BTCUSDT --exchange binanceusdmarginfuture", ""],
  ]);
  addFeed(program, environment, "liquidations", LIQUIDATIONS, "print forced closings of positions", [
    ["ims liquidations BTCUSDT --exchange binanceusdmarginfuture", ""],
  ]);
  addFeed(
    program,
    environment,
    "options",
    OPTION_TICKERS,
    "print prices, volatilities and greeks of options",
    [["ims options BTC-25DEC26-76000-C --exchange deribit", ""]],
  );
  addFeed(program, environment, "tickers", TICKERS, "print statistics of the last 24 hours", [
    ["ims tickers BTCUSDT ETHUSDT", ""],
  ]);
  addFeed(
    program,
    environment,
    "orders",
    ORDERS,
    "print the single orders of a book, all and then each event",
    [
      [
        "ims orders btcusd --exchange bitstamp",
        "the whole as one line, then each that comes, changes or goes",
      ],
      ["ims orders btcusd --exchange bitstamp | jq 'select(.event == \"deleted\")'", ""],
      ["ims orders btcusd --exchange bitstamp --csv > orders.csv", "a line for each order"],
    ],
  );
  addGaps(program, environment);
}

function addSymbols(program: Command, environment: CliEnvironment): void {
  withConnection(program.command("symbols"))
    .description("list the symbols of the exchange")
    .option("--filter <text>", "only symbols whose name or assets contain the text")
    .option("--count <number>", "at most this many")
    .addHelpText(
      "after",
      examplesText([
        ["ims symbols --filter btc", ""],
        ["ims symbols | jq -r .symbol", ""],
      ]),
    )
    .action((flags: CliFlags & { filter?: string }) =>
      listSymbols(environment, readCliSettings(flags, environment.env), flags.filter),
    );
}

function addFeed(
  program: Command,
  environment: CliEnvironment,
  name: string,
  feed: Feed,
  description: string,
  examples: readonly Example[],
): void {
  withLimits(withConnection(program.command(name)))
    .description(description)
    .argument("<symbols...>", "one or several symbols, as the exchange writes them")
    .addHelpText("after", examplesText(examples))
    .action((symbols: string[], flags: FeedFlags) =>
      printFeed(environment, readCliSettings(flags, environment.env), {
        feed,
        symbols,
        from: readFrom(flags.from),
      }),
    );
}

function addBars(program: Command, environment: CliEnvironment): void {
  withLimits(withConnection(program.command("bars")))
    .description("print bars as they form; the resolution comes last: ims bars BTCUSDT 1m")
    .argument("<symbols...>", "one or several symbols, then the resolution")
    .option("-r, --resolution <text>", "length of a bar, for example 1m, 1h, 1d, 1M")
    .addHelpText(
      "after",
      examplesText([
        ["ims bars BTCUSDT 1m", ""],
        ["ims bars BTCUSDT ETHUSDT 1h | jq 'select(.state == \"closed\")'", ""],
      ]),
    )
    .action((texts: string[], flags: FeedFlags & { resolution?: string }) => {
      const { symbols, resolution } = splitResolution(texts, flags.resolution);
      const settings = readCliSettings(flags, environment.env);
      return printFeed(environment, settings, {
        feed: barsOf(resolution),
        symbols,
        from: readFrom(flags.from),
      });
    });
}

function addGaps(program: Command, environment: CliEnvironment): void {
  withConnection(program.command("gaps"))
    .description("list all losses of the exchange's service: what is missing, and why")
    .option("--symbol <name>", "of one symbol")
    .option("--data <kind>", "of one kind of data, for example trades or book")
    .option("--count <number>", "at most this many")
    .addHelpText(
      "after",
      examplesText([
        ["ims gaps", "the whole ledger, oldest first"],
        ["ims gaps --symbol BTCUSDT --data trades", ""],
      ]),
    )
    .action((flags: CliFlags & { symbol?: string; data?: string }) =>
      listGaps(environment, readCliSettings(flags, environment.env), flags),
    );
}

function withLimits(command: Command): Command {
  return command
    .option(
      "--from <place>",
      "begin in the past: first, an offset, or a time in UTC such as 2026-01-31T12:00 (default: now)",
    )
    .option("--count <number>", "end after this many messages")
    .option("--seconds <number>", "end after this many seconds");
}

/** @throws ImsError `client.invalid-argument` */
function readFrom(text: string | undefined): StartFrom {
  if (text === undefined || text === "now") return "now";
  const start = readStart(text);
  switch (start.kind) {
    case "first":
      return "first";
    case "offset":
      return { offset: Number(start.value) };
    case "timestamp":
      return { time: start.value };
    default:
      return "now";
  }
}

/** The resolution is an option, or the last word. */
function splitResolution(texts: readonly string[], option: string | undefined) {
  const last = texts[texts.length - 1]!;
  const text = option ?? (looksLikeResolution(last) ? last : undefined);
  if (text === undefined) {
    throw fail(
      "client.invalid-argument",
      `The resolution is missing, for example: ims bars ${texts.join(" ")} 1m`,
    );
  }
  const symbols = option === undefined ? texts.slice(0, -1) : texts;
  const resolution = timeResolutionText(resolveResolution(text))!;
  if (symbols.length === 0) {
    throw fail(
      "client.invalid-argument",
      `The symbol is missing, for example: ims bars BTCUSDT ${resolution}`,
    );
  }
  return { symbols, resolution };
}

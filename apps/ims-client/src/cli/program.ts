import { timeResolutionText } from "@ims/common";
import { Command, Option } from "commander";
import { EXCHANGE_NAMES, looksLikeResolution, resolveResolution } from "../client/client-settings.js";
import { CLIENT_VERSION } from "../client/client-version.js";
import { DEFAULT_IGGY_URL } from "../client/connect-options.js";
import { fail } from "../errors/client-errors.js";
import { addBrokerCommands } from "./broker/broker-commands.js";
import type { CliEnvironment } from "./cli-environment.js";
import { type CliFlags, readCliSettings } from "./cli-settings.js";
import { printFeed } from "./commands/feed-command.js";
import { listSymbols } from "./commands/symbols-command.js";
import { addIggyCommands } from "./iggy/iggy-commands.js";

const EXAMPLES = `
Examples:
  ims symbols --filter btc              the symbols of Binance spot with BTC in them
  ims trades BTCUSDT ETHUSDT            trades as they happen, until Ctrl-C
  ims bars BTCUSDT 1m                   one-minute bars
  ims trades BTCUSDT --count 100 | jq   JSON lines when piped, prices as exact texts
  ims trades BTCUSDT --exchange binanceusdmarginfuture
  ims iggy streams                      what lies in the broker; see ims iggy --help
  ims broker                            an embedded broker; see ims broker --help

Environment: IGGY_URL, IMS_EXCHANGE, IMS_CLIENT_ID, IMS_ACCESS_TOKEN, NO_COLOR
Exchanges: ${EXCHANGE_NAMES.filter((name) => name.startsWith("binance")).join(", ")}
`;

/** The command line of `ims`. Texts go to the environment's outputs; a mistake throws CommanderError. */
export function createProgram(environment: CliEnvironment): Command {
  const { output, errors, env } = environment;
  const program = new Command("ims")
    .description(
      "Reads market data of one exchange: its symbols, trades and bars; looks at Iggy brokers and runs one.",
    )
    .version(CLIENT_VERSION)
    .showSuggestionAfterError()
    .showHelpAfterError("(see ims --help)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void output.write(text),
      writeErr: (text) => void errors.write(text.replace(/^error: /, "ims: ")),
    })
    .addHelpText("after", EXAMPLES);

  withConnection(program.command("symbols"))
    .description("list the symbols of the exchange")
    .option("--filter <text>", "only symbols whose name or assets contain the text")
    .option("--count <number>", "at most this many")
    .action((flags: CliFlags & { filter?: string }) =>
      listSymbols(environment, readCliSettings(flags, env), flags.filter),
    );

  withLimits(withConnection(program.command("trades")))
    .description("print trades as they happen")
    .argument("<symbols...>", "one or several symbols, as the exchange writes them")
    .action((symbols: string[], flags: CliFlags) =>
      printFeed(environment, readCliSettings(flags, env), { type: "trade", symbols }),
    );

  withLimits(withConnection(program.command("bars")))
    .description("print bars as they form; the resolution comes last: ims bars BTCUSDT 1m")
    .argument("<symbols...>", "one or several symbols, then the resolution")
    .option("-r, --resolution <text>", "length of a bar, for example 1m, 1h, 1d, 1M")
    .action((texts: string[], flags: CliFlags & { resolution?: string }) => {
      const { symbols, resolution } = splitResolution(texts, flags.resolution);
      return printFeed(environment, readCliSettings(flags, env), { type: "bar", symbols, resolution });
    });

  addIggyCommands(program, environment);
  addBrokerCommands(program, environment);
  return program;
}

function withConnection(command: Command): Command {
  return command
    .option("--exchange <name>", "exchange (default: binancespot)")
    .option("--url <url>", `address of the broker (default: ${DEFAULT_IGGY_URL})`)
    .option("--client-id <number>", "client number, 100 to 65535 (default: a random one)")
    .addOption(new Option("--json", "JSON lines (default when piped)").conflicts("table"))
    .addOption(new Option("--table", "aligned columns (default on a terminal)").conflicts("json"));
}

function withLimits(command: Command): Command {
  return command
    .option("--count <number>", "end after this many messages")
    .option("--seconds <number>", "end after this many seconds");
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

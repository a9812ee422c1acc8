import { Command } from "commander";
import { SERVED_EXCHANGE_NAMES } from "../client/client-settings.js";
import { CLIENT_VERSION } from "../client/client-version.js";
import { addBrokerCommands } from "./broker/broker-commands.js";
import type { CliEnvironment } from "./cli-environment.js";
import { addAveragesCommand } from "./commands/averages-command.js";
import { addBookCommand } from "./commands/book-command.js";
import { addConfigCommand } from "./commands/config-command.js";
import { addMarketCommands } from "./commands/market-commands.js";
import { addCompletionCommand } from "./completion/completion-command.js";
import { addFilterCommand } from "./filter/filter-command.js";
import { addIggyCommands, addTailCommand } from "./iggy/iggy-commands.js";
import { addMergedCommand } from "./merged/merged-command.js";
import { addSimulateCommand } from "./simulate/simulate-command.js";
import { addStatusCommand } from "./status/status-command.js";
import { addSignKeyCommand } from "./verify/sign-key-command.js";
import { addVerifyCommand } from "./verify/verify-command.js";

const EXAMPLES = `
Examples:
  ims symbols --filter btc              the symbols of Binance spot with BTC in them
  ims trades BTCUSDT ETHUSDT            trades as they happen, until Ctrl-C
  ims bars BTCUSDT 1m                   one-minute bars
  ims trades BTCUSDT --count 100 | jq   JSON lines when piped, prices as exact texts
  ims trades BTCUSDT --exchange binanceusdmarginfuture
  ims averages BTCUSDT                  averages of its trades, of windows and exponential
  ims book BTCUSDT                      the book as a live ladder
  ims merged BTCUSDT                    books of several venues as one ladder
  ims status                            how all services of this machine are
  ims gaps                              what was lost, and why
  ims iggy streams                      what lies in the broker; see ims iggy --help
  ims broker                            an embedded broker; see ims broker --help
  ims filter new cheap-calls            a filter for streams, to write; see ims filter --help
  ims verify signed --keys trusted.txt  whether a signed stream is as it was signed
  ims simulate                          a Binance market on this machine; also bitstamp and deribit

Environment: IGGY_URL, IMS_EXCHANGE, IMS_CLIENT_ID, IMS_ACCESS_TOKEN, NO_COLOR
Ends with 0 when done or ended by the user, 1 when it failed, 2 for a mistake in the command line or configuration.
Exchanges: ${SERVED_EXCHANGE_NAMES.join(", ")}
`;

/** The command line of `ims`. Texts go to the environment's outputs; a mistake throws CommanderError. */
export function createProgram(environment: CliEnvironment): Command {
  const { output, errors } = environment;
  const program = new Command("ims")
    .description(
      "Shows market data of one exchange and the state of its services; looks at Iggy brokers and runs one.",
    )
    .version(CLIENT_VERSION)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void output.write(text),
      writeErr: (text) => void errors.write(text.replace(/^error: /, "ims: ")),
    })
    .addHelpText("after", EXAMPLES);

  addMarketCommands(program, environment);
  addAveragesCommand(program, environment);
  addBookCommand(program, environment);
  addMergedCommand(program, environment);
  addStatusCommand(program, environment);
  addConfigCommand(program, environment);
  addTailCommand(program, environment);
  addIggyCommands(program, environment);
  addBrokerCommands(program, environment);
  addSimulateCommand(program, environment);
  addFilterCommand(program, environment);
  addVerifyCommand(program, environment);
  addSignKeyCommand(program, environment);
  addCompletionCommand(program, environment);
  pointAtHelp(program, "ims");
  return program;
}

/** After a mistake each command names its own help, not that of them all. */
function pointAtHelp(command: Command, path: string): void {
  command.showHelpAfterError(`(see ${path} --help)`);
  for (const child of command.commands) pointAtHelp(child, `${path} ${child.name()}`);
}

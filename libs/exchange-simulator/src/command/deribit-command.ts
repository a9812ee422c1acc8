import { systemClock } from "@ims/common";
import { DERIBIT_FAULT_FIELDS, type DeribitFault } from "../deribit/deribit-faults.js";
import type { DeribitMarket } from "../deribit/deribit-market.js";
import { type DeribitSimulatorOptions, startDeribitSimulator } from "../deribit/deribit-simulator.js";
import { narrowedMarket } from "../deribit/narrowed-market.js";
import { syntheticDeribitMarket } from "../deribit/synthetic-market.js";
import { fail } from "../errors/simulator-errors.js";
import { optionsDeribitMarket } from "../options/options-market.js";
import { chosenSymbols } from "./chosen-symbols.js";
import { readFaultFile, scheduleFaults, type TimedFault } from "./fault-file.js";
import { rateOf, readOptions, symbolChoice, wholeNumber } from "./option-values.js";
import type { Simulation } from "./simulation.js";

const DEFAULT_PORT = 9872;
/** The venue lets an instrument trade ten times a second, three trades at most each time. */
const TRADES_PER_SECOND_MAX = 20;

/** @param name of the command, as a user types it, with the venue */
export function deribitUsage(name: string): string {
  return `${name}: a Deribit on this machine, until Ctrl-C

  --market synthetic|options
                            synthetic (default): perpetuals, a future, spot pairs and some options; options: many
                            on SOL (strikes 60 to 125) and BTC, prices and greeks of Black and Scholes
  --port N                  default ${DEFAULT_PORT}, 0 for any free port
  --seed N                  the same books and trades at every start, default 1
  --symbols A,B,C           these instruments alone, or a number of them, default all
  --trades-per-second N     of each instrument, about, up to ${TRADES_PER_SECOND_MAX}; default: some, far options seldom
  --login ID:SECRET         the client id and secret that are good for raw channels; default: none are
  --faults FILE             fault script in JSON: {"rules":[{"fault":"cut","atMillis":5000}]}
  --help

Faults: ${Object.keys(DERIBIT_FAULT_FIELDS).join(", ")}. Their fields: README of @ims/exchange-simulator.

Examples:
  ${name}                           on port ${DEFAULT_PORT}
  ${name} --market options --seed 42
  ${name} --symbols BTC-PERPETUAL,ETH-PERPETUAL --trades-per-second 10
  ${name} --faults faults.json

It prints the settings that point a service at it.
`;
}

export interface DeribitCommand {
  readonly market: "synthetic" | "options";
  readonly options: DeribitSimulatorOptions;
  /** Names of instruments, or how many; absent: all. */
  readonly symbols?: readonly string[] | number;
  /** Of each instrument; absent: as the market has it. */
  readonly tradesPerSecond?: number;
  readonly faults: readonly TimedFault[];
}

/**
 * Reads the command line; undefined when help was asked for.
 *
 * @throws ImsError `simulator.invalid-option` naming the option, `simulator.invalid-fault`
 */
export function parseDeribitCommand(args: readonly string[]): DeribitCommand | undefined {
  const values = readOptions(args, {
    market: { type: "string" },
    port: { type: "string" },
    seed: { type: "string" },
    symbols: { type: "string" },
    "trades-per-second": { type: "string" },
    login: { type: "string" },
    faults: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  if (values.help) return undefined;
  const { market = "synthetic" } = values;
  if (market !== "synthetic" && market !== "options")
    throw fail("simulator.invalid-option", `--market ${market} is none of synthetic, options`);
  const login = values.login === undefined ? undefined : loginOf(values.login);
  const rate = values["trades-per-second"];
  return {
    market,
    options: {
      port: values.port === undefined ? DEFAULT_PORT : wholeNumber("--port", values.port),
      ...(values.seed !== undefined && { seed: wholeNumber("--seed", values.seed) }),
      ...(login && { login }),
    },
    ...(values.symbols !== undefined && { symbols: symbolChoice(values.symbols) }),
    ...(rate !== undefined && {
      tradesPerSecond: rateOf("--trades-per-second", rate, TRADES_PER_SECOND_MAX),
    }),
    faults: values.faults === undefined ? [] : readFaultFile(values.faults, DERIBIT_FAULT_FIELDS),
  };
}

/**
 * Starts what was asked for.
 *
 * @throws ImsError (rejected) `simulator.invalid-option` for an instrument that is not listed, and as
 * {@link startDeribitSimulator}
 */
export async function runDeribit(command: DeribitCommand): Promise<Simulation> {
  const { faults, market, options } = command;
  const seed = options.seed ?? 1;
  const simulator = await startDeribitSimulator({ ...options, market: marketOf(command, seed) });
  const takeBack = scheduleFaults<DeribitFault>(faults, systemClock, simulator.inject);
  return {
    greeting: [
      `Deribit, simulated (${market}, seed ${seed}, ${simulator.symbols.length} instruments)`,
      `REST       ${simulator.restUrl}`,
      `WebSocket  ${simulator.wsUrl}`,
      ...(faults.length > 0 ? [`Faults     ${faults.length} rules`] : []),
      "",
      `DERIBIT_REST_URL=${simulator.restUrl} DERIBIT_WS_URL=${simulator.wsUrl}`,
      "",
    ].join("\n"),
    close: async () => {
      takeBack();
      await simulator.close();
    },
  };
}

function marketOf({ market, symbols, tradesPerSecond }: DeribitCommand, seed: number): DeribitMarket {
  const nowMillis = Math.floor(systemClock.nowMicros() / 1000);
  const whole =
    market === "options" ? optionsDeribitMarket(nowMillis, { seed }) : syntheticDeribitMarket(nowMillis);
  const listed = whole.instruments
    .map(({ symbol }) => symbol)
    .filter((symbol) => whole.isListed(symbol, nowMillis));
  const chosen = symbols === undefined ? undefined : chosenSymbols(listed, symbols);
  return narrowedMarket(whole, { symbols: chosen, tradesPerSecond });
}

/** The text is not repeated in the error: it may be a real secret. */
function loginOf(text: string): { readonly clientId: string; readonly clientSecret: string } {
  const found = /^([^:]+):(.+)$/.exec(text);
  if (!found) throw fail("simulator.invalid-option", "--login has not the form ID:SECRET");
  return { clientId: found[1]!, clientSecret: found[2]! };
}

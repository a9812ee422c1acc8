import { systemClock } from "@ims/common";
import { BITSTAMP_FAULT_FIELDS, type BitstampFault } from "../bitstamp/bitstamp-faults.js";
import { bitstampPairs } from "../bitstamp/bitstamp-pairs.js";
import { type BitstampSimulatorOptions, startBitstampSimulator } from "../bitstamp/bitstamp-simulator.js";
import { fail } from "../errors/simulator-errors.js";
import { chosenSymbols } from "./chosen-symbols.js";
import { readFaultFile, scheduleFaults, type TimedFault } from "./fault-file.js";
import { rateOf, readOptions, symbolChoice, wholeNumber } from "./option-values.js";
import type { Simulation } from "./simulation.js";

const DEFAULT_PORT = 9871;
const TRADES_PER_SECOND_MAX = 1000;
const BOOK_LEVELS_MAX = 1000;

/** @param name of the command, as a user types it, with the venue */
export function bitstampUsage(name: string): string {
  const symbols = bitstampPairs().map(({ instrument }) => instrument.symbol);
  return `${name}: a Bitstamp on this machine, until Ctrl-C

  --port N                  default ${DEFAULT_PORT}, 0 for any free port
  --seed N                  the same books and trades at every start, default 1
  --symbols A,B,C           these markets alone, or a number of them; default: all of
                            ${symbols.join(", ")}
  --trades-per-second N     of each market, up to ${TRADES_PER_SECOND_MAX}, default 3
  --book-levels N           levels per side of each book, 10 to ${BOOK_LEVELS_MAX}, default 60
  --book-lag-millis N       how old books of REST are, default 800
  --order-lag-millis N      how late single orders are told of, default 0; the venue's were about 570
  --order-fields 2023|2026  what is told of them: 2023 has no chain of events; default 2026
  --faults FILE             fault script in JSON: {"rules":[{"fault":"cut","atMillis":5000}]}
  --help

Faults: ${Object.keys(BITSTAMP_FAULT_FIELDS).join(", ")}.
Their fields: README of @ims/exchange-simulator.

Examples:
  ${name}                           on port ${DEFAULT_PORT}
  ${name} --symbols btcusd,ethusd --trades-per-second 50
  ${name} --faults faults.json

It prints the settings that point a service at it.
`;
}

export interface BitstampCommand {
  readonly options: BitstampSimulatorOptions;
  readonly faults: readonly TimedFault[];
}

/**
 * Reads the command line; undefined when help was asked for.
 *
 * @throws ImsError `simulator.invalid-option` naming the option, `simulator.invalid-fault`
 */
export function parseBitstampCommand(args: readonly string[]): BitstampCommand | undefined {
  const values = readOptions(args, {
    port: { type: "string" },
    seed: { type: "string" },
    symbols: { type: "string" },
    "trades-per-second": { type: "string" },
    "book-levels": { type: "string" },
    "book-lag-millis": { type: "string" },
    "order-lag-millis": { type: "string" },
    "order-fields": { type: "string" },
    faults: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  if (values.help) return undefined;
  const { faults, port, seed, symbols } = values;
  const { "book-lag-millis": lag, "book-levels": levels, "trades-per-second": rate } = values;
  const { "order-fields": orderFields, "order-lag-millis": orderLag } = values;
  return {
    options: {
      port: port === undefined ? DEFAULT_PORT : wholeNumber("--port", port),
      ...(seed !== undefined && { seed: wholeNumber("--seed", seed) }),
      ...(symbols !== undefined && { pairs: pairsOf(symbols) }),
      ...(rate !== undefined && {
        tradesPerSecond: rateOf("--trades-per-second", rate, TRADES_PER_SECOND_MAX),
      }),
      ...(levels !== undefined && { bookLevels: bookLevelsOf(levels) }),
      ...(lag !== undefined && { bookLagMillis: wholeNumber("--book-lag-millis", lag) }),
      ...(orderLag !== undefined && { orderLagMillis: wholeNumber("--order-lag-millis", orderLag) }),
      ...(orderFields !== undefined && { orderFields: orderFieldsOf(orderFields) }),
    },
    faults: faults === undefined ? [] : readFaultFile(faults, BITSTAMP_FAULT_FIELDS),
  };
}

/** Starts what was asked for. */
export async function runBitstamp({ faults, options }: BitstampCommand): Promise<Simulation> {
  const simulator = await startBitstampSimulator(options);
  const takeBack = scheduleFaults<BitstampFault>(faults, systemClock, simulator.inject);
  return {
    greeting: [
      `Bitstamp, simulated (seed ${options.seed ?? 1}, ${simulator.truth.symbols.length} markets)`,
      `REST       ${simulator.restUrl}`,
      `WebSocket  ${simulator.wsUrl}`,
      ...(faults.length > 0 ? [`Faults     ${faults.length} rules`] : []),
      "",
      `BITSTAMP_REST_URL=${simulator.restUrl} BITSTAMP_WS_URL=${simulator.wsUrl}`,
      "",
    ].join("\n"),
    close: async () => {
      takeBack();
      await simulator.close();
    },
  };
}

function pairsOf(text: string) {
  const pairs = bitstampPairs();
  const chosen = chosenSymbols(
    pairs.map(({ instrument }) => instrument.symbol),
    symbolChoice(text),
  );
  return pairs.filter(({ instrument }) => chosen.has(instrument.symbol));
}

function orderFieldsOf(text: string): "2023" | "2026" {
  if (text === "2023" || text === "2026") return text;
  throw fail("simulator.invalid-option", `--order-fields ${text} is none of 2023, 2026`);
}

function bookLevelsOf(text: string): number {
  const levels = wholeNumber("--book-levels", text);
  if (levels >= 10 && levels <= BOOK_LEVELS_MAX) return levels;
  throw fail("simulator.invalid-option", `--book-levels ${text} is none of 10 to ${BOOK_LEVELS_MAX}`);
}

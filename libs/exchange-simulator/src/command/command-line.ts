import { readFileSync } from "node:fs";
import { parseFaultScript } from "../binance/faults/fault-rules.js";
import type { FaultScript } from "../binance/faults/fault-script.js";
import { BINANCE_MARKETS } from "../binance/markets/markets.js";
import type { BinanceSimulator } from "../binance/simulator.js";
import type { BinanceSimulatorOptions } from "../binance/simulator-options.js";
import { fail } from "../errors/simulator-errors.js";
import { readOptions, symbolChoice } from "./option-values.js";

/** @param name of the command, as a user types it */
export function usage(name: string): string {
  return `${name}: a Binance market on this machine, until Ctrl-C

  --market spot|coin-future|usd-future   default spot
  --port N                               default 9870, 0 for any free port
  --seed N                               synthetic market: grow it again from this number
  --symbols A,B,C                        synthetic market: these symbols, or a number of them
  --trades-per-second N                  synthetic market: average over all symbols, default 50
  --recording FILE                       replay a recording; may be given several times, in order
  --exchange-info FILE                   recording: serve this exchangeInfo body
  --speed max|N                          recording: as fast as possible, or N times real time, default 1
  --book-levels N                        synthetic market: levels per side of each book, default 100
  --unusual-trades N                     synthetic futures: share of INSURANCE_FUND, ADL and NA prints, 0 to 1
  --faults FILE                          fault script in JSON: {"seed":1,"rules":[{"fault":"drop","count":1}]}
  --help

Examples:
  ${name}                                         spot, synthetic, on port 9870
  ${name} --market usd-future --port 0 --seed 42  the same market at every start
  ${name} --symbols 1500 --trades-per-second 2000
  ${name} --recording monday.jsonl.gz --recording tuesday.jsonl.gz --speed 10
  ${name} --faults faults.json                    with everything that goes wrong at a venue
  ${name} bitstamp --help                         other venues: bitstamp, deribit

It prints the settings that point a service at it. The faults and their fields: README of @ims/exchange-simulator.
`;
}

const DEFAULT_PORT = 9870;

/**
 * Reads the command line; undefined when help was asked for.
 *
 * @throws ImsError `simulator.invalid-option` naming the option, `simulator.invalid-fault`
 */
export function parseCommandLine(args: readonly string[]): BinanceSimulatorOptions | undefined {
  const values = readValues(args);
  if (values.help) return undefined;
  const market = values.market ?? "spot";
  if (!isMarket(market)) {
    throw fail(
      "simulator.invalid-option",
      `--market ${market} is none of ${Object.keys(BINANCE_MARKETS).join(", ")}`,
    );
  }
  const port = values.port === undefined ? DEFAULT_PORT : number("--port", values.port);
  const faults = values.faults === undefined ? undefined : readFaults(values.faults);
  if (values.recording) {
    const synthetic = ["seed", "symbols", "trades-per-second", "book-levels", "unusual-trades"] as const;
    for (const option of synthetic) {
      if (values[option] !== undefined) {
        throw fail(
          "simulator.invalid-option",
          `--${option} is for a synthetic market and --recording is given`,
        );
      }
    }
    const speed =
      values.speed === undefined ? 1 : values.speed === "max" ? "max" : number("--speed", values.speed);
    return {
      market,
      port,
      faults,
      source: {
        kind: "recording",
        files: values.recording,
        speed,
        exchangeInfoFile: values["exchange-info"],
      },
    };
  }
  for (const option of ["speed", "exchange-info"] as const) {
    if (values[option] !== undefined) {
      throw fail("simulator.invalid-option", `--${option} is for recordings and no --recording is given`);
    }
  }
  return {
    market,
    port,
    faults,
    source: {
      kind: "synthetic",
      seed: values.seed === undefined ? undefined : number("--seed", values.seed),
      symbols: values.symbols === undefined ? undefined : symbolChoice(values.symbols),
      tradesPerSecond:
        values["trades-per-second"] === undefined
          ? undefined
          : number("--trades-per-second", values["trades-per-second"]),
      bookLevels:
        values["book-levels"] === undefined ? undefined : number("--book-levels", values["book-levels"]),
      unusualTradeShare:
        values["unusual-trades"] === undefined
          ? undefined
          : number("--unusual-trades", values["unusual-trades"]),
    },
  };
}

/** What to print once the simulator runs: its addresses, and the settings that point a service at it. */
export function greeting(options: BinanceSimulatorOptions, simulator: BinanceSimulator): string {
  const market = BINANCE_MARKETS[options.market];
  const source =
    options.source.kind === "synthetic"
      ? `synthetic, seed ${simulator.seed}`
      : `recording at speed ${options.source.speed}, starts with the first subscriber`;
  const hasSbe = options.market === "spot" && options.source.kind === "synthetic";
  return [
    `${market.title}, simulated (${source}, ${simulator.symbols.length} symbols)`,
    `REST       ${simulator.restUrl}`,
    `WebSocket  ${simulator.wsUrl}`,
    ...(hasSbe ? [`SBE        ${simulator.sbeUrl}, with any API key`] : []),
    ...(options.faults ? [`Faults     ${options.faults.rules.length} rules`] : []),
    "",
    `BINANCE_${market.settingName}_REST_URL=${simulator.restUrl} BINANCE_${market.settingName}_WS_URL=${simulator.wsUrl}${hasSbe ? ` BINANCE_SPOT_SBE_URL=${simulator.sbeUrl}` : ""}`,
    "",
  ].join("\n");
}

function readValues(args: readonly string[]) {
  return readOptions(args, {
    market: { type: "string" },
    port: { type: "string" },
    seed: { type: "string" },
    symbols: { type: "string" },
    "trades-per-second": { type: "string" },
    recording: { type: "string", multiple: true },
    "exchange-info": { type: "string" },
    speed: { type: "string" },
    "book-levels": { type: "string" },
    "unusual-trades": { type: "string" },
    faults: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
}

function readFaults(file: string): FaultScript {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw fail("simulator.invalid-option", `--faults ${file} cannot be read`, { cause: error });
  }
  return parseFaultScript(text);
}

function isMarket(name: string): name is BinanceSimulatorOptions["market"] {
  return Object.hasOwn(BINANCE_MARKETS, name);
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw fail("simulator.invalid-option", `${option} ${text} is not a number`);
  }
  return value;
}

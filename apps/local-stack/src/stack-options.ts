import { parseArgs } from "node:util";
import { type ErrorTable, errorFactory } from "@ims/common";

export const LOCAL_STACK_ERRORS = {
  "local-stack.usage": {
    summary: "The command line cannot be understood",
    action: "Run npm start -- --help to see what it takes",
    retryable: false,
  },
  "local-stack.symbol": {
    summary: "A symbol is not listed by the simulated venues",
    action: "Name one of those with --symbols",
    retryable: false,
  },
  "local-stack.recording": {
    summary: "A recording cannot be used",
    action: "Name a .jsonl or .jsonl.gz file of recorded Binance messages",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(LOCAL_STACK_ERRORS);

const STACK_NAMES = ["market", "averages", "books", "options"] as const;
export type StackName = (typeof STACK_NAMES)[number];

/** What one run of the stack shows. */
export interface StackOptions {
  /** What is shown: the market's trades and bars, averages of its trades, the books of three venues as one, or options that a filter lets through. */
  readonly stack: StackName;
  readonly source: "simulated" | "live" | "recording";
  readonly recordingFiles: readonly string[];
  /** Replay speed: 1 keeps the recorded pace. */
  readonly speed: number | "max";
  readonly symbols: readonly string[];
  /** Ends the run after so many seconds; undefined runs until Ctrl-C. */
  readonly seconds: number | undefined;
  readonly seed: number | undefined;
  readonly help: boolean;
}

export const HELP = `Runs everything on this machine: a broker, a market, its service, and a client that prints trades and bars.

  npm start                              a simulated Binance spot market
  npm start -- --live                    the real Binance spot market
  npm start -- --recording FILE          a recorded session (.jsonl.gz); may be given several times

  --stack averages  print moving averages of the trades, windows of 1 s and 10 s
  --stack books     a ladder of the merged books of simulated Binance, Bitstamp and Deribit
  --stack options   simulated options with greeks, through a WebAssembly filter: strikes from 85
  --symbols A,B     what to print (default BTCUSDT,ETHUSDT; of a recording: all of it; books: one, BTCUSDT)
  --seconds N       end after N seconds
  --speed N|max     pace of a recording (default 1)
  --seed N          another simulated market
`;

/** @throws ImsError `local-stack.usage` naming the argument */
export function parseStackOptions(args: readonly string[]): StackOptions {
  const values = readArguments(args);
  const recordingFiles = values.recording ?? [];
  if (values.live && recordingFiles.length > 0) {
    throw fail("local-stack.usage", "--live and --recording exclude each other");
  }
  const stack = STACK_NAMES.find((name) => name === (values.stack ?? "market"));
  if (!stack) {
    throw fail("local-stack.usage", `--stack must be ${STACK_NAMES.join(", ")}, not "${values.stack}"`);
  }
  if ((stack === "books" || stack === "options") && (values.live || recordingFiles.length > 0)) {
    throw fail(
      "local-stack.usage",
      `--stack ${stack} has simulated venues only, without --live and --recording`,
    );
  }
  if (values.speed !== undefined && recordingFiles.length === 0) {
    throw fail("local-stack.usage", "--speed is the pace of a recording, and needs --recording");
  }
  if (stack === "books" && (values.symbols ?? []).join(",").includes(",")) {
    throw fail("local-stack.usage", "--stack books shows one symbol, name one with --symbols");
  }
  return {
    stack,
    source: values.live ? "live" : recordingFiles.length > 0 ? "recording" : "simulated",
    recordingFiles,
    speed: values.speed === "max" ? "max" : positive("speed", values.speed ?? "1"),
    symbols: (values.symbols ?? [])
      .flatMap((list) => list.split(","))
      .map((name) => name.trim().toUpperCase())
      .filter(Boolean),
    seconds: values.seconds === undefined ? undefined : positive("seconds", values.seconds),
    seed: values.seed === undefined ? undefined : positive("seed", values.seed),
    help: values.help ?? false,
  };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        stack: { type: "string" },
        live: { type: "boolean" },
        recording: { type: "string", multiple: true },
        speed: { type: "string" },
        symbols: { type: "string", multiple: true },
        seconds: { type: "string" },
        seed: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw fail(
      "local-stack.usage",
      error instanceof Error ? error.message.replace(/\.$/, "") : String(error),
    );
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(Number.isFinite(value) && value > 0)) {
    throw fail("local-stack.usage", `--${name} must be a number above 0, not "${text}"`);
  }
  return value;
}

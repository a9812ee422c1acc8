import { defineSettings, integerSetting, listSetting, loadSettings, textSetting } from "@ims/common";
import type { Command } from "commander";
import type { CliEnvironment } from "../cli-environment.js";
import { CLI_SETTINGS, type CliFlags, formatFlag, outputFormat } from "../cli-settings.js";
import { examplesText, withFormat } from "../command-options.js";
import { takesColours } from "../commands/feed-command.js";
import { following } from "../commands/following.js";
import type { BookClient, BookProto, SummaryMessage } from "./book-proto-types.js";
import { fail } from "./merged-errors.js";
import { MERGED_CSV_HEADER, mergedAsCsv, mergedAsJson } from "./merged-printer.js";
import { mergedView } from "./merged-view.js";

const MERGED_SETTINGS = defineSettings({
  symbol: {
    schema: textSetting({ lengthMax: 64 }).optional(),
    env: "SYMBOL",
    description: "base and quote, for example BTCUSDT",
  },
  address: {
    schema: textSetting({ lengthMax: 256 }).default("[::1]:9051"),
    env: "GRPC_ADDR",
    flag: "grpc-addr",
    description: "address of the order-book service",
  },
  venues: {
    schema: listSetting({ countMax: 32 }).default([]),
    flag: "venues",
    description: "venues to merge",
  },
  count: { ...CLI_SETTINGS.count, schema: integerSetting({ min: 1 }).optional() },
  depth: CLI_SETTINGS.depth,
  seconds: CLI_SETTINGS.seconds,
  format: CLI_SETTINGS.format,
});

interface MergedFlags extends Omit<CliFlags, "exchange" | "url" | "clientId"> {
  readonly grpcAddr?: string;
  readonly venues?: string;
}

/** Codes of gRPC that say what the user asked for cannot be: INVALID_ARGUMENT, NOT_FOUND, RESOURCE_EXHAUSTED. */
const REFUSALS: ReadonlySet<unknown> = new Set([3, 5, 8]);

/** Adds `ims merged`. The gRPC library is loaded only when the command runs. */
export function addMergedCommand(
  program: Command,
  environment: CliEnvironment,
  load: () => Promise<BookProto> = () => import("@ims/book-proto"),
): void {
  withFormat(program.command("merged"))
    .description("show the book of a symbol merged over several venues, as an order-book service serves it")
    .argument("[symbol]", "base and quote (default: SYMBOL of the environment)")
    .option(
      "--grpc-addr <address>",
      "address of the order-book service (default: GRPC_ADDR, else [::1]:9051)",
    )
    .option("--venues <names>", "venues to merge, with commas between (default: all)")
    .option("--depth <number>", "levels of each side (default: 10)")
    .option(
      "--count <number>",
      "end after this many books with levels; without any, the last empty one is shown",
    )
    .option("--seconds <number>", "end after this many seconds")
    .addHelpText(
      "after",
      examplesText([
        ["ims merged BTCUSDT", "a ladder with the venue of each level until Ctrl-C"],
        ["ims merged ETHBTC --venues binancespot,bitstamp", ""],
        ["ims merged BTCUSDT --depth 1 | jq .spread", "JSON lines when piped"],
      ]),
    )
    .action((symbol: string | undefined, flags: MergedFlags) => showMerged(environment, symbol, flags, load));
}

/** `ims merged SYMBOL`. */
async function showMerged(
  environment: CliEnvironment,
  argument: string | undefined,
  flags: MergedFlags,
  load: () => Promise<BookProto>,
): Promise<void> {
  const { count, depth, seconds, venues, grpcAddr } = flags;
  const settings = loadSettings(MERGED_SETTINGS, {
    flags: { count, depth, seconds, venues, "grpc-addr": grpcAddr, format: formatFlag(flags) },
    env: environment.env,
  }).values;
  const symbol = argument ?? settings.symbol;
  if (symbol === undefined) throw fail("merged.no-symbol", "no symbol is given");
  const client = await openClient(load, settings.address);
  try {
    await following(environment, settings, `merged book of ${symbol}`, async (signal, heard) => {
      const show = viewOf(environment, settings);
      const query = { symbol, depth: settings.depth, venues: settings.venues };
      const showsEmpty = settings.count === undefined || isLive(environment, settings);
      let empty: SummaryMessage | undefined;
      let counted = 0;
      for await (const summary of client.summaries(query, signal)) {
        heard();
        const isEmpty = summary.bids.length + summary.asks.length === 0;
        if (isEmpty && !showsEmpty) {
          empty = summary;
          continue;
        }
        if (!(await show(summary))) return;
        if (!isEmpty && ++counted === settings.count) return;
      }
      // Its venues say why no other came.
      if (counted === 0 && empty) await show(empty);
    });
  } catch (error) {
    throw asCliError(error, settings.address);
  } finally {
    client.close();
  }
}

async function openClient(load: () => Promise<BookProto>, address: string): Promise<BookClient> {
  try {
    const { BookClient } = await load();
    return new BookClient(address);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw fail("merged.no-client", "the gRPC client is not installed", { cause: error });
  }
}

/** Shows one state; resolves when more may come, with false when nobody reads any more. */
function viewOf(
  environment: CliEnvironment,
  settings: { readonly depth: number; readonly format?: "table" | "json" | "csv" | undefined },
): (summary: SummaryMessage) => Promise<boolean> {
  const { output } = environment;
  const format = outputFormat(environment, settings);
  if (format === "json") return (summary) => output.write(mergedAsJson(summary));
  if (format === "csv") {
    let header = MERGED_CSV_HEADER;
    return (summary) => {
      const text = header + mergedAsCsv(summary);
      header = "";
      return output.write(text);
    };
  }
  return mergedView(output, settings.depth, takesColours(environment));
}

/** Whether each book takes the place of the one before. */
function isLive(environment: CliEnvironment, settings: Parameters<typeof outputFormat>[1]): boolean {
  return environment.output.isTerminal && outputFormat(environment, settings) === "table";
}

/** An error of gRPC, which has `code` and `details`, in the words of the command line. */
function asCliError(error: unknown, address: string): unknown {
  if (!(error instanceof Error && "details" in error && "code" in error)) return error;
  const details = String(error.details);
  if (REFUSALS.has(error.code)) return fail("merged.refused", details);
  return fail("merged.no-service", `the order-book service at ${address}: ${reasonOf(details)}`);
}

/** What grpc-js says of a failed connection is wrapped in words of its own, some of which have nothing behind them. */
function reasonOf(details: string): string {
  return /Last error: (?:Error: )?(.+?)\. Resolution note:/.exec(details)?.[1] ?? details.replace(/\.$/, "");
}

import type { Command } from "commander";
import { followAverages } from "../../client/follow-averages.js";
import type { FollowStart } from "../../client/follow-records.js";
import { fail } from "../../errors/client-errors.js";
import type { CliEnvironment } from "../cli-environment.js";
import { type CliFlags, outputFormat, readCliSettings } from "../cli-settings.js";
import { examplesText, withFormat } from "../command-options.js";
import { readStart } from "../iggy/tail-start.js";
import { averageColumns } from "../output/average-columns.js";
import { printerFor } from "../output/message-printer.js";
import { following } from "./following.js";

interface AveragesFlags extends CliFlags {
  readonly from?: string;
  readonly name?: string;
  readonly window?: string;
}

const UNIT_MICROS: Readonly<Record<string, number>> = { ms: 1000, s: 1e6, m: 60e6, h: 3600e6 };

/** Adds `ims averages`, which reads what the aggregator service has written and needs no session with a service. */
export function addAveragesCommand(program: Command, environment: CliEnvironment): void {
  withFormat(program.command("averages"))
    .description("print averages of trades, as the aggregator service publishes them")
    .argument("[symbols...]", "one or several symbols, as the exchange writes them (default: all)")
    .option("--exchange <name>", "exchange whose trades are averaged (default: binancespot)")
    .option("--url <url>", "address of the broker, also IGGY_URL")
    .option("--name <name>", "IMS_AVERAGES_NAME of the aggregator (default: averages)")
    .option("--window <length>", "only of windows of this length, for example 10s or 1m")
    .option(
      "--from <place>",
      "begin at first, last, an offset, or a time in UTC such as 2026-01-31T12:00 (default: last)",
    )
    .option("--count <number>", "end after this many messages")
    .option("--seconds <number>", "end after this many seconds")
    .addHelpText(
      "after",
      examplesText([
        ["ims averages BTCUSDT", "until Ctrl-C"],
        ["ims averages --window 1m --from first", "all that the broker holds of windows of a minute"],
        ["ims averages BTCUSDT | jq 'select(.method == \"simple\") | .vwap'", "exact texts"],
      ]),
    )
    .action((symbols: string[], flags: AveragesFlags) => printAverages(environment, symbols, flags));
}

/** `ims averages`: prints until the count, the seconds, an interrupt, or a closed pipe. */
async function printAverages(
  environment: CliEnvironment,
  symbols: readonly string[],
  flags: AveragesFlags,
): Promise<void> {
  const settings = readCliSettings(flags, environment.env);
  const windowMicros = readWindow(flags.window);
  const from = readFrom(flags.from);
  const { output, errors, clock } = environment;
  const printer = printerFor(outputFormat(environment, settings), "average", averageColumns);
  const what = symbols.length > 0 ? `averages of ${symbols.join(", ")}` : "averages";
  await following(environment, settings, what, async (signal, heard) => {
    const averages = followAverages({
      url: settings.url,
      exchange: settings.exchange,
      name: flags.name,
      symbols,
      windowMicros,
      from,
      signal,
      clock,
      onMissed: ({ partitionId, expectedOffset, foundOffset, reason }) =>
        void errors.write(
          `ims: partition ${partitionId} goes on at offset ${foundOffset} instead of ${expectedOffset} (${reason})\n`,
        ),
    });
    let printedCount = 0;
    for await (const message of averages) {
      heard();
      if (printedCount === 0 && printer.header !== "" && !(await output.write(printer.header))) return;
      if (!(await output.write(printer.print(message)))) return;
      printedCount++;
      if (printedCount === settings.count) return;
    }
  });
}

/** @throws ImsError `client.invalid-argument` */
function readWindow(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^([1-9]\d{0,8})(ms|s|m|h)$/.exec(text);
  if (match) return Number(match[1]) * UNIT_MICROS[match[2]!]!;
  throw fail("client.invalid-argument", `--window: "${text}" is no length such as 500ms, 10s, 1m or 1h`);
}

/** @throws ImsError `client.invalid-argument` */
function readFrom(text = "last"): FollowStart {
  const start = readStart(text);
  if (start.kind === "offset") return { offset: Number(start.value) };
  if (start.kind === "timestamp") return { time: start.value };
  return start.kind === "first" ? "first" : "last";
}

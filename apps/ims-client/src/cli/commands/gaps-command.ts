import { dataTypeName, didYouMean } from "@ims/common";
import { fail } from "../../errors/client-errors.js";
import type { CliEnvironment } from "../cli-environment.js";
import { type CliSettings, outputFormat } from "../cli-settings.js";
import { gapColumns } from "../output/message-columns.js";
import { printerFor } from "../output/message-printer.js";
import { reportEvents, withClient } from "./client-run.js";

export interface GapFilter {
  readonly symbol?: string;
  /** Topic of the data, for example `trades`. */
  readonly data?: string;
}

const DATA_NAMES: readonly string[] = Array.from({ length: 256 }, (_, id) => dataTypeName(id)).filter(
  (name) => name !== undefined && name !== "unknown",
) as string[];

/** `ims gaps`: every loss that the service has told, oldest first. Reads the broker; the service need not run. */
export async function listGaps(
  environment: CliEnvironment,
  settings: CliSettings,
  { symbol, data }: GapFilter,
): Promise<void> {
  if (data !== undefined && !DATA_NAMES.includes(data)) {
    throw fail(
      "client.invalid-argument",
      `--data: "${data}" is none of ${DATA_NAMES.join(", ")}${didYouMean(data, DATA_NAMES)}`,
    );
  }
  const { output, errors } = environment;
  const printer = printerFor(outputFormat(environment, settings), "gap", gapColumns);
  const list = async (client: Parameters<Parameters<typeof withClient>[2]>[0]) => {
    reportEvents(client, environment);
    let printedCount = 0;
    const seen = new Set<string>();
    for await (const gap of client.gapLedger()) {
      seen.add(gap.symbol);
      if (symbol !== undefined && gap.symbol !== symbol) continue;
      if (data !== undefined && gap.data !== data) continue;
      if (printedCount === 0 && printer.header !== "" && !(await output.write(printer.header))) return;
      if (!(await output.write(printer.print(gap)))) return;
      printedCount++;
      if (printedCount === settings.count) return;
    }
    const hint = symbol === undefined ? "" : didYouMean(symbol, [...seen]);
    if (printedCount === 0)
      await errors.write(`ims: ${client.exchangeName} has told of no such losses${hint}\n`);
  };
  await withClient(environment, settings, list, false);
}

import type { Instrument } from "@ims/common";
import type { CliEnvironment } from "../cli-environment.js";
import { type CliSettings, outputFormat } from "../cli-settings.js";
import { instrumentLines } from "../output/instrument-printer.js";
import { withClient } from "./client-run.js";

/** `ims symbols`: the instruments of the exchange, those only whose symbol or assets contain the filter. */
export async function listSymbols(
  environment: CliEnvironment,
  settings: CliSettings,
  filter: string | undefined,
): Promise<void> {
  await withClient(environment, settings, async (client) => {
    const { output, errors } = environment;
    const all = await client.symbols();
    const chosen = matching(all, filter).slice(0, settings.count);
    for (const text of instrumentLines(chosen, outputFormat(environment, settings))) {
      if (!(await output.write(text))) return;
    }
    if (chosen.length === 0) {
      await errors.write(
        `ims: none of the ${all.length} symbols of ${client.exchangeName} contains "${filter ?? ""}"\n`,
      );
    }
  });
}

function matching(instruments: readonly Instrument[], filter: string | undefined): readonly Instrument[] {
  if (filter === undefined) return instruments;
  const wanted = filter.toLowerCase();
  return instruments.filter(({ symbol, base, quote }) =>
    [symbol, base, quote].some((name) => name.toLowerCase().includes(wanted)),
  );
}

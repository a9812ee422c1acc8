import type { StartFrom } from "../../delivery/start-from.js";
import type { CliEnvironment } from "../cli-environment.js";
import { type CliSettings, outputFormat } from "../cli-settings.js";
import { sidePaint } from "../output/message-columns.js";
import { reportEvents, withClient } from "./client-run.js";
import type { Feed } from "./feeds.js";
import { following } from "./following.js";

/** What one run of a feed command prints. */
export interface FeedRun {
  readonly feed: Feed;
  readonly symbols: readonly string[];
  readonly from: StartFrom;
}

/** `ims trades` and its like: prints messages until the count, the seconds, an interrupt, or a closed pipe. */
export async function printFeed(
  environment: CliEnvironment,
  settings: CliSettings,
  { feed, symbols, from }: FeedRun,
): Promise<void> {
  const { output } = environment;
  const printer = feed.printer(outputFormat(environment, settings), sidePaint(takesColours(environment)));
  await withClient(environment, settings, async (client) => {
    reportEvents(client, environment);
    await feed.start(client, symbols, { from });
    await following(
      environment,
      settings,
      `${feed.plural} of ${symbols.join(", ")}`,
      async (signal, heard) => {
        if (printer.header !== "" && !(await output.write(printer.header))) return;
        let printedCount = 0;
        for await (const message of feed.messages(client, signal)) {
          heard();
          if (!(await output.write(printer.print(message)))) return;
          printedCount++;
          if (printedCount === settings.count) return;
        }
      },
    );
  });
}

/** https://no-color.org: `NO_COLOR`, set and not empty, means no colours. */
export function takesColours({ env, output }: CliEnvironment): boolean {
  return output.isTerminal && !env.NO_COLOR;
}

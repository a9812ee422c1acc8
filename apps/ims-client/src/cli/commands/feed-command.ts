import type { TimeResolutionText } from "@ims/common";
import type { ImsClient } from "../../client/ims-client.js";
import type { CliEnvironment } from "../cli-environment.js";
import type { CliSettings } from "../cli-settings.js";
import { errorText } from "../output/error-text.js";
import { BarTable, JsonPrinter, type MessagePrinter, TradeTable } from "../output/message-printer.js";
import { withClient } from "./client-run.js";
import { SilenceNotice } from "./silence-notice.js";

export type FeedRequest =
  | { readonly type: "trade"; readonly symbols: readonly string[] }
  | { readonly type: "bar"; readonly symbols: readonly string[]; readonly resolution: TimeResolutionText };

/** `ims trades` and `ims bars`: prints messages until the count, the seconds, an interrupt, or a closed pipe. */
export async function printFeed(
  environment: CliEnvironment,
  settings: CliSettings,
  feed: FeedRequest,
): Promise<void> {
  await withClient(environment, settings, async (client) => {
    reportEvents(client, environment);
    if (feed.type === "trade") await client.startTradeData(feed.symbols);
    else await client.startOhlcvData(feed.symbols, feed.resolution);
    await printMessages(client, environment, settings, feed);
  });
}

async function printMessages(
  client: ImsClient,
  environment: CliEnvironment,
  settings: CliSettings,
  feed: FeedRequest,
): Promise<void> {
  const { output, clock, interrupted } = environment;
  const printer = printerFor(environment, settings, feed.type);
  const ended = new AbortController();
  const end = () => ended.abort();
  interrupted.addEventListener("abort", end, { once: true });
  const timer = settings.seconds === undefined ? undefined : clock.setTimer(settings.seconds * 1000, end);
  const silence = new SilenceNotice(clock, (silentMillis) => {
    const what = `${feed.type}s of ${feed.symbols.join(", ")}`;
    const where = "if the market should be moving, look at /health of the service";
    void environment.errors.write(`ims: no ${what} for ${silentMillis / 1000} s; ${where}\n`);
  });
  try {
    if (printer.header !== "" && !(await output.write(printer.header))) return;
    let printedCount = 0;
    for await (const message of client.messages({ signal: ended.signal })) {
      silence.heard();
      if (!(await output.write(printer.print(message)))) return;
      printedCount++;
      if (printedCount === settings.count) return;
    }
  } finally {
    timer?.cancel();
    silence.stop();
    interrupted.removeEventListener("abort", end);
  }
}

function printerFor(
  { env, output }: CliEnvironment,
  { format }: CliSettings,
  type: FeedRequest["type"],
): MessagePrinter {
  const asTable = format ? format === "table" : output.isTerminal;
  if (!asTable) return new JsonPrinter();
  // https://no-color.org: set and not empty means no colours.
  return type === "trade" ? new TradeTable(output.isTerminal && !env.NO_COLOR) : new BarTable();
}

/** What happens beside the data goes to the error output, so that piped data stays clean. */
function reportEvents(client: ImsClient, { errors, interrupted }: CliEnvironment): void {
  const say = (text: string) => {
    if (!interrupted.aborted) void errors.write(text);
  };
  client.on("disconnected", () => say("ims: the connection to the broker is lost, connecting again\n"));
  client.on("connected", () => say("ims: connected to the broker again\n"));
  client.on("silent", () => say(`ims: ${client.exchangeName} does not answer, waiting for it\n`));
  client.on("resumed", ({ subscriptionCount }) =>
    say(`ims: ${client.exchangeName} is back, ${subscriptionCount} subscriptions run again\n`),
  );
  client.on("restarted", ({ topic }) =>
    say(`ims: the broker lost the old content of ${topic}, reading from its new beginning\n`),
  );
  client.on("malformed", ({ count, reason }) => {
    if (count === 1) say(`ims: skipped a message that cannot be read (${reason})\n`);
  });
  client.on("error", (error) => say(errorText(error)));
}

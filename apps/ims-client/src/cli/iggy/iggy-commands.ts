import { type Command, Option } from "commander";
import { DEFAULT_IGGY_URL } from "../../client/connect-options.js";
import type { CliEnvironment } from "../cli-environment.js";
import { examplesText, withFormat } from "../command-options.js";
import { createStream, createTopic, deleteStream, deleteTopic } from "./change-commands.js";
import { type IggyRun, withIggy } from "./iggy-run.js";
import { type IggyFlags, readIggySettings } from "./iggy-settings.js";
import { listClients, listGroups, listStreams, listTopics, showStats } from "./list-commands.js";
import { listOffsets } from "./offsets-command.js";
import { DECODINGS } from "./payload-text.js";
import { type ProduceFlags, produce } from "./produce-command.js";
import { type TailFlags, tail } from "./tail-command.js";

const EXAMPLES = `
Examples:
  ims iggy streams
  ims iggy topics binancespot-market-data
  ims iggy tail binancespot-market-data/trades            the newest 10 messages
  ims iggy tail binancespot-market-data/trades --follow   those that come, until Ctrl-C
  ims iggy tail orders/placed --from 2026-01-31T12:00 --count 100 --json | jq
  ims iggy offsets orders/placed --consumer ledger        how far groups and a consumer are
  ims iggy create topic orders/placed --partitions 3
  printf 'one\\ntwo\\n' | ims iggy produce orders/placed
  ims iggy delete topic orders/placed --yes

Names stand for themselves; id:7 is a number. Works with the embedded broker and with any Apache Iggy server of
protocol 0.11, also over TLS: iggy+tls://user:password@host:8090?tls_ca_file=/path/to/ca.pem
`;

const TAIL_EXAMPLES = examplesText([
  ["ims tail binancespot-market-data/trades", "the newest 10"],
  ["ims tail binancespot-market-data/gaps --from first", "all"],
  ["ims tail orders/placed --follow --decode hex", "those that come, as bytes"],
]);

const PATH = "<stream/topic>";
const PATH_MEANING = "stream and topic, by name or id:NUMBER";

/** Adds `ims iggy …`: looking at any Iggy broker, and small changes to it. */
export function addIggyCommands(program: Command, environment: CliEnvironment): void {
  const iggy = program
    .command("iggy")
    .description("look at an Iggy broker: its streams, messages, offsets and connections")
    .addHelpText("after", EXAMPLES);
  /** A command that runs with a client of the broker. */
  const run = <Flags extends IggyFlags>(flags: Flags, work: (run: IggyRun) => Promise<void>) =>
    withIggy(environment, readIggySettings(flags, environment.env), work);

  common(iggy.command("streams"))
    .description("list the streams")
    .action((flags: IggyFlags) => run(flags, listStreams));
  common(iggy.command("topics"))
    .description("list the topics of a stream")
    .argument("<stream>", "name or id:NUMBER")
    .action((stream: string, flags: IggyFlags) => run(flags, (it) => listTopics(it, stream)));
  addTailCommand(iggy, environment);
  common(iggy.command("offsets"))
    .description("list partitions with the stored offsets and lag of groups and of the consumers named")
    .argument(PATH, PATH_MEANING)
    .option("--consumer <name...>", "single consumers to look up; the broker has no list of them")
    .action((path: string, flags: IggyFlags & { consumer?: string[] }) =>
      run(flags, (it) => listOffsets(it, path, flags.consumer ?? [])),
    );
  common(iggy.command("groups"))
    .description("list the consumer groups of a topic with their members")
    .argument(PATH, PATH_MEANING)
    .action((path: string, flags: IggyFlags) => run(flags, (it) => listGroups(it, path)));
  common(iggy.command("clients"))
    .description("list the connections of the broker")
    .action((flags: IggyFlags) => run(flags, listClients));
  common(iggy.command("stats"))
    .description("show the broker's own figures")
    .action((flags: IggyFlags) => run(flags, showStats));
  common(iggy.command("produce"))
    .description("send each line of a file or of the standard input as a message")
    .argument(PATH, PATH_MEANING)
    .argument("[file]", "- or absent: standard input")
    .addOption(new Option("--partition <number>", "to one partition").conflicts("key"))
    .option("--key <text>", "to the partition of this key (default: to all partitions in turn)")
    .option("--count <number>", "end after this many messages")
    .addOption(new Option("--lines", "a message per line; the default").conflicts("frames"))
    .option("--frames", "the input is frames: length as 4 bytes little-endian, then the bytes")
    .action((path: string, file: string | undefined, flags: IggyFlags & ProduceFlags) =>
      run(flags, (it) => produce(it, path, file, flags)),
    );
  addChanges(iggy, run);
}

/** Adds `tail`, which stands both in `ims` and in `ims iggy`. */
export function addTailCommand(parent: Command, environment: CliEnvironment): void {
  common(parent.command("tail"))
    .description("show the newest messages of a topic, decoded, or those from a place on")
    .argument(PATH, PATH_MEANING)
    .option(
      "--from <place>",
      "first, last, an offset, or a time in UTC such as 2026-01-31T12:00 (default: last)",
    )
    .option("--partition <number>", "of one partition only")
    .option("--count <number>", "end after this many messages (default with --from last: 10)")
    .option("--decode <how>", `${DECODINGS.join(", ")} (default: auto)`)
    .option("-f, --follow", "go on with messages as they come, until Ctrl-C")
    .addHelpText("after", TAIL_EXAMPLES)
    .action((path: string, flags: IggyFlags & TailFlags) =>
      withIggy(environment, readIggySettings(flags, environment.env), (run) => tail(run, path, flags)),
    );
}

type Run = (flags: IggyFlags, work: (run: IggyRun) => Promise<void>) => Promise<void>;

function addChanges(iggy: Command, run: Run): void {
  const create = iggy.command("create").description("create a stream or a topic");
  common(create.command("stream"))
    .argument("<name>")
    .action((name: string, flags: IggyFlags) => run(flags, (it) => createStream(it, name)));
  common(create.command("topic"))
    .argument(PATH, "an existing stream and the new topic")
    .option("--partitions <number>", "0 to 1000 (default: 1)")
    .action((path: string, flags: IggyFlags) => run(flags, (it) => createTopic(it, path)));
  const remove = iggy.command("delete").description("delete a stream or a topic with everything in it");
  common(remove.command("stream"))
    .argument("<stream>", "name or id:NUMBER")
    .option("--yes", "do it; without, only tells what would be deleted")
    .action((name: string, flags: IggyFlags & { yes?: true }) =>
      run(flags, (it) => deleteStream(it, name, flags.yes === true)),
    );
  common(remove.command("topic"))
    .argument(PATH, PATH_MEANING)
    .option("--yes", "do it; without, only tells what would be deleted")
    .action((path: string, flags: IggyFlags & { yes?: true }) =>
      run(flags, (it) => deleteTopic(it, path, flags.yes === true)),
    );
}

function common(command: Command): Command {
  return withFormat(
    command.option("--url <url>", `address of the broker, also IGGY_URL (default: ${DEFAULT_IGGY_URL})`),
  );
}

import type { PollStart } from "@ims/iggy-client";
import { fail } from "../../errors/client-errors.js";
import { outputFormat } from "../cli-settings.js";
import type { IggyRun } from "./iggy-run.js";
import { CsvMessageLines, JsonMessageLines, type MessageLines, TableMessageLines } from "./message-lines.js";
import { DECODINGS, type Decoding } from "./payload-text.js";
import { type ShownMessage, storedMessages } from "./stored-messages.js";
import { readStart } from "./tail-start.js";
import { notThere, readTopicPath, requireTopic, type TopicDetails } from "./topic-path.js";

/** Newest messages that `ims iggy tail` shows by itself, and the most that it keeps to find the newest. */
const NEWEST_DEFAULT = 10;
const NEWEST_MAX = 10_000;

export interface TailFlags {
  readonly from?: string;
  readonly decode?: string;
  readonly follow?: true;
}

/**
 * `ims iggy tail STREAM/TOPIC`: the newest messages, or those from a place on; with `--follow` goes on with what comes,
 * until the count, an interrupt or a closed pipe.
 */
export async function tail(run: IggyRun, pathText: string, flags: TailFlags): Promise<void> {
  const { environment, settings, client } = run;
  const path = readTopicPath(pathText);
  const start: PollStart = readStart(flags.from ?? "last");
  const lines = linesFor(run, readDecoding(flags.decode ?? "auto"));
  const topic = await requireTopic(client, path);
  const partitions = chosenPartitions(topic, settings.partition);
  const isNewest = start.kind === "last" && !flags.follow;
  if (isNewest && (settings.count ?? 0) > NEWEST_MAX) {
    throw fail(
      "client.invalid-argument",
      `--count: the newest ${NEWEST_MAX} messages at most; use --from for more`,
    );
  }
  const messages = flags.follow
    ? followed(run, path, start)
    : isNewest
      ? newest(run, path, partitions, settings.count ?? NEWEST_DEFAULT)
      : storedMessages(client, path, partitions, start);
  const { output, errors } = environment;
  let printedCount = 0;
  for await (const message of messages) {
    if (printedCount === 0 && lines.header !== "" && !(await output.write(lines.header))) return;
    if (!(await output.write(lines.line(message)))) return;
    printedCount++;
    if (printedCount === settings.count) return;
  }
  if (printedCount === 0 && !environment.interrupted.aborted) {
    await errors.write(`ims: topic ${topic.name} has no such messages\n`);
  }
}

/** The newest messages of all partitions together, oldest first. */
async function* newest(
  { client }: IggyRun,
  path: ReturnType<typeof readTopicPath>,
  partitions: TopicDetails["partitions"],
  count: number,
): AsyncGenerator<ShownMessage> {
  const kept: ShownMessage[] = [];
  for (const partition of partitions) {
    const value = Math.max(0, partition.currentOffset - count + 1);
    for await (const message of storedMessages(client, path, [partition], { kind: "offset", value })) {
      // A copy: the page that it stands in may be far larger.
      kept.push({ ...message, payload: message.payload.slice() });
    }
    kept.sort(
      (a, b) => a.timestampMicros - b.timestampMicros || a.partitionId - b.partitionId || a.offset - b.offset,
    );
    kept.splice(0, Math.max(0, kept.length - count));
  }
  yield* kept;
}

/** Messages from the start on, and those that come; gaps are told on the error output. */
async function* followed(
  { client, environment, settings }: IggyRun,
  path: ReturnType<typeof readTopicPath>,
  start: PollStart,
): AsyncGenerator<ShownMessage> {
  const consumer = client.createConsumer({
    ...path,
    consumer: "ims-tail",
    start,
    commit: { kind: "manual" },
    onUnreadable: "skip",
    ...(settings.partition === undefined ? {} : { partitionId: settings.partition }),
  });
  const say = (text: string) => void environment.errors.write(`ims: ${text}\n`);
  consumer.on("gap", ({ partitionId, expected, found, cause }) =>
    say(`partition ${partitionId} goes on at offset ${found} instead of ${expected} (${cause})`),
  );
  consumer.on("unreadable", ({ partitionId, offset }) =>
    say(`skipped offset ${offset} of partition ${partitionId}: its checksum is wrong`),
  );
  client.on("disconnected", () => {
    if (!environment.interrupted.aborted) say("the connection to the broker is lost, connecting again");
  });
  try {
    yield* consumer;
  } finally {
    await consumer.close();
  }
}

function linesFor({ environment, settings }: IggyRun, decoding: Decoding): MessageLines {
  const format = outputFormat(environment, settings);
  if (format === "json") return new JsonMessageLines(decoding);
  return format === "csv" ? new CsvMessageLines(decoding) : new TableMessageLines(decoding);
}

function chosenPartitions(topic: TopicDetails, wanted: number | undefined): TopicDetails["partitions"] {
  if (wanted === undefined) return topic.partitions;
  const found = topic.partitions.filter(({ id }) => id === wanted);
  if (found.length === 0) {
    throw notThere("partition", wanted, [], ` in topic ${topic.name}, which has ${topic.partitionCount}`);
  }
  return found;
}

function readDecoding(text: string): Decoding {
  const found = DECODINGS.find((decoding) => decoding === text.toLowerCase());
  if (found) return found;
  throw fail("client.invalid-argument", `--decode: "${text}" is none of ${DECODINGS.join(", ")}`);
}

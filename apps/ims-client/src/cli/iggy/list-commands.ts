import { timeText } from "../output/columns.js";
import type { IggyRun } from "./iggy-run.js";
import { bytesText, durationText, type ListingColumn, printListing } from "./listing.js";
import { byName, readIdentifier, readTopicPath, requireStream, requireTopic } from "./topic-path.js";

const number = <Row>(title: string, value: (row: Row) => number): ListingColumn<Row> => ({
  title,
  align: "right",
  text: (row) => String(value(row)),
});

const time = <Row>(title: string, micros: (row: Row) => number): ListingColumn<Row> => ({
  title,
  text: (row) => timeText(micros(row)).slice(0, 19),
});

interface Sized {
  readonly sizeBytes: number;
  readonly messageCount: number;
  readonly createdAtMicros: number;
}

const SIZES: readonly ListingColumn<Sized>[] = [
  number("MESSAGES", ({ messageCount }) => messageCount),
  { title: "SIZE", align: "right", text: ({ sizeBytes }) => bytesText(sizeBytes) },
  time("CREATED (UTC)", ({ createdAtMicros }) => createdAtMicros),
];

/** `ims iggy streams` */
export async function listStreams({ environment, settings, client }: IggyRun): Promise<void> {
  const rows = byName(await client.streams.list()).map(({ options: _options, ...row }) => row);
  await printListing(
    environment,
    settings,
    rows,
    [
      { title: "STREAM", text: ({ name }) => name },
      number("ID", ({ id }) => id),
      number("TOPICS", ({ topicCount }) => topicCount),
      ...SIZES,
    ],
    "there are no streams",
  );
}

/** `ims iggy topics STREAM` */
export async function listTopics(
  { environment, settings, client }: IggyRun,
  streamText: string,
): Promise<void> {
  const stream = await requireStream(client, readIdentifier(streamText, "stream"));
  const rows = byName(await client.topics.list(stream.id)).map(
    ({ options: _options, derivedOptions: _derived, ...row }) => row,
  );
  await printListing(
    environment,
    settings,
    rows,
    [
      { title: "TOPIC", text: ({ name }) => name },
      number("ID", ({ id }) => id),
      number("PARTITIONS", ({ partitionCount }) => partitionCount),
      { title: "EXPIRY", text: ({ messageExpiryMicros }) => durationText(messageExpiryMicros) },
      { title: "SIZE MAX", align: "right", text: ({ maxTopicBytes }) => bytesText(maxTopicBytes) },
      ...SIZES,
    ],
    `stream ${stream.name} has no topics`,
  );
}

/** `ims iggy groups STREAM/TOPIC`: groups and, one line each, their members with their partitions. */
export async function listGroups(
  { environment, settings, client }: IggyRun,
  pathText: string,
): Promise<void> {
  const path = readTopicPath(pathText);
  const topic = await requireTopic(client, path);
  const rows: { group: string; id: number; member: number | null; partitions: readonly number[] }[] = [];
  for (const { id, name } of byName(await client.groups.list(path.stream, path.topic))) {
    const members = (await client.groups.get(path.stream, path.topic, id))?.members ?? [];
    if (members.length === 0) rows.push({ group: name, id, member: null, partitions: [] });
    for (const member of members) {
      rows.push({ group: name, id, member: member.id, partitions: member.partitionIds });
    }
  }
  await printListing(
    environment,
    settings,
    rows,
    [
      { title: "GROUP", text: ({ group }) => group },
      number("ID", ({ id }) => id),
      { title: "MEMBER", align: "right", text: ({ member }) => (member === null ? "-" : String(member)) },
      { title: "PARTITIONS", text: ({ partitions }) => partitions.join(" ") || "-" },
    ],
    `topic ${topic.name} has no consumer groups`,
  );
}

const TRANSPORTS: Readonly<Record<number, string>> = { 1: "tcp", 2: "quic", 4: "websocket" };

/** `ims iggy clients`: every connection of the broker, this one included. */
export async function listClients({ environment, settings, client }: IggyRun): Promise<void> {
  const rows = [...(await client.system.clients())].sort((a, b) => a.clientId - b.clientId);
  await printListing(
    environment,
    settings,
    rows.map(({ transport, ...row }) => ({ ...row, transport: TRANSPORTS[transport] ?? String(transport) })),
    [
      number("CONNECTION", ({ clientId }) => clientId),
      { title: "USER ID", align: "right", text: ({ userId }) => (userId === null ? "-" : String(userId)) },
      { title: "TRANSPORT", text: ({ transport }) => transport },
      { title: "ADDRESS", text: ({ address }) => address },
      number("GROUPS", ({ groupCount }) => groupCount),
    ],
    "there are no connections",
  );
}

type Stats = Awaited<ReturnType<IggyRun["client"]["system"]["stats"]>>;

const STATS: readonly (readonly [string, (stats: Stats) => string])[] = [
  [
    "server",
    ({ serverVersion, hostname, processId }) => `${serverVersion} on ${hostname}, process ${processId}`,
  ],
  ["system", ({ osName, osVersion }) => `${osName} ${osVersion}`],
  ["running for", ({ runTimeMicros }) => durationText(runTimeMicros)],
  ["started (UTC)", ({ startedAtMicros }) => timeText(startedAtMicros).slice(0, 19)],
  [
    "processor",
    ({ cpuPercent, totalCpuPercent }) => `${cpuPercent.toFixed(1)} % of ${totalCpuPercent.toFixed(1)} %`,
  ],
  [
    "memory",
    ({ memoryBytes, totalMemoryBytes }) => `${bytesText(memoryBytes)} of ${bytesText(totalMemoryBytes)}`,
  ],
  [
    "disk free",
    ({ freeDiskBytes, totalDiskBytes }) => `${bytesText(freeDiskBytes)} of ${bytesText(totalDiskBytes)}`,
  ],
  ["messages", ({ messageCount, messagesBytes }) => `${messageCount} in ${bytesText(messagesBytes)}`],
  ["read, written", ({ readBytes, writtenBytes }) => `${bytesText(readBytes)}, ${bytesText(writtenBytes)}`],
  ["streams", ({ streamCount }) => String(streamCount)],
  ["topics", ({ topicCount }) => String(topicCount)],
  ["partitions", ({ partitionCount, segmentCount }) => `${partitionCount} in ${segmentCount} segments`],
  ["groups", ({ consumerGroupCount }) => String(consumerGroupCount)],
  ["connections", ({ clientCount }) => String(clientCount)],
];

/** `ims iggy stats`: a line per figure on a terminal, one JSON object otherwise. */
export async function showStats({ environment, settings, client }: IggyRun): Promise<void> {
  const stats = await client.system.stats();
  const asTable = settings.format ? settings.format === "table" : environment.output.isTerminal;
  const rows = asTable ? STATS.map(([name, text]) => ({ name, value: text(stats) })) : [stats];
  await printListing<object>(
    environment,
    settings,
    rows,
    [
      { title: "FIGURE", text: (row) => (row as { name: string }).name },
      { title: "VALUE", text: (row) => (row as { value: string }).value },
    ],
    "",
  );
}

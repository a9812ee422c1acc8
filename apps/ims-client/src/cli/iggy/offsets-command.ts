import type { IggyRun } from "./iggy-run.js";
import { printListing } from "./listing.js";
import { byName, readIdentifier, readTopicPath, requireTopic } from "./topic-path.js";

interface Row {
  readonly partition: number;
  /** First and last offset that can be read; null in an empty partition. */
  readonly last: number | null;
  readonly messages: number;
  /** `null` in rows of partitions that nobody has an offset in. */
  readonly kind: "consumer" | "group" | null;
  readonly consumer: string | null;
  readonly stored: number | null;
  /** Messages behind the stored offset that are still there. */
  readonly lag: number | null;
}

/**
 * `ims iggy offsets STREAM/TOPIC`: per partition where it ends and how far groups and the named consumers are. The
 * protocol has no list of single consumers, so only those that are asked for appear.
 */
export async function listOffsets(
  { environment, settings, client }: IggyRun,
  pathText: string,
  consumers: readonly string[],
): Promise<void> {
  const path = readTopicPath(pathText);
  const topic = await requireTopic(client, path);
  const groups = byName(await client.groups.list(path.stream, path.topic));
  const readers = [
    ...groups.map(({ id, name }) => ({ kind: "group" as const, id: id as number | string, name })),
    ...consumers.map((text) => ({
      kind: "consumer" as const,
      id: readIdentifier(text, "consumer"),
      name: text,
    })),
  ];
  const rows: Row[] = [];
  for (const { id: partition, currentOffset, messageCount } of topic.partitions) {
    const head = { partition, last: messageCount === 0 ? null : currentOffset, messages: messageCount };
    const before = rows.length;
    for (const { kind, id, name } of readers) {
      const found = await client.offsets.get({ ...path, partitionId: partition, consumer: { kind, id } });
      if (found === null && kind === "group") continue;
      const stored = found === null ? null : Number(found.storedOffset);
      const lag = stored === null ? messageCount : Math.min(messageCount, currentOffset - stored);
      rows.push({ ...head, kind, consumer: name, stored, lag });
    }
    if (rows.length === before) rows.push({ ...head, kind: null, consumer: null, stored: null, lag: null });
  }
  const text = (value: number | string | null) => (value === null ? "-" : String(value));
  await printListing(
    environment,
    settings,
    rows,
    [
      { title: "PARTITION", align: "right", text: ({ partition }) => String(partition) },
      { title: "LAST OFFSET", align: "right", text: ({ last }) => text(last) },
      { title: "MESSAGES", align: "right", text: ({ messages }) => String(messages) },
      { title: "KIND", text: ({ kind }) => text(kind) },
      { title: "CONSUMER", text: ({ consumer }) => text(consumer) },
      { title: "STORED", align: "right", text: ({ stored }) => text(stored) },
      { title: "LAG", align: "right", text: ({ lag }) => text(lag) },
    ],
    `topic ${topic.name} has no partitions`,
  );
}

import { loadavg, totalmem } from "node:os";
import { COMMANDS, type GetSnapshotRequest, IggyErrorCode } from "@ims/iggy-protocol";
import type { BrokerContext } from "../handlers/broker-context.js";
import type { Caller } from "../handlers/caller.js";
import { decodeOr } from "../handlers/decode-or.js";
import { requireRight } from "../handlers/permission.js";
import { statusRefusal } from "../handlers/refusal.js";
import { type ZipFile, zipArchive } from "./zip-archive.js";

const MICROS_PER_MILLI = 1000;

type SnapshotPart = GetSnapshotRequest["parts"][number];
type OfferedPart = Exclude<SnapshotPart, "all">;

/** What one part of a snapshot says, as text. */
const PARTS: Readonly<Record<OfferedPart, (context: BrokerContext) => string>> = {
  "filesystem-overview": filesystemOverview,
  "process-list": processList,
  "resource-usage": resourceUsage,
  test: () => "test\n",
  "server-logs": (context) => lines(context.snapshots.logLines()),
  "server-config": (context) => `${JSON.stringify(context.snapshots.config, null, 2)}\n`,
};

/** Where a snapshot finds what no command knows. */
export interface SnapshotSources {
  /** The options in force, without secrets. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The last lines of the log, oldest first. */
  readonly logLines: () => readonly string[];
}

/** Contexts of brokers that are making a snapshot. */
const busy = new WeakSet<BrokerContext>();

/**
 * A ZIP archive of what the broker knows of itself; of the machine it tells no more than its own process needs. Stored
 * and deflated archives are offered, the other methods of the protocol are refused with 5.
 */
export async function getSnapshot(
  context: BrokerContext,
  body: Uint8Array,
  caller: Caller,
): Promise<Uint8Array> {
  const { codec } = COMMANDS.getSnapshot;
  const { compression, parts } = decodeOr(codec, body, IggyErrorCode.InvalidCommand);
  requireRight(caller.user, "readServers");
  if (compression !== "stored" && compression !== "deflated") {
    throw statusRefusal(IggyErrorCode.FeatureUnavailable);
  }
  if (busy.has(context)) throw statusRefusal(IggyErrorCode.SnapshotFileCompletionFailed);
  busy.add(context);
  try {
    const files = offered(parts).map((part): ZipFile => {
      return { name: `${part}.txt`, content: Buffer.from(PARTS[part](context)) };
    });
    const modified = new Date(context.clock.nowMicros() / MICROS_PER_MILLI);
    return codec.encodeReply(await zipArchive(files, compression, modified));
  } finally {
    busy.delete(context);
  }
}

function offered(parts: readonly SnapshotPart[]): OfferedPart[] {
  if (parts.includes("all")) return Object.keys(PARTS) as OfferedPart[];
  return [...new Set(parts)].filter((part) => part !== "all");
}

/** Folders of partitions with their sizes; nothing of the disk beside them. */
function filesystemOverview({ catalog, partitions }: BrokerContext): string {
  const rows = ["stream topic partition folder segments bytes first-offset next-offset disk"];
  for (const stream of catalog.streams.sorted()) {
    for (const topic of stream.topics.sorted()) {
      for (const { id, storageId } of topic.partitions) {
        const log = partitions.find(storageId)?.log;
        const figures = [log?.segmentCount, log?.sizeBytes, log?.firstOffset, log?.committedNextOffset];
        const disk = log?.isRefusing ? "refusing" : "accepting";
        rows.push(
          [stream.id, topic.id, id, storageId, ...figures.map((figure) => figure ?? 0), disk].join(" "),
        );
      }
    }
  }
  return lines(rows);
}

/** The broker's own process alone. */
function processList(): string {
  return lines([
    "pid uptime-seconds node",
    `${process.pid} ${Math.floor(process.uptime())} ${process.version}`,
  ]);
}

function resourceUsage(): string {
  const { user, system } = process.cpuUsage();
  return lines([
    ...Object.entries(process.memoryUsage()).map(([name, bytes]) => `memory ${name} ${bytes}`),
    `memory machine ${totalmem()}`,
    `cpu-micros user ${user}`,
    `cpu-micros system ${system}`,
    `load ${loadavg().join(" ")}`,
  ]);
}

function lines(rows: readonly string[]): string {
  return rows.map((row) => `${row}\n`).join("");
}

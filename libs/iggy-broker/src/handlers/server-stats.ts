import { statfs } from "node:fs/promises";
import { availableParallelism, freemem, hostname, type as osType, release, totalmem, version } from "node:os";
import { COMMANDS } from "@ims/iggy-protocol";
import { SERVER_VERSION } from "../session/register.js";
import type { BrokerContext } from "./broker-context.js";
import type { Caller } from "./caller.js";
import { requireRight } from "./permission.js";

const MICROS_PER_SECOND = 1_000_000;

/** Figures of the process, the machine and everything stored. */
export async function serverStats(
  context: BrokerContext,
  _body: Uint8Array,
  caller: Caller,
): Promise<Uint8Array> {
  requireRight(caller.user, "readServers");
  const uptimeMicros = context.clock.nowMicros() - context.startedAtMicros;
  const { user, system } = process.cpuUsage();
  const cpuPercent = (100 * (user + system)) / Math.max(1, process.uptime() * MICROS_PER_SECOND);
  const disk = await statfs(context.dataDir).catch(() => undefined);
  const { fsRead, fsWrite } = process.resourceUsage();
  const blockBytes = 512;
  const stored = storedFigures(context);
  return COMMANDS.getStats.codec.encodeReply({
    processId: process.pid,
    cpuPercent,
    totalCpuPercent: Math.min(100, cpuPercent / availableParallelism()),
    memoryBytes: process.memoryUsage.rss(),
    totalMemoryBytes: totalmem(),
    availableMemoryBytes: freemem(),
    runTimeMicros: Math.max(0, uptimeMicros),
    startedAtMicros: context.startedAtMicros - (context.startedAtMicros % MICROS_PER_SECOND),
    readBytes: fsRead * blockBytes,
    writtenBytes: fsWrite * blockBytes,
    ...stored,
    streamCount: context.catalog.streams.count,
    clientCount: context.clients().length,
    hostname: hostname(),
    osName: osType(),
    osVersion: version(),
    kernelVersion: release(),
    serverVersion: SERVER_VERSION,
    serverSemver: 9000,
    cacheMetrics: [],
    threadCount: availableParallelism(),
    freeDiskBytes: disk ? disk.bavail * disk.bsize : 0,
    totalDiskBytes: disk ? disk.blocks * disk.bsize : 0,
  });
}

function storedFigures({ catalog, partitions, records }: BrokerContext) {
  const figures = {
    messagesBytes: 0,
    messageCount: 0,
    topicCount: 0,
    partitionCount: 0,
    segmentCount: 0,
    consumerGroupCount: 0,
  };
  for (const topic of catalog.topics()) {
    const { sizeBytes, messageCount } = records.topic(topic);
    figures.topicCount++;
    figures.consumerGroupCount += topic.groups.count;
    figures.partitionCount += topic.partitions.length;
    figures.messagesBytes += sizeBytes;
    figures.messageCount += messageCount;
    for (const { storageId } of topic.partitions) {
      figures.segmentCount += Math.max(1, partitions.find(storageId)?.log.segmentCount ?? 0);
    }
  }
  return figures;
}

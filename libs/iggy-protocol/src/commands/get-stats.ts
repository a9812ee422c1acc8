import { commandCodec, noRequest } from "./command-codec.js";

export interface CacheMetrics {
  readonly streamId: number;
  readonly topicId: number;
  readonly partitionId: number;
  readonly hits: number;
  readonly misses: number;
  readonly hitRatio: number;
}

/**
 * ```
 * [process_id u32][cpu_usage f32][total_cpu_usage f32][memory_usage u64][total_memory u64][available_memory u64]
 * [run_time u64][start_time u64][read_bytes u64][written_bytes u64][messages_size_bytes u64]
 * [streams u32][topics u32][partitions u32][segments u32][messages u64][clients u32][consumer_groups u32]
 * [hostname str32][os_name str32][os_version str32][kernel_version str32][iggy_server_version str32]
 * [iggy_server_semver u32][cache_metrics_count u32]{[stream u32][topic u32][partition u32][hits u64][misses u64][ratio f32]}
 * [threads_count u32][free_disk_space u64][total_disk_space u64]
 * ```
 */
export interface ServerStats {
  readonly processId: number;
  readonly cpuPercent: number;
  readonly totalCpuPercent: number;
  readonly memoryBytes: number;
  readonly totalMemoryBytes: number;
  readonly availableMemoryBytes: number;
  readonly runTimeMicros: number;
  readonly startedAtMicros: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly messagesBytes: number;
  readonly streamCount: number;
  readonly topicCount: number;
  readonly partitionCount: number;
  readonly segmentCount: number;
  readonly messageCount: number;
  readonly clientCount: number;
  readonly consumerGroupCount: number;
  readonly hostname: string;
  readonly osName: string;
  readonly osVersion: string;
  readonly kernelVersion: string;
  readonly serverVersion: string;
  /** `major * 1,000,000 + minor * 1000 + patch` */
  readonly serverSemver: number;
  readonly cacheMetrics: readonly CacheMetrics[];
  readonly threadCount: number;
  readonly freeDiskBytes: number;
  readonly totalDiskBytes: number;
}

export const getStats = commandCodec<undefined, ServerStats>("get stats", {
  ...noRequest,
  writeReply(writer, stats) {
    writer.u32(stats.processId, "process id").f32(stats.cpuPercent).f32(stats.totalCpuPercent);
    writer.u64(stats.memoryBytes, "memory").u64(stats.totalMemoryBytes, "total memory");
    writer.u64(stats.availableMemoryBytes, "available memory").u64(stats.runTimeMicros, "run time");
    writer.u64(stats.startedAtMicros, "start time").u64(stats.readBytes, "read bytes");
    writer.u64(stats.writtenBytes, "written bytes").u64(stats.messagesBytes, "messages bytes");
    writer
      .u32(stats.streamCount, "streams")
      .u32(stats.topicCount, "topics")
      .u32(stats.partitionCount, "partitions");
    writer
      .u32(stats.segmentCount, "segments")
      .u64(stats.messageCount, "messages")
      .u32(stats.clientCount, "clients");
    writer
      .u32(stats.consumerGroupCount, "groups")
      .str32(stats.hostname, "hostname")
      .str32(stats.osName, "os name");
    writer.str32(stats.osVersion, "os version").str32(stats.kernelVersion, "kernel version");
    writer.str32(stats.serverVersion, "server version").u32(stats.serverSemver, "server semver");
    writer.u32(stats.cacheMetrics.length, "cache metrics");
    for (const cache of stats.cacheMetrics) {
      writer
        .u32(cache.streamId, "stream id")
        .u32(cache.topicId, "topic id")
        .u32(cache.partitionId, "partition id");
      writer.u64(cache.hits, "hits").u64(cache.misses, "misses").f32(cache.hitRatio);
    }
    writer
      .u32(stats.threadCount, "threads")
      .u64(stats.freeDiskBytes, "free disk")
      .u64(stats.totalDiskBytes, "disk");
  },
  readReply(reader) {
    const head = {
      processId: reader.u32("process id"),
      cpuPercent: reader.f32("cpu"),
      totalCpuPercent: reader.f32("total cpu"),
      memoryBytes: reader.u64Number("memory"),
      totalMemoryBytes: reader.u64Number("total memory"),
      availableMemoryBytes: reader.u64Number("available memory"),
      runTimeMicros: reader.u64Number("run time"),
      startedAtMicros: reader.u64Number("start time"),
      readBytes: reader.u64Number("read bytes"),
      writtenBytes: reader.u64Number("written bytes"),
      messagesBytes: reader.u64Number("messages bytes"),
      streamCount: reader.u32("streams"),
      topicCount: reader.u32("topics"),
      partitionCount: reader.u32("partitions"),
      segmentCount: reader.u32("segments"),
      messageCount: reader.u64Number("messages"),
      clientCount: reader.u32("clients"),
      consumerGroupCount: reader.u32("groups"),
      hostname: reader.str32("hostname"),
      osName: reader.str32("os name"),
      osVersion: reader.str32("os version"),
      kernelVersion: reader.str32("kernel version"),
      serverVersion: reader.str32("server version"),
      serverSemver: reader.u32("server semver"),
    };
    const cacheMetrics: CacheMetrics[] = [];
    for (let left = reader.u32("cache metrics"); left > 0; left--) {
      cacheMetrics.push({
        streamId: reader.u32("stream id"),
        topicId: reader.u32("topic id"),
        partitionId: reader.u32("partition id"),
        hits: reader.u64Number("hits"),
        misses: reader.u64Number("misses"),
        hitRatio: reader.f32("hit ratio"),
      });
    }
    return {
      ...head,
      cacheMetrics,
      threadCount: reader.u32("threads"),
      freeDiskBytes: reader.u64Number("free disk"),
      totalDiskBytes: reader.u64Number("disk"),
    };
  },
});

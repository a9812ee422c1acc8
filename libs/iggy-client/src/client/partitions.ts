import { COMMANDS, type Identifier } from "@ims/iggy-protocol";
import type { RequestRunner } from "../connection/request-runner.js";
import type { CallOptions } from "./client-options.js";

/** Partitions of a topic and their segments: `client.partitions`. `client.topics.get` lists them. */
export class Partitions {
  constructor(private readonly requests: RequestRunner) {}

  /** Adds partitions behind the last one. Keys move to other partitions. @param count 1 to 1000 */
  async create(stream: Identifier, topic: Identifier, count: number, options?: CallOptions): Promise<void> {
    await this.requests.call(COMMANDS.createPartitions, { stream, topic, count }, options);
  }

  /** Removes the last ones with their messages; more than there are is refused with 2019. @param count 1 to 1000 */
  async delete(stream: Identifier, topic: Identifier, count: number, options?: CallOptions): Promise<void> {
    await this.requests.call(COMMANDS.deletePartitions, { stream, topic, count }, options);
  }

  /**
   * Lets up to `segmentCount` of the oldest sealed segments go, in the background. Segments with messages that a stored
   * offset has not passed stay; it is no error when none can go.
   */
  async deleteSegments(
    stream: Identifier,
    topic: Identifier,
    partitionId: number,
    segmentCount: number,
    options?: CallOptions,
  ): Promise<void> {
    const request = { stream, topic, partitionId, segmentCount };
    await this.requests.call(COMMANDS.deleteSegments, request, options);
  }

  /** Writes to disk what the server still holds in memory; servers of protocol 0.11 refuse it with 5. */
  async flush(
    stream: Identifier,
    topic: Identifier,
    partitionId: number,
    fsync: boolean,
    options?: CallOptions,
  ): Promise<void> {
    await this.requests.call(COMMANDS.flushUnsavedBuffer, { stream, topic, partitionId, fsync }, options);
  }
}

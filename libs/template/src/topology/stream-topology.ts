import { marketDataTopicOf, type StreamNames } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import type { ImsDataIntegration } from "@ims/traits";
import { inject, Lifecycle, scoped } from "tsyringe";
import { SINGLE_PARTITION_TOPICS } from "../publishing/channels.js";
import { CLIENT, INTEGRATION, NAMES, SETTINGS } from "../service/tokens.js";
import type { ServiceSettings } from "../settings/service-settings.js";
import { ClientAccess } from "./client-access.js";
import { nextOffsetOf, PartitionOffsets } from "./partition-offsets.js";

/** A week. The longest that a request matters is a day, to the session of a client of version 1. */
const CONTROL_EXPIRY_MICROS = 7n * 86_400_000_000n;

/**
 * The streams and topics of one service. {@link ensure} runs at every session, before anything is sent, so a broker
 * that came back empty serves again; everything that exists is left as it is.
 */
@scoped(Lifecycle.ContainerScoped)
export class StreamTopology {
  readonly #partitionCounts = new Map<string, number>();
  readonly #knownClientStreams = new Set<number>();
  #sessionCount = 0;

  constructor(
    @inject(CLIENT) private readonly client: Pick<IggyClient, "streams" | "topics">,
    @inject(NAMES) readonly names: StreamNames,
    @inject(SETTINGS) private readonly settings: Pick<ServiceSettings, "partitionCount" | "clients">,
    @inject(PartitionOffsets) private readonly offsets: PartitionOffsets,
    @inject(INTEGRATION) private readonly integration: Pick<ImsDataIntegration, "description">,
    @inject(ClientAccess) private readonly access: ClientAccess,
  ) {}

  /** Rises with every session; readers compare it to see that the broker may have lost or kept what they knew. */
  get sessionCount(): number {
    return this.#sessionCount;
  }

  /** Creates what is missing and takes over the partition counts and offsets of what exists. */
  async ensure(): Promise<void> {
    this.#knownClientStreams.clear();
    const { names } = this;
    await this.client.streams.ensure(names.controlStream);
    await this.client.topics.ensure(names.controlStream, {
      name: names.controlTopic,
      partitionCount: 1,
      options: { messageExpiryMicros: CONTROL_EXPIRY_MICROS },
    });
    await this.client.streams.ensure(names.marketDataStream);
    for (const dataType of this.integration.description.dataTypes) {
      await this.#ensureMarketDataTopic(marketDataTopicOf(dataType)!, this.settings.partitionCount);
    }
    for (const topic of SINGLE_PARTITION_TOPICS) await this.#ensureMarketDataTopic(topic, 1);
    await this.#ensureAccess();
    this.#sessionCount++;
  }

  /** Partitions of a market-data topic; the number asked for until the broker was heard. */
  partitionCount(topic: string): number {
    return this.#partitionCounts.get(topic) ?? this.settings.partitionCount;
  }

  isClientStreamKnown(clientId: number): boolean {
    return this.#knownClientStreams.has(clientId);
  }

  /** Creates a client's own stream unless it exists; asks the broker once per session. */
  async ensureClientStream(clientId: number): Promise<void> {
    if (this.#knownClientStreams.has(clientId)) return;
    const stream = this.names.clientStream(clientId);
    await this.client.streams.ensure(stream);
    await this.client.topics.ensure(stream, { name: this.names.dataTopic, partitionCount: 1 });
    this.#knownClientStreams.add(clientId);
  }

  /** Clients with a user of their own could not even send a login before this. */
  async #ensureAccess(): Promise<void> {
    const { exchange, dataTypes } = this.integration.description;
    for (const entry of this.settings.clients ?? []) {
      if (entry.brokerUser === undefined || entry.exchanges?.has(exchange) === false) continue;
      await this.ensureClientStream(entry.clientId);
      await this.access.grant(entry, dataTypes);
    }
  }

  /** After a refusal that the stream is missing: somebody deleted it. */
  forgetClientStream(clientId: number): void {
    this.#knownClientStreams.delete(clientId);
  }

  /** Next offset of partition 0, from the broker. */
  async nextOffset(stream: string, topic: string): Promise<number> {
    const details = await this.client.topics.get(stream, topic);
    const partition = details?.partitions[0];
    return partition ? nextOffsetOf(partition) : 0;
  }

  async #ensureMarketDataTopic(topic: string, partitionCount: number): Promise<void> {
    const details = await this.client.topics.ensure(this.names.marketDataStream, {
      name: topic,
      partitionCount,
    });
    // An existing topic may have another number; a topic created this moment lists its partitions late.
    this.#partitionCounts.set(topic, details.partitionCount > 0 ? details.partitionCount : partitionCount);
    this.offsets.reset(topic, details);
  }
}

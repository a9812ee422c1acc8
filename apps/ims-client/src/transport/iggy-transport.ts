import { type Clock, isImsError, maskUrl, type StreamNames } from "@ims/common";
import { IggyClient, type PollStart, refusalCode } from "@ims/iggy-client";
import { fail } from "../errors/client-errors.js";
import type { ImsTransport, PartitionPlace, PlaceStart, PolledRecords } from "./ims-transport.js";

/** Error numbers of Iggy for a stream, topic or partition that does not exist, by id or by name. */
const ABSENT_CODES: ReadonlySet<number | undefined> = new Set([20, 1009, 1010, 2010, 2011, 3007]);

export interface IggyTransportOptions {
  readonly url: string;
  readonly names: StreamNames;
  /** Names this reader to the broker; the cursors are kept here, not there. */
  readonly consumerName: string;
  readonly connectTimeoutMillis: number;
  /** A call that waits longer for the connection is given up, so that stale requests do not go out later. */
  readonly requestTimeoutMillis: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** The transport over an Apache Iggy server, or the embedded broker, which speaks the same protocol. */
export class IggyTransport implements ImsTransport {
  sessionCount = 1;

  private constructor(
    private readonly client: IggyClient,
    private readonly options: IggyTransportOptions,
  ) {
    client.onSession(async () => {
      this.sessionCount++;
    });
  }

  /**
   * Waits for the first session with the broker.
   * @throws ImsError `client.no-broker` when there is none within `connectTimeoutMillis`
   */
  static async connect(options: IggyTransportOptions): Promise<IggyTransport> {
    const { url, connectTimeoutMillis, clock, random, signal } = options;
    try {
      const client = await IggyClient.connect(url, {
        clock,
        random,
        connectTimeoutMillis,
        requestTimeoutMillis: options.requestTimeoutMillis,
        ...(signal ? { signal } : {}),
      });
      return new IggyTransport(client, options);
    } catch (error) {
      if (signal?.aborted || (isImsError(error) && !error.retryable)) throw error;
      throw fail(
        "client.no-broker",
        `No Iggy server answered at ${maskUrl(url)} within ${connectTimeoutMillis / 1000} s`,
        { cause: error, context: { url: maskUrl(url) } },
      );
    }
  }

  async sendControl(payload: Uint8Array): Promise<boolean> {
    const { controlStream, controlTopic } = this.options.names;
    const sent = await absentAs(
      undefined,
      this.client.sendMessages({
        stream: controlStream,
        topic: controlTopic,
        partitioning: { kind: "partition", partitionId: 0 },
        messages: [{ payload }],
        resend: true,
      }),
    );
    return sent !== undefined;
  }

  poll(place: PartitionPlace, offset: number, countMax: number): Promise<PolledRecords | undefined> {
    return this.#poll(place, { kind: "offset", value: offset }, countMax);
  }

  async endOffset(place: PartitionPlace): Promise<number> {
    const topic = await absentAs(null, this.client.topics.get(place.stream, place.topic));
    const partition = topic?.partitions.find((candidate) => candidate.id === place.partitionId);
    // The last offset of an empty partition reads as 0, like that of one message.
    if (!partition || (partition.messageCount === 0 && partition.currentOffset === 0)) return 0;
    return partition.currentOffset + 1;
  }

  async offsetAt(place: PartitionPlace, start: PlaceStart): Promise<number | undefined> {
    const from: PollStart =
      start.kind === "first" ? { kind: "first" } : { kind: "timestamp", value: start.micros };
    const records = await this.#poll(place, from, 1);
    const offset = records?.next() ? records.offset : undefined;
    records?.release();
    return offset;
  }

  get isConnected(): boolean {
    return this.client.connected;
  }

  onConnection(listener: (connected: boolean) => void): void {
    this.client.on("connected", () => listener(true));
    this.client.on("disconnected", () => listener(false));
  }

  close(): Promise<void> {
    return this.client.close();
  }

  #poll({ stream, topic, partitionId }: PartitionPlace, strategy: PollStart, count: number) {
    return absentAs(
      undefined,
      this.client.poll({
        stream,
        topic,
        partitionId,
        consumer: { kind: "consumer", id: this.options.consumerName },
        strategy,
        count,
        autoCommit: false,
      }),
    );
  }
}

/** The result, or `absent` where the server says that the place does not exist. */
async function absentAs<Result, Absent>(absent: Absent, call: Promise<Result>): Promise<Result | Absent> {
  try {
    return await call;
  } catch (error) {
    if (ABSENT_CODES.has(refusalCode(error))) return absent;
    throw error;
  }
}

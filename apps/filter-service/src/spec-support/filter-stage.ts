import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings } from "@ims/common";
import { EventLog, FilterControl, type FilterEvent } from "@ims/filter-control";
import { type Broker, startBroker } from "@ims/iggy-broker";
import { IggyClient } from "@ims/iggy-client";
import { type ProcessorService, startProcessor } from "@ims/template";
import { filterService } from "../filter-service.js";
import { FILTER_SETTINGS } from "../filter-settings.js";
import { FilterProcess } from "./filter-process.js";
import { Act } from "./test-module.js";

export const STREAM = "lab";
export const TOPIC = "records";
export const OUTPUT = "results";
const SOURCES = `${STREAM}/${TOPIC}=${OUTPUT}`;
const RECORD_BYTES = 16;

export interface LabOutput {
  readonly act: number;
  readonly value: number;
}

/** A broker with a topic of lab records, services on it, and what they publish. */
export class FilterStage {
  /** Values sent, by partition. */
  readonly sent: number[][];
  private readonly read: LabOutput[][];
  readonly processes: FilterProcess[] = [];
  readonly services: ProcessorService[] = [];
  readonly events: FilterEvent[] = [];

  private constructor(
    readonly folder: string,
    readonly broker: Broker,
    readonly client: IggyClient,
    readonly control: FilterControl,
    private readonly log: EventLog,
    partitionCount: number,
  ) {
    this.sent = Array.from({ length: partitionCount }, () => []);
    this.read = this.sent.map(() => []);
  }

  static async start(partitionCount: number): Promise<FilterStage> {
    const folder = mkdtempSync(join(tmpdir(), "ims-filters-"));
    const broker = await startBroker({ port: 0, dataDir: folder, passwordCost: { log2N: 10 } });
    const client = await IggyClient.connect(`iggy://iggy:iggy@127.0.0.1:${broker.port}`);
    await client.streams.ensure(STREAM);
    await client.topics.ensure(STREAM, { name: TOPIC, partitionCount });
    const control = await FilterControl.open(client);
    return new FilterStage(
      folder,
      broker,
      client,
      control,
      await EventLog.from(client, "first"),
      partitionCount,
    );
  }

  startProcess(env: Readonly<Record<string, string>> = {}): FilterProcess {
    const child = new FilterProcess(this.broker.port, SOURCES, env);
    this.processes.push(child);
    return child;
  }

  async kill(child: FilterProcess): Promise<void> {
    this.processes.splice(this.processes.indexOf(child), 1);
    await child.end("SIGKILL");
  }

  /** The service in this process. */
  async startService(flags: Readonly<Record<string, string>> = {}): Promise<ProcessorService> {
    const env = { IMS_FILTER_SOURCES: SOURCES, IMS_FILTER_POLL_MILLIS: "20" };
    const settings = loadSettings(FILTER_SETTINGS, { env, flags }).values;
    const service = await startProcessor({
      ...filterService(settings),
      defaultPort: 0,
      env: {},
      settings: {
        iggyUrl: `iggy://iggy:iggy@127.0.0.1:${this.broker.port}`,
        brokerMode: "external",
        dataDir: this.folder,
        checkpointMillis: 50,
        logLevel: "fatal",
      },
    });
    this.services.push(service);
    await service.ready;
    return service;
  }

  /** Sends records of one act to each partition; their values go round from 1 to 7. */
  async send(count: number, act: number = Act.Mark): Promise<void> {
    for (const [partitionId, values] of this.sent.entries()) {
      const messages = Array.from({ length: count }, () => {
        const payload = new Uint8Array(RECORD_BYTES);
        const view = new DataView(payload.buffer);
        const value = 1 + (values.length % 7);
        view.setUint16(2, 240, true);
        view.setInt32(8, act, true);
        view.setInt32(12, value, true);
        values.push(value);
        return { payload };
      });
      const partitioning = { kind: "partition", partitionId } as const;
      await this.client.sendMessages({ stream: STREAM, topic: TOPIC, partitioning, messages });
    }
  }

  /** All that a partition of the output has; it only grows. */
  async outputs(partitionId: number): Promise<readonly LabOutput[]> {
    const read = this.read[partitionId]!;
    for (;;) {
      const reply = await this.client.poll({
        stream: "filtered",
        topic: OUTPUT,
        partitionId,
        consumer: { kind: "consumer", id: "spec" },
        strategy: { kind: "offset", value: read.length },
        count: 1000,
      });
      if (reply.messageCount === 0) return read;
      while (reply.next()) {
        const { view, payloadStart } = reply;
        read.push({
          act: view.getInt32(payloadStart + 8, true),
          value: view.getInt32(payloadStart + 12, true),
        });
      }
    }
  }

  async outputCount(): Promise<number> {
    return (await this.client.topics.get("filtered", OUTPUT))?.messageCount ?? 0;
  }

  /** Every record came to one output. */
  async through(): Promise<void> {
    const count = this.sent.reduce((sum, values) => sum + values.length, 0);
    await this.until(async () => (await this.outputCount()) >= count);
  }

  /** Resolves with the first event of a kind behind those that were taken before. */
  async event(
    kind: FilterEvent["kind"],
    isWanted: (event: FilterEvent) => boolean = () => true,
  ): Promise<FilterEvent> {
    let found: FilterEvent | undefined;
    await this.until(async () => {
      this.events.push(...(await this.log.read()));
      const index = this.events.findIndex((event) => event.kind === kind && isWanted(event));
      if (index < 0) return false;
      [found] = this.events.splice(index, 1);
      return true;
    });
    return found!;
  }

  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) {
      for (const child of this.processes) {
        if (child.hasEnded) throw new Error(`a process ended:\n${child.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async status(service: ProcessorService): Promise<Record<string, unknown>> {
    const url = new URL("/status", service.healthUrl);
    return (await (await fetch(url)).json()) as Record<string, unknown>;
  }

  async end(): Promise<void> {
    for (const child of [...this.processes]) await this.kill(child);
    for (const service of this.services) await service.close();
    await this.client.close();
    await this.broker.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

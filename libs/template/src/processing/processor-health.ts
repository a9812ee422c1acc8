import type { Clock, ServiceStatus, SettingReport } from "@ims/common";
import type { Processor } from "@ims/traits";
import type { HealthSource } from "../health/health-server.js";
import { MetricsText } from "../health/metrics-text.js";
import { packageVersion } from "../service/package-version.js";
import type { Companion } from "./companion.js";
import type { SourceRunner, SourceStatus } from "./source-runner.js";

/** Body of `/health` and `/status` of a processor. */
export interface ProcessorReport {
  readonly status: ServiceStatus;
  readonly processor: string;
  readonly version: string;
  readonly upSeconds: number;
  /** Why the status is `degraded`. */
  readonly reasons: readonly string[];
  readonly broker: { readonly connected: boolean; readonly embedded: boolean };
  readonly sources: readonly SourceStatus[];
  /** What the processor says of itself. */
  readonly details?: object;
}

export interface ProcessorHealthOptions {
  readonly processor: Processor;
  readonly clock: Clock;
  readonly settingReports: readonly SettingReport[];
  readonly sources: () => readonly SourceRunner[];
  readonly companion: () => Companion | undefined;
  readonly broker: () => { readonly connected: boolean; readonly embedded: boolean };
}

/** What a processor is doing, for its health server. */
export class ProcessorHealth implements HealthSource {
  phase: "starting" | "ready" | "stopping" = "starting";
  readonly #startedMillis: number;

  constructor(private readonly options: ProcessorHealthOptions) {
    this.#startedMillis = options.clock.monotonicMillis();
  }

  status(): ServiceStatus {
    if (this.phase !== "ready") return this.phase;
    return this.#reasons().length === 0 ? "ready" : "degraded";
  }

  health(): ProcessorReport {
    const { broker, clock, processor, sources } = this.options;
    return {
      status: this.status(),
      processor: processor.name,
      version: packageVersion(),
      upSeconds: (clock.monotonicMillis() - this.#startedMillis) / 1000,
      reasons: this.phase === "ready" ? this.#reasons() : [],
      broker: broker(),
      sources: sources().map((source) => source.status()),
    };
  }

  statusReport(): ProcessorReport {
    const details = this.options.companion()?.status?.();
    return details ? { ...this.health(), details } : this.health();
  }

  metrics(): string {
    const { broker, clock, sources } = this.options;
    const text = new MetricsText();
    const all = sources().map((source) => source.status());
    const sum = (pick: (task: SourceStatus["tasks"][number]) => number) =>
      all.map(
        ({ stream, topic, tasks }) =>
          [{ stream, topic }, tasks.reduce((total, task) => total + pick(task), 0)] as const,
      );
    text.gauge("up_seconds", "Time since the start.", (clock.monotonicMillis() - this.#startedMillis) / 1000);
    text.gauge("ready", "1 when everything works as it should.", this.status() === "ready" ? 1 : 0);
    text.gauge("broker_connected", "1 with a session at the broker.", broker().connected ? 1 : 0);
    text.gauge(
      "processor_tasks",
      "Partitions that this instance works on.",
      all.map(({ stream, topic, tasks }) => [{ stream, topic }, tasks.length]),
    );
    text.gauge(
      "processor_lag_records",
      "Records that wait to be read.",
      all.flatMap(({ lag, stream, topic }) => (lag === undefined ? [] : [[{ stream, topic }, lag] as const])),
    );
    text.counter(
      "processor_outputs",
      "Messages published.",
      sum(({ publishedCount }) => publishedCount),
    );
    text.counter(
      "processor_outputs_repeated",
      "Outputs made again after a restart and left out, since they were stored already.",
      sum(({ repeatedCount }) => repeatedCount),
    );
    text.counter(
      "processor_input_copies",
      "Records of the input that are stored twice, and were left out.",
      sum(({ copyCount }) => copyCount),
    );
    this.options.companion()?.metrics?.(text);
    return text.toString();
  }

  configuration(): object {
    const { processor, settingReports } = this.options;
    return { processor: processor.name, version: packageVersion(), settings: settingReports };
  }

  #reasons(): string[] {
    const { broker, companion, sources } = this.options;
    const reasons: string[] = broker().connected ? [] : ["there is no session at the broker"];
    for (const source of sources()) {
      const { stream, topic } = source.status();
      if (!source.isReady) reasons.push(`${stream}/${topic} is not read yet`);
    }
    reasons.push(...(companion()?.reasons?.() ?? []));
    return reasons;
  }
}

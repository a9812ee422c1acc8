import { activeVersion, type DeployedFilter, placeText } from "@ims/filter-control";
import type { Companion, MetricsText } from "@ims/template";
import { newCounters, type StageCounters } from "./chain/stage-tools.js";
import type { ControlWatch } from "./control/control-watch.js";
import type { EventWriter } from "./control/event-writer.js";
import type { FilterProcessor } from "./filter-processor.js";

/** A stage of a partition in `/status`. */
interface StageStatus extends StageCounters {
  readonly name: string;
  readonly module: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly policy: string;
  readonly enabled: boolean;
  readonly onProbation: boolean;
  readonly swapping: boolean;
  readonly quarantine?: string;
  readonly busySeconds: number;
}

/** What the service says of its filters: in `/status`, in its metrics, and as reasons for being degraded. */
export class FilterReport implements Pick<Companion, "metrics" | "status" | "reasons"> {
  constructor(
    private readonly processor: FilterProcessor,
    private readonly watch: ControlWatch,
    private readonly events: EventWriter,
  ) {}

  status(): object {
    return {
      commandsThrough: this.watch.state.nextOffset - 1,
      filters: [...this.watch.state.filters.values()].map((filter) => this.filterStatus(filter)),
      partitions: this.processor.tasks.map(({ input, task }) => ({
        ...input,
        chain: task.chain?.stages.map((stage): StageStatus => {
          const { plan, quarantine } = stage.entry;
          return {
            name: plan.name,
            module: plan.module,
            parameters: plan.parameters,
            policy: plan.policy,
            enabled: plan.isEnabled,
            onProbation: stage.isOnProbation,
            swapping: stage.isSwapping,
            ...(quarantine === undefined ? {} : { quarantine }),
            busySeconds: stage.busySeconds,
            ...stage.counters,
          };
        }),
      })),
    };
  }

  reasons(): string[] {
    const reasons =
      this.watch.reason === undefined ? [] : [`commands are not followed: ${this.watch.reason}`];
    for (const { input, task } of this.processor.tasks) {
      for (const { name, entry } of task.chain?.stages ?? []) {
        if (entry.quarantine === undefined) continue;
        const { stream, topic, partitionId } = input;
        reasons.push(`${name} is in quarantine on partition ${partitionId} of ${stream}/${topic}`);
      }
    }
    return reasons;
  }

  metrics(text: MetricsText): void {
    const filters = this.byFilter();
    const counter = (name: string, help: string, pick: (sum: FilterSum) => number) =>
      text.counter(
        `filter_${name}`,
        help,
        filters.map((sum) => [{ filter: sum.name }, pick(sum)]),
      );
    const gauge = (name: string, help: string, pick: (sum: FilterSum) => number) =>
      text.gauge(
        `filter_${name}`,
        help,
        filters.map((sum) => [{ filter: sum.name }, pick(sum)]),
      );
    gauge("partitions", "Partitions that the filter is in the chain of.", (sum) => sum.partitions);
    gauge(
      "quarantined_partitions",
      "Partitions on which the filter is in quarantine.",
      (sum) => sum.quarantined,
    );
    gauge("memory_bytes", "Memory of the filter's modules.", (sum) => sum.memoryBytes);
    counter("batches", "Batches that reached the filter.", (sum) => sum.batches);
    counter("records_in", "Records that reached the filter.", (sum) => sum.recordsIn);
    counter("records_out", "Records that it passed on.", (sum) => sum.recordsOut);
    counter("records_dropped", "Records that it dropped.", (sum) => sum.dropped);
    counter("records_rewritten", "Records that it rewrote.", (sum) => sum.rewritten);
    counter("records_emitted", "Records that it added.", (sum) => sum.emitted);
    counter(
      "records_by_policy",
      "Records handled by the policy, since the module failed.",
      (sum) => sum.byPolicy,
    );
    counter("failures", "Batches that the module failed on.", (sum) => sum.failures);
    counter("swaps", "Versions that took over.", (sum) => sum.swaps);
    counter(
      "swap_pause_seconds",
      "Time in which no batch was begun for the sake of swaps.",
      (sum) => sum.swapPauseMillis / 1000,
    );
    counter("rollbacks", "Versions that failed in their probation.", (sum) => sum.rollbacks);
    counter("quarantines", "Times that a module was put into quarantine.", (sum) => sum.quarantines);
    text.counter("filter_events_lost", "Events that were not stored.", this.events.lostCount);
  }

  private filterStatus(filter: DeployedFilter): object {
    const version = activeVersion(filter);
    const refusal = this.watch.refusalOf(filter, version);
    return {
      name: filter.name,
      on: placeText(filter),
      position: filter.position,
      version: version.number,
      module: version.module,
      versions: filter.versions.length,
      enabled: filter.isEnabled,
      ...(refusal === undefined ? {} : { refused: refusal }),
    };
  }

  private byFilter(): FilterSum[] {
    const sums = new Map<string, FilterSum>();
    for (const { task } of this.processor.tasks) {
      for (const stage of task.chain?.stages ?? []) {
        const { name } = stage;
        const sum = sums.get(name) ?? {
          ...newCounters(),
          name,
          partitions: 0,
          quarantined: 0,
          memoryBytes: 0,
        };
        sums.set(name, sum);
        for (const key of Object.keys(stage.counters) as (keyof StageCounters)[])
          sum[key] += stage.counters[key];
        sum.partitions++;
        sum.memoryBytes += stage.memoryBytes;
        if (stage.entry.quarantine !== undefined) sum.quarantined++;
      }
    }
    return [...sums.values()];
  }
}

interface FilterSum extends StageCounters {
  readonly name: string;
  partitions: number;
  quarantined: number;
  memoryBytes: number;
}

import { type Clock, describeError, isImsError, type Logger, sleep } from "@ims/common";
import {
  activeVersion,
  appliesTo,
  CommandLog,
  chainOf,
  type DeployedFilter,
  type FilterClient,
  type FilterEvent,
  type FilterState,
  type FilterVersion,
  type HandledCommand,
} from "@ims/filter-control";
import type { TaskInput } from "@ims/traits";
import { Stage } from "../chain/stage.js";
import { planOf, type StagePlan } from "../chain/stage-plan.js";
import type { StageReport, StageTools } from "../chain/stage-tools.js";
import type { WantedChain, WantedChains } from "../task/wanted-chains.js";
import type { EventWriter } from "./event-writer.js";
import type { ModuleLibrary } from "./module-library.js";

export interface ControlWatchOptions {
  readonly client: FilterClient;
  readonly sources: readonly { readonly stream: string; readonly topic: string }[];
  readonly library: ModuleLibrary;
  readonly tools: StageTools;
  readonly events: EventWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Pause between two looks at the commands. */
  readonly pollMillis: number;
  /** Name of this service in events. */
  readonly service: string;
}

/** Commands sent so long before the service read them are followed, but not answered: nobody waits any more. */
const ANSWER_MICROS_MAX = 60e6;

/** Follows the commands: tries what is deployed, answers, and says what chain each input is to have. */
export class ControlWatch implements WantedChains {
  readonly ready: Promise<void>;
  private readonly log: CommandLog;
  private readonly running: Promise<void>;
  private readonly chains = new Map<string, WantedChain>();
  /** Versions that cannot run, by filter and number. */
  private readonly refused = new Map<string, string>();
  /** Versions that were tried and can. */
  private readonly accepted = new Set<string>();
  private readonly unanswered: HandledCommand[] = [];
  private number = 0;
  private failure: string | undefined;

  constructor(private readonly options: ControlWatchOptions) {
    const { client, logger } = options;
    this.log = new CommandLog(client, {
      unreadable: (offset, reason) => logger.warn({ offset, reason }, "a command to filters cannot be read"),
    });
    let settle!: () => void;
    this.ready = new Promise((resolve) => {
      settle = resolve;
    });
    this.running = this.run(settle);
  }

  get state(): FilterState {
    return this.log.state;
  }

  /** Why commands are not followed at the moment. */
  get reason(): string | undefined {
    return this.failure;
  }

  /** Why a version is not run. */
  refusalOf({ name }: DeployedFilter, { number }: FilterVersion): string | undefined {
    return this.refused.get(`${name}/${number}`);
  }

  chain(stream: string, topic: string): WantedChain {
    return this.chains.get(`${stream}/${topic}`) ?? { number: 0, plans: [] };
  }

  report({ stream, topic, partitionId }: TaskInput, report: StageReport): void {
    const { kind, plan, before, offset, reason } = report;
    const place = { stream, topic, partitionId, offset };
    this.options.logger.info({ ...place, filter: plan.name, module: plan.module, reason }, `filter ${kind}`);
    this.tell(kind, plan.name, {
      command: plan.command,
      module: plan.module,
      place,
      ...(before === undefined ? {} : { before }),
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** Ends following. To be called once the signal has aborted. */
  async close(): Promise<void> {
    await this.running;
    await this.options.events.flush();
  }

  private async run(settle: () => void): Promise<void> {
    const { clock, logger, pollMillis, signal } = this.options;
    while (!signal.aborted) {
      try {
        await this.look();
        this.failure = undefined;
        settle();
      } catch (error) {
        if (this.failure === undefined && !signal.aborted) {
          logger.error({ error: describeError(error) }, "commands to filters cannot be read; tried again");
        }
        this.failure = describeError(error);
      }
      await sleep(clock, pollMillis, signal).catch(() => {});
    }
    settle();
  }

  private async look(): Promise<void> {
    const isFirst = this.number === 0;
    this.unanswered.push(...(await this.log.refresh()));
    if (this.unanswered.length === 0 && !isFirst) return;
    for (const filter of this.state.filters.values()) {
      if (this.isMine(filter)) await this.tryActive(filter);
    }
    this.number++;
    for (const { stream, topic } of this.options.sources) {
      const plans = chainOf(this.state, stream, topic).flatMap((filter) => this.runnable(filter));
      this.chains.set(`${stream}/${topic}`, { number: this.number, plans });
    }
    for (const command of this.unanswered.splice(0)) this.answer(command);
  }

  /** The newest version up to the active one that is not refused. */
  private runnable(filter: DeployedFilter): StagePlan[] {
    const version = filter.versions.findLast(
      (candidate) => candidate.number <= filter.active && this.refusalOf(filter, candidate) === undefined,
    );
    return version ? [planOf(filter, version)] : [];
  }

  /** Runs the active version in a thread of its own, without a batch, unless it was tried before. */
  private async tryActive(filter: DeployedFilter): Promise<void> {
    const version = activeVersion(filter);
    const key = `${filter.name}/${version.number}`;
    if (this.accepted.has(key) || this.refused.has(key)) return;
    try {
      this.options.library.requireSigned(version);
      const plan = { ...planOf(filter, version), isEnabled: true };
      const stage = await Stage.open({ plan, seen: plan.key }, undefined, this.options.tools);
      await stage.close();
      this.accepted.add(key);
    } catch (error) {
      // Of the machine or the broker, not of the module: nothing is decided by it.
      if (isImsError(error) && error.code.startsWith("iggy-")) throw error;
      this.refused.set(key, describeError(error));
    }
  }

  private answer({ command, refusal }: HandledCommand): void {
    const { clock, logger } = this.options;
    const { name, id, kind } = command;
    const filter = this.state.filters.get(name);
    if (kind !== "remove" && (!filter || !this.isMine(filter)) && refusal === undefined) return;
    const version = filter && activeVersion(filter);
    const reason = refusal ?? (version?.command === id ? this.refusalOf(filter!, version) : undefined);
    const outcome = reason !== undefined ? "refused" : kind === "deploy" ? "deployed" : "done";
    logger.info({ filter: name, command: kind, reason }, `command to a filter ${outcome}`);
    if (clock.nowMicros() - command.sentMicros > ANSWER_MICROS_MAX) return;
    this.tell(outcome, name, {
      command: id,
      ...(version === undefined ? {} : { module: version.module }),
      ...(reason === undefined ? {} : { reason }),
    });
  }

  private tell(kind: FilterEvent["kind"], name: string, facts: Partial<FilterEvent>): void {
    const { clock, events, service } = this.options;
    events.write({ kind, name, service, atMicros: clock.nowMicros(), ...facts });
  }

  private isMine(filter: DeployedFilter): boolean {
    return this.options.sources.some(({ stream, topic }) => appliesTo(filter, stream, topic));
  }
}

import { type Clock, sleep, systemClock } from "@ims/common";
import { fail } from "../errors.js";
import { ModuleStore } from "../modules/module-store.js";
import {
  type CommandBody,
  type DeployCommand,
  encodeCommand,
  type FilterCommand,
} from "../records/filter-command.js";
import type { FilterEvent } from "../records/filter-event.js";
import { type FilterState, reduce } from "../state/filter-state.js";
import { CommandLog } from "./command-log.js";
import { EventLog } from "./event-log.js";
import { COMMANDS_TOPIC, ensureFilterTopics, type FilterClient, sendFilters } from "./filter-topics.js";

export interface FilterControlOptions {
  readonly clock?: Clock;
  /** A number from 0 to below 1, for the ids of commands. */
  readonly random?: () => number;
}

/** A deployment as a caller gives it: with the module's octets. */
export type Deployment = Omit<DeployCommand, "kind" | "module" | "parameters" | "policy" | "limits"> &
  Partial<Pick<DeployCommand, "parameters" | "policy" | "limits">> & {
    /** At most 8 MiB. */
    readonly octets: Uint8Array;
  };

/** A command on its way. */
export interface SentCommand {
  readonly command: FilterCommand;
  /**
   * What the first service that dealt with it says: `deployed`, `done` or `refused`. `undefined` when nobody answered in
   * time or the signal aborted; the command stays all the same.
   */
  answer(waitMillis: number, signal?: AbortSignal): Promise<FilterEvent | undefined>;
}

const LOOK_MILLIS = 25;
const ANSWERS: readonly string[] = ["deployed", "done", "refused"];

/** Commands filters from code, as `ims filter` does from a shell. */
export class FilterControl {
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly commands: CommandLog;
  private readonly modules: ModuleStore;

  private constructor(
    private readonly client: FilterClient,
    options: FilterControlOptions,
  ) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.commands = new CommandLog(client);
    this.modules = new ModuleStore(client);
  }

  /** Creates the stream `filters` and its topics where they are missing. */
  static async open(client: FilterClient, options: FilterControlOptions = {}): Promise<FilterControl> {
    await ensureFilterTopics(client);
    return new FilterControl(client, options);
  }

  /** All filters as the commands up to now have them. */
  async state(): Promise<FilterState> {
    await this.commands.refresh();
    return this.commands.state;
  }

  /** Events that are kept, oldest first. */
  async events(): Promise<FilterEvent[]> {
    const log = await EventLog.from(this.client, "first");
    return log.read();
  }

  /**
   * Stores the module, then the command that puts it on the stream. Whether the module can run says the service; who
   * wants to know before checks it with `checkModule` of @ims/wasm-runtime.
   * @throws `filter.bad-command`, `filter.bad-module`, `filter.refused`
   */
  async deploy(deployment: Deployment): Promise<SentCommand> {
    const { octets, parameters = {}, policy = "drop", limits = {}, ...rest } = deployment;
    const module = await this.modules.store(octets);
    return this.send({ ...rest, kind: "deploy", module, parameters, policy, limits });
  }

  /**
   * Stores a command.
   * @throws `filter.bad-command`, `filter.refused` when it would change nothing
   */
  async send(body: CommandBody): Promise<SentCommand> {
    const command: FilterCommand = { ...body, id: this.drawId(), sentMicros: this.clock.nowMicros() };
    const octets = encodeCommand(command);
    const state = await this.state();
    const { refusal } = reduce(state, command, state.nextOffset);
    if (refusal !== undefined) throw fail("filter.refused", refusal);
    const events = await EventLog.from(this.client, "now");
    await sendFilters(this.client, COMMANDS_TOPIC, [octets]);
    return {
      command,
      answer: (waitMillis, signal) => this.answerTo(command.id, events, waitMillis, signal),
    };
  }

  private async answerTo(
    id: string,
    events: EventLog,
    waitMillis: number,
    signal: AbortSignal | undefined,
  ): Promise<FilterEvent | undefined> {
    const endMillis = this.clock.monotonicMillis() + waitMillis;
    for (;;) {
      const answer = (await events.read()).find(
        ({ command, kind }) => command === id && ANSWERS.includes(kind),
      );
      if (answer || signal?.aborted || this.clock.monotonicMillis() >= endMillis) return answer;
      await sleep(this.clock, LOOK_MILLIS, signal).catch(() => {});
    }
  }

  private drawId(): string {
    let id = "";
    while (id.length < 32)
      id += Math.floor(this.random() * 0x10000)
        .toString(16)
        .padStart(4, "0");
    return id;
  }
}

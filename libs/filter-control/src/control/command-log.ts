import { describeError } from "@ims/common";
import { decodeCommand, type FilterCommand } from "../records/filter-command.js";
import { type FilterState, NO_FILTERS, reduce } from "../state/filter-state.js";
import { COMMANDS_TOPIC, type FilterClient, pollFilters } from "./filter-topics.js";

/** A command and what it came to. */
export interface HandledCommand {
  readonly offset: number;
  readonly command: FilterCommand;
  /** Why it changed nothing. */
  readonly refusal?: string;
}

export interface CommandLogOptions {
  /** Told of a record that cannot be read; it counts for nothing. */
  readonly unreadable?: (offset: number, reason: string) => void;
}

const POLL_COUNT = 64;

/** Reads the commands and keeps the state that they add up to. */
export class CommandLog {
  private current: FilterState = NO_FILTERS;
  private reading: Promise<HandledCommand[]> | undefined;
  /** The last commands seen; one that was stored twice counts once. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly client: FilterClient,
    private readonly options: CommandLogOptions = {},
  ) {}

  get state(): FilterState {
    return this.current;
  }

  /** Reads on to the end. Resolves with the commands that were new. */
  refresh(): Promise<HandledCommand[]> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async read(): Promise<HandledCommand[]> {
    const handled: HandledCommand[] = [];
    for (;;) {
      const reply = await pollFilters(this.client, COMMANDS_TOPIC, this.current.nextOffset, POLL_COUNT);
      if (reply.messageCount === 0) return handled;
      while (reply.next()) {
        const one = this.handle(reply.payload(), reply.offset);
        if (one) handled.push(one);
      }
    }
  }

  private handle(octets: Uint8Array, offset: number): HandledCommand | undefined {
    let command: FilterCommand;
    try {
      command = decodeCommand(octets);
    } catch (error) {
      this.current = { ...this.current, nextOffset: offset + 1 };
      this.options.unreadable?.(offset, describeError(error));
      return undefined;
    }
    if (this.seen.has(command.id)) {
      this.current = { ...this.current, nextOffset: offset + 1 };
      return undefined;
    }
    this.remember(command.id);
    const { state, refusal } = reduce(this.current, command, offset);
    this.current = state;
    return { offset, command, ...(refusal === undefined ? {} : { refusal }) };
  }

  private remember(id: string): void {
    this.seen.add(id);
    if (this.seen.size > 1024) this.seen.delete(this.seen.values().next().value!);
  }
}

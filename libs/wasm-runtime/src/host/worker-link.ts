import { Worker } from "node:worker_threads";
import { type Clock, describeError, type ImsError, type TimerHandle } from "@ims/common/core";
import { fail } from "../errors.js";
import type { FilterLogLevel } from "../instance/log-gate.js";
import type { FilterLimits } from "../limits.js";
import type { CheckedModule } from "../module/check-module.js";
import {
  ControlWord,
  fromWireError,
  type NumberedCommand,
  type WorkerCommand,
  type WorkerData,
  type WorkerDone,
  type WorkerReply,
} from "./worker-messages.js";

/** The compiled entry, also when this file runs from its source. */
const ENTRY = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/host/worker-entry.js" : "./worker-entry.js",
  import.meta.url,
);

/** What a thread may take of the collector's heap and the stack; a module's own memory is capped in its binary. */
export const WORKER_RESOURCE_LIMITS = {
  maxOldGenerationSizeMb: 128,
  maxYoungGenerationSizeMb: 16,
  stackSizeMb: 4,
} as const;

/** The watchdog looks this often within the time that a command has. */
const LOOKS_PER_LIMIT = 4;
/** Commands are numbered up to here and then from 1 again. */
const NUMBER_MAX = 0x7fff_fff0;
/** A thread that has not begun a command after so long is given up, in milliseconds. */
const BEGIN_MILLIS = 30_000;

export interface WorkerTimes {
  /** Milliseconds for any other command. */
  readonly batchMillis: number;
  /** Milliseconds for compiling and instantiating, for taking up a state, or for both at once. */
  readonly loadMillis: number;
}

export interface WorkerLinkOptions {
  readonly module: CheckedModule;
  readonly limits: FilterLimits;
  readonly times: WorkerTimes;
  readonly clock: Clock;
  readonly onLog: (level: FilterLogLevel, text: string) => void;
  readonly onLogLinesLeftOut: (count: number) => void;
}

/** `undefined` for a command that was skipped because an earlier one failed. */
export type CommandOutcome =
  | { readonly done: WorkerDone }
  | { readonly error: ImsError; readonly done?: undefined }
  | undefined;

interface Pending {
  readonly number: number;
  readonly limitMillis: number;
  readonly settle: (outcome: CommandOutcome) => void;
}

/**
 * The main thread's end of one module's thread. Commands are answered in their order. A command that takes longer than
 * its time, by 1 to 1.25 times, ends the thread: its error is `wasm.timed-out`, and that of all behind it
 * `wasm.worker-failed`. Only time in which the thread is at the command counts.
 */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #options: WorkerLinkOptions;
  readonly #control = new Int32Array(new SharedArrayBuffer(ControlWord.Count * 4));
  readonly #pending: Pending[] = [];
  readonly #ended: Promise<void>;
  #lastNumber = 0;
  #failure: ImsError | undefined;
  #watch: TimerHandle | undefined;
  /** The command that the watchdog saw begun, and since when. */
  #seen = { number: 0, isBegun: false, sinceMillis: 0 };

  /** @param entry what the thread runs; it speaks `WorkerCommand` and `WorkerReply` */
  constructor(options: WorkerLinkOptions, entry = ENTRY) {
    this.#options = options;
    this.#worker = new Worker(entry, {
      workerData: {
        bytes: options.module.bytes,
        limits: options.limits,
        control: this.#control.buffer as SharedArrayBuffer,
      } satisfies WorkerData,
      env: {},
      // Conditions and loaders of this process are for sources; the entry is compiled.
      execArgv: process.execArgv.filter((argument) => argument === "--enable-source-maps"),
      resourceLimits: WORKER_RESOURCE_LIMITS,
    });
    this.#worker.on("message", (reply: WorkerReply) => this.#onReply(reply));
    this.#worker.on("error", (cause) => {
      this.#end(fail("wasm.worker-failed", `the thread failed: ${describeError(cause)}`, { cause }));
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once("exit", (code) => {
        this.#end(fail("wasm.worker-failed", `the thread ended with code ${code}`));
        resolve();
      });
    });
  }

  /** Why it takes no commands any more. */
  get failure(): ImsError | undefined {
    return this.#failure;
  }

  /** Callbacks come in the order of the commands. */
  send(command: WorkerCommand, settle: (outcome: CommandOutcome) => void): void {
    if (this.#failure !== undefined) {
      const error = this.#failure;
      queueMicrotask(() => settle({ error }));
      return;
    }
    const { batchMillis, loadMillis } = this.#options.times;
    this.#lastNumber = (this.#lastNumber % NUMBER_MAX) + 1;
    const isLoad = command.type === "load" || command.type === "restore";
    const limitMillis = isLoad ? loadMillis : batchMillis;
    this.#pending.push({ number: this.#lastNumber, limitMillis, settle });
    this.#worker.postMessage({ ...command, number: this.#lastNumber } satisfies NumberedCommand);
    if (this.#watch === undefined) this.#look();
  }

  /** As {@link send}, for one command at a time. */
  ask(command: WorkerCommand): Promise<CommandOutcome> {
    return new Promise((resolve) => this.send(command, resolve));
  }

  /** Ends the thread, whatever it does; what is pending fails with `wasm.closed`. */
  async close(): Promise<void> {
    this.#end(fail("wasm.closed", "the thread of the module was ended"));
    await this.#ended;
  }

  #onReply(reply: WorkerReply): void {
    if (reply.type !== "log") this.#options.onLogLinesLeftOut(reply.logLinesLeftOut);
    if (reply.type === "log") {
      this.#options.onLog(reply.level, reply.text);
      return;
    }
    // Messages may still arrive behind an end that was decided here.
    if (this.#pending[0]?.number !== reply.number) return;
    const { settle } = this.#pending.shift()!;
    if (this.#pending.length === 0) this.#stopWatching();
    if (reply.type === "done") settle({ done: reply });
    else settle(reply.type === "failed" ? { error: fromWireError(reply.error) } : undefined);
  }

  /** Looks at what the thread is at, and again while anything is pending. */
  #look(): void {
    const head = this.#pending[0];
    if (head === undefined) {
      this.#watch = undefined;
      return;
    }
    const now = this.#options.clock.monotonicMillis();
    const isDone = Atomics.load(this.#control, ControlWord.Done) === head.number;
    const isBegun = Atomics.load(this.#control, ControlWord.Started) === head.number;
    if (this.#seen.number !== head.number || this.#seen.isBegun !== isBegun) {
      this.#seen = { number: head.number, isBegun, sinceMillis: now };
    }
    const took = now - this.#seen.sinceMillis;
    if (!isDone && took >= (isBegun ? head.limitMillis : BEGIN_MILLIS)) {
      const what = isBegun ? `gave no answer for ${head.limitMillis} ms` : "does not begin";
      this.#end(fail(isBegun ? "wasm.timed-out" : "wasm.worker-failed", `the module ${what}`));
      return;
    }
    this.#watch = this.#options.clock.setTimer(head.limitMillis / LOOKS_PER_LIMIT, () => this.#look());
  }

  #end(error: ImsError): void {
    if (this.#failure !== undefined) return;
    this.#stopWatching();
    // The one that is at work failed for this reason, those behind it because there is no thread any more.
    this.#failure =
      error.code === "wasm.timed-out" ? fail("wasm.worker-failed", "the thread was ended") : error;
    void this.#worker.terminate();
    const [head, ...others] = this.#pending.splice(0);
    head?.settle({ error });
    for (const { settle } of others) settle({ error: this.#failure });
  }

  #stopWatching(): void {
    this.#watch?.cancel();
    this.#watch = undefined;
  }
}

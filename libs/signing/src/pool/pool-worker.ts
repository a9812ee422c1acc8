import { Worker } from "node:worker_threads";
import { type Clock, describeError, type TimerHandle } from "@ims/common/core";
import type { BackendName } from "../backends/backend.js";
import { fail } from "../errors.js";
import type { SigningKey } from "../keys/signing-key.js";
import { eraseKeys, handOverKeys } from "./key-handover.js";
import { SigningRing } from "./signing-ring.js";
import type { WorkerEvent, WorkerSetup } from "./worker-messages.js";

/** The entry is compiled: threads know nothing of the loaders of this process. */
export const WORKER_ENTRY = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/pool/worker-entry.js" : "./worker-entry.js",
  import.meta.url,
);

/** Deaths in a row without one more signature after which a worker is given up. */
const DEATHS_MAX = 3;
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

export interface PoolWorkerOptions {
  readonly entry: URL;
  readonly backends: readonly BackendName[];
  readonly keys: readonly SigningKey[];
  readonly isDeterministic: boolean;
  readonly ringSlots: number;
  /** A worker that does not finish one message in so many milliseconds is stopped and replaced. */
  readonly stuckMillis: number;
  readonly clock: Clock;
  /** Signatures are in the ring. */
  readonly onSigned: () => void;
  /** A thread died; a fresh one goes on. */
  readonly onDeath: (reason: string) => void;
  /** The worker is given up. */
  readonly onGivenUp: (error: Error) => void;
}

/** One place of the pool: a ring, and the thread that serves it, replaced whenever it dies. */
export class PoolWorker {
  readonly ring: SigningRing;
  readonly #options: PoolWorkerOptions;
  #thread!: Worker;
  #keys!: SharedArrayBuffer;
  #exited!: Promise<void>;
  #deaths = 0;
  #doneAtDeath = 0;
  #reason = "";
  #isClosing = false;
  #watch: TimerHandle | undefined;
  #doneAtLook = 0;
  #markReady!: () => void;
  #markFailed!: (error: Error) => void;
  /** The first thread has its keys and backends. */
  readonly ready: Promise<void>;

  constructor(options: PoolWorkerOptions) {
    this.#options = options;
    this.ring = new SigningRing(SigningRing.allocate(options.ringSlots));
    this.ready = new Promise((resolve, reject) => {
      this.#markReady = resolve;
      this.#markFailed = reject;
    });
    // Whoever opens the pool waits for it; a later rejection has no effect.
    this.ready.catch(() => {});
    this.#start();
  }

  /** Of the thread that works now; tests end it. */
  get thread(): Worker {
    return this.#thread;
  }

  /** Wakes the thread for what was put into the ring. */
  wake(): void {
    this.ring.wake();
    this.#watchThread();
  }

  /** Ends the thread behind the message that it signs now; one that does not end is stopped. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#watch?.cancel();
    this.ring.stop();
    const timer = this.#options.clock.setTimer(
      this.#options.stuckMillis,
      () => void this.#thread.terminate(),
    );
    await this.#exited;
    timer.cancel();
  }

  #start(): void {
    const { entry, backends, keys, isDeterministic } = this.#options;
    this.#keys = handOverKeys(keys);
    this.#reason = "";
    const thread = new Worker(entry, {
      workerData: {
        ring: this.ring.memory,
        generation: this.ring.generation,
        keys: this.#keys,
        backends,
        isDeterministic,
      } satisfies WorkerSetup,
      env: {},
      execArgv: process.execArgv.filter((argument) => argument === "--enable-source-maps"),
      resourceLimits: RESOURCE_LIMITS,
    });
    this.#thread = thread;
    thread.on("message", (event: WorkerEvent) => {
      if (event.type === "ready") this.#markReady();
      else if (event.type === "signed") this.#options.onSigned();
      else this.#reason = event.reason;
    });
    thread.on("error", (error) => {
      this.#reason = describeError(error);
    });
    this.#exited = new Promise((resolve) => {
      thread.once("exit", (code) => {
        eraseKeys(this.#keys);
        if (!this.#isClosing) this.#onDeath(this.#reason || `it ended with code ${code}`);
        resolve();
      });
    });
  }

  #onDeath(reason: string): void {
    this.#watch?.cancel();
    this.#watch = undefined;
    const { done } = this.ring;
    this.#deaths = done === this.#doneAtDeath ? this.#deaths + 1 : 1;
    this.#doneAtDeath = done;
    this.#options.onDeath(reason);
    if (this.#deaths >= DEATHS_MAX) {
      const times = `${this.#deaths} times without a signature: ${reason}`;
      this.#giveUp(fail("signing.worker-failed", `a worker died ${times}`));
      return;
    }
    try {
      this.#start();
    } catch (cause) {
      this.#giveUp(fail("signing.worker-failed", "a worker died and no other could be started", { cause }));
      return;
    }
    this.#watchThread();
    // What was signed before the death may not have been told.
    this.#options.onSigned();
  }

  #giveUp(error: Error): void {
    this.#markFailed(error);
    this.#options.onGivenUp(error);
  }

  /** Looks from time to time, while there is work, whether there is progress. */
  #watchThread(): void {
    if (this.#watch !== undefined || this.#isClosing) return;
    this.#doneAtLook = this.ring.done;
    this.#watch = this.#options.clock.setTimer(this.#options.stuckMillis, () => {
      this.#watch = undefined;
      if (this.ring.waiting === 0) return;
      if (this.ring.done !== this.#doneAtLook) {
        this.#watchThread();
        return;
      }
      this.#reason = `no signature in ${this.#options.stuckMillis} ms`;
      this.#replace();
    });
  }

  /**
   * A thread that is only slow, on a machine that is busy otherwise, ends by itself; one that is not gone after as long
   * again is stopped. Not at once: a thread that is stopped inside the native addon takes the whole process with it.
   */
  #replace(): void {
    const thread = this.#thread;
    this.ring.nextGeneration();
    const timer = this.#options.clock.setTimer(this.#options.stuckMillis, () => void thread.terminate());
    thread.once("exit", () => timer.cancel());
  }
}

import { type Clock, SystemClock } from "@ims/common/core";
import { BACKEND_NAMES, BACKEND_SCHEMES, type BackendName } from "../backends/backend.js";
import { fail } from "../errors.js";
import type { SigningKey } from "../keys/signing-key.js";
import { DIGEST_BYTES, SIGNATURE_BYTES } from "../schemes.js";
import { PoolWorker, WORKER_ENTRY } from "./pool-worker.js";
import { SigningJob } from "./signing-job.js";

const WORKERS_MAX = 64;
const KEYS_MAX = 255;
const DEFAULTS = { workers: 2, ringSlots: 1_024, messagesMax: 65_536, stuckMillis: 10_000 };

export interface SigningPoolOptions {
  /** At most 255, named by their place; they stay the caller's, who disposes of them behind `close`. */
  readonly keys: readonly SigningKey[];
  /** Loaded by each worker at its start; at least one. */
  readonly backends: readonly BackendName[];
  /** The one to begin with; the first of `backends` where it is left out. */
  readonly use?: BackendName;
  /** Schnorr takes 32 octets 0 for randomness, as BIP-340 allows: the same digest has the same signature. */
  readonly isDeterministic?: boolean;
  /** 1 to 64, default 2. */
  readonly workers?: number;
  /** Messages in the ring of each worker, a power of two, default 1,024. */
  readonly ringSlots?: number;
  /** Messages that may wait for signatures in all, default 65,536; more are refused. */
  readonly messagesMax?: number;
  /** Milliseconds that a worker may take for one message, or for its start with work at hand, default 10,000. */
  readonly stuckMillis?: number;
  readonly clock?: Clock;
  /** Called when a worker died, before a fresh one takes over. */
  readonly onDeath?: (reason: string) => void;
  /** What workers run; tests put another in. */
  readonly entry?: URL;
}

/**
 * Signs in worker threads. Digests go to the workers in turn through rings in shared memory and the signatures come back
 * in the order of the digests. A worker that dies is replaced, and its ring goes on where it was: each digest gets one
 * signature. Bounded by `messagesMax`.
 */
export class SigningPool {
  readonly #workers: readonly PoolWorker[];
  readonly #options: SigningPoolOptions;
  readonly #messagesMax: number;
  readonly #jobs: SigningJob[] = [];
  /** Job of which digests are put into rings now; all before it are there. */
  #filling = 0;
  #putCount = 0;
  #takenCount = 0;
  #waiting = 0;
  #backend: BackendName;
  #end: Error | undefined;
  #deaths = 0;

  private constructor(options: SigningPoolOptions) {
    const { workers = DEFAULTS.workers, messagesMax = DEFAULTS.messagesMax } = options;
    const first = options.use ?? options.backends[0];
    if (!(Number.isInteger(workers) && workers >= 1 && workers <= WORKERS_MAX)) {
      throw fail("signing.bad-input", `${workers} workers; it goes from 1 to ${WORKERS_MAX}`);
    }
    if (options.keys.length < 1 || options.keys.length > KEYS_MAX || first === undefined) {
      throw fail("signing.bad-input", `a pool takes 1 to ${KEYS_MAX} keys and at least one backend`);
    }
    this.#options = options;
    this.#messagesMax = messagesMax;
    this.#backend = this.#opened(first);
    this.#workers = Array.from({ length: workers }, () => this.#newWorker());
  }

  /**
   * Starts the workers and waits until all can sign.
   * @throws ImsError (rejected) `signing.worker-failed`, `signing.bad-input`, `signing.backend-not-open`
   */
  static async open(options: SigningPoolOptions): Promise<SigningPool> {
    const pool = new SigningPool(options);
    try {
      await Promise.all(pool.#workers.map(({ ready }) => ready));
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  /** The backend of what is handed over next. */
  get backend(): BackendName {
    return this.#backend;
  }

  /** Messages that wait for signatures. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Workers that died and were replaced, or given up, since the start. */
  get deaths(): number {
    return this.#deaths;
  }

  /**
   * Switches the backend of what is handed over from now on; what waits already is signed by the one before.
   * @throws ImsError `signing.backend-not-open`
   */
  use(name: BackendName): void {
    this.#backend = this.#opened(name);
  }

  /**
   * Signs digests of 32 octets, one after the other in one buffer. Neither buffer is touched by the caller meanwhile.
   * @param out takes 64 octets for each digest, in the same order
   * @param backendOf the backend of each digest in place of the current one
   * @throws ImsError (rejected) `signing.bad-input`, `signing.scheme-unsupported`, `signing.backend-not-open`,
   *   `signing.pool-full`, `signing.pool-closed`, `signing.worker-failed`, `signing.backend-failed`
   */
  async sign(
    keyIndex: number,
    digests: Uint8Array,
    out: Uint8Array,
    backendOf?: (index: number) => BackendName,
  ): Promise<void> {
    if (this.#end !== undefined) throw this.#end;
    const count = digests.length / DIGEST_BYTES;
    const key = this.#options.keys[keyIndex];
    if (!Number.isInteger(count) || out.length < count * SIGNATURE_BYTES || key === undefined) {
      throw fail(
        "signing.bad-input",
        `key ${keyIndex}, ${digests.length} octets of digests and ${out.length} for signatures`,
      );
    }
    if (this.#waiting + count > this.#messagesMax) {
      throw fail(
        "signing.pool-full",
        `${this.#waiting} messages wait, ${count} more would be above ${this.#messagesMax}`,
      );
    }
    const codes = this.#backendCodes(count, key, backendOf);
    if (count === 0) return;
    const job = new SigningJob(keyIndex, digests, out, codes);
    this.#waiting += count;
    this.#jobs.push(job);
    this.#fillRings();
    await job.finished;
  }

  /** Ends the workers, which zero their keys. What waits is rejected with `signing.pool-closed`. */
  async close(): Promise<void> {
    this.#finish(fail("signing.pool-closed", "the pool was closed"));
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  /** Ends the thread of a worker at once, as a fault would. For tests of what builds on the pool. */
  async killWorker(index: number): Promise<void> {
    await this.#workers[index]?.thread.terminate();
  }

  #newWorker(): PoolWorker {
    const { entry = WORKER_ENTRY, backends, keys, clock = new SystemClock(), onDeath } = this.#options;
    const { isDeterministic = false } = this.#options;
    const { ringSlots = DEFAULTS.ringSlots, stuckMillis = DEFAULTS.stuckMillis } = this.#options;
    return new PoolWorker({
      entry,
      backends,
      keys,
      isDeterministic,
      ringSlots,
      stuckMillis,
      clock,
      onSigned: () => this.#takeSignatures(),
      onDeath: (reason) => {
        this.#deaths++;
        onDeath?.(reason);
      },
      onGivenUp: (error) => this.#finish(error),
    });
  }

  #opened(name: BackendName): BackendName {
    if (this.#options.backends.includes(name)) return name;
    throw fail(
      "signing.backend-not-open",
      `the backend ${name} is not among ${this.#options.backends.join(", ")}`,
    );
  }

  #backendCodes(
    count: number,
    key: SigningKey,
    backendOf: ((index: number) => BackendName) | undefined,
  ): Uint8Array {
    const codes = new Uint8Array(count);
    const codeOf = (name: BackendName) => {
      if (!BACKEND_SCHEMES[this.#opened(name)].includes(key.scheme)) {
        throw fail("signing.scheme-unsupported", `the backend ${name} has no ${key.scheme}`);
      }
      return BACKEND_NAMES.indexOf(name);
    };
    if (backendOf === undefined) return codes.fill(codeOf(this.#backend));
    for (let index = 0; index < count; index++) codes[index] = codeOf(backendOf(index));
    return codes;
  }

  /** Puts digests into the rings in turn, until the next ring is full. */
  #fillRings(): void {
    const before = this.#putCount;
    while (this.#filling < this.#jobs.length) {
      const job = this.#jobs[this.#filling]!;
      if (job.isPut) {
        this.#filling++;
        continue;
      }
      if (!job.putInto(this.#workers[this.#putCount % this.#workers.length]!.ring)) break;
      this.#putCount++;
    }
    const wakeCount = Math.min(this.#putCount - before, this.#workers.length);
    for (let index = 0; index < wakeCount; index++) {
      this.#workers[(before + index) % this.#workers.length]!.wake();
    }
  }

  /** Takes signatures out of the rings in turn, as they were put in, until the next one is not there. */
  #takeSignatures(): void {
    if (this.#end !== undefined) return;
    for (;;) {
      const job = this.#jobs[0];
      const { ring } = this.#workers[this.#takenCount % this.#workers.length]!;
      if (job === undefined || ring.ready === 0) break;
      job.takeFrom(ring);
      this.#takenCount++;
      this.#waiting--;
      if (job.isTaken) {
        this.#jobs.shift();
        this.#filling--;
        job.settle();
      }
    }
    this.#fillRings();
  }

  #finish(error: Error): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    for (const job of this.#jobs.splice(0)) job.reject(error);
    this.#waiting = 0;
  }
}

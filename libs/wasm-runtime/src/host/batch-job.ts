import { OUTPUT_STRIDE, OutputOrigin } from "../instance/batch-result.js";
import type { BatchFailure, BatchOutcome } from "./batch-outcome.js";
import type { BufferPool } from "./buffer-pool.js";
import type { BatchLayout } from "./shared-batch.js";
import { readResult, readShared } from "./shared-batch.js";
import type { SharedBatch, WorkerDone } from "./worker-messages.js";

const NO_OCTETS = new Uint8Array(0);

/** A batch as it was handed over, and where its outcome goes. */
interface BatchRequest {
  readonly shared: SharedBatch;
  readonly layout: BatchLayout;
  readonly wantsState: boolean;
  readonly pools: { readonly inputs: BufferPool; readonly outputs: BufferPool };
  readonly resolve: (outcome: BatchOutcome) => void;
  readonly reject: (error: Error) => void;
}

/** A batch on its way. Its input stays in shared memory while anybody holds it: its reader, or states that need it again. */
export class BatchJob {
  #holders = 1;
  #output: SharedArrayBuffer | undefined;
  /** Counts the times that it was handed to a worker; an answer to an earlier one is not heard. */
  attempt = 0;

  constructor(
    readonly number: number,
    readonly request: BatchRequest,
  ) {}

  get shared(): SharedBatch {
    return this.request.shared;
  }

  get layout(): BatchLayout {
    return this.request.layout;
  }

  get wantsState(): boolean {
    return this.request.wantsState;
  }

  resolve(outcome: BatchOutcome): void {
    this.request.resolve(outcome);
  }

  reject(error: Error): void {
    this.request.reject(error);
  }

  hold(): void {
    this.#holders++;
  }

  release(): void {
    if (--this.#holders === 0) this.request.pools.inputs.give(this.shared.input);
  }

  /** Where a worker writes. */
  output(): SharedArrayBuffer {
    this.#output ??= this.request.pools.outputs.take(this.layout.outputBytes);
    return this.#output;
  }

  /** Forgets a worker that may still write, so that the next one writes elsewhere. */
  abandon(): void {
    this.attempt++;
    this.#output = undefined;
  }

  /** The outcome of a batch that its module handled. */
  handled(version: string, { batch, state }: WorkerDone): BatchOutcome {
    const { outputCount, dropped, rewritten, emitted } = batch!;
    const { outputs, octets } = readResult(this.output(), outputCount);
    return this.#outcome({
      version,
      failure: undefined,
      dropped,
      rewritten,
      emitted,
      outputCount,
      outputs,
      made: octets,
      state: this.wantsState ? state : undefined,
    });
  }

  /** The outcome by a policy that lets everything through, or nothing. */
  unhandled(version: string, failure: BatchFailure, isPassed: boolean): BatchOutcome {
    const { offsets, lengths, count } = readShared(this.shared);
    const outputCount = isPassed ? count : 0;
    const outputs = new Uint32Array(outputCount * OUTPUT_STRIDE);
    for (let index = 0; index < outputCount; index++) {
      outputs.set([index, OutputOrigin.Input, offsets[index]!, lengths[index]!], index * OUTPUT_STRIDE);
    }
    return this.#outcome({
      version,
      failure,
      dropped: count - outputCount,
      rewritten: 0,
      emitted: 0,
      outputCount,
      outputs,
      made: NO_OCTETS,
      state: undefined,
    });
  }

  #outcome(made: Omit<BatchOutcome, "batch" | "records" | "input" | "release">): BatchOutcome {
    let isReleased = false;
    return {
      ...made,
      batch: this.number,
      records: this.shared.count,
      input: readShared(this.shared).bytes,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        if (this.#output !== undefined) this.request.pools.outputs.give(this.#output);
        this.#output = undefined;
        this.release();
      },
    };
  }
}

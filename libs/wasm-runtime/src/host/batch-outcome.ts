import type { ImsError } from "@ims/common/core";
import type { TrapKind } from "../instance/trap.js";

/** Why a batch was handled by the policy. */
export interface BatchFailure {
  readonly kind: TrapKind | "timeout" | "quarantined" | "worker";
  readonly error: ImsError;
}

/**
 * What a batch became. Its octets are in shared memory and valid until {@link release}, which gives the memory to
 * the batches that follow.
 */
export interface BatchOutcome {
  /** Batches are numbered from the host's first. */
  readonly batch: number;
  /** SHA-256 of the module that handled it, or would have. */
  readonly version: string;
  /** Absent where the module handled the batch; otherwise the policy did. */
  readonly failure: BatchFailure | undefined;
  readonly records: number;
  readonly dropped: number;
  readonly rewritten: number;
  readonly emitted: number;
  /** What goes on, in its order. */
  readonly outputCount: number;
  /**
   * Four numbers for each output: the record it comes from by its place in the batch; its `OutputOrigin`; where it
   * begins in {@link input} or {@link made}, by the origin; its length.
   */
  readonly outputs: Uint32Array;
  /** The octets of the batch as they came. */
  readonly input: Uint8Array;
  /** The octets that the module made. */
  readonly made: Uint8Array;
  /**
   * The state behind the batch, where it was asked for and the module has one. Behind a batch that the policy handled it
   * is that behind the batch before: `FilterHost.snapshot` gives it.
   */
  readonly state: Uint8Array | undefined;
  release(): void;
}

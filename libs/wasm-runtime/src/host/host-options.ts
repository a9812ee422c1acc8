import { type Clock, type ImsError, systemClock } from "@ims/common/core";
import type { FilterLogLevel } from "../instance/log-gate.js";
import type { ParameterValues } from "../instance/parameter-values.js";
import { type FilterLimits, requireWhole, resolveLimits } from "../limits.js";
import type { CheckedModule } from "../module/check-module.js";

/** What becomes of a batch that its module could not handle: left out, let through as it came, or the end. */
export type FailurePolicy = "drop" | "pass" | "stop";

export type FilterEvent =
  | {
      readonly type: "swapped";
      readonly from: string;
      readonly to: string;
      /** The first batch that the new module is given. */
      readonly batch: number;
      /** Whether it took up the old one's state. */
      readonly tookState: boolean;
      /** Milliseconds in which no batch was begun. */
      readonly pauseMillis: number;
    }
  /** The old module is not kept any longer. */
  | {
      readonly type: "probation-ended";
      readonly version: string;
      readonly batch: number;
      readonly reason: string;
    }
  | {
      readonly type: "rolled-back";
      readonly from: string;
      readonly to: string;
      /** The batch that failed; the old module is given it again. */
      readonly batch: number;
      readonly error: ImsError;
    }
  | { readonly type: "failed"; readonly version: string; readonly batch: number; readonly error: ImsError }
  | {
      readonly type: "quarantined";
      readonly version: string;
      readonly batch: number;
      readonly error: ImsError;
    };

export interface FilterHostOptions {
  readonly module: CheckedModule;
  readonly parameters?: ParameterValues;
  /** A state to begin with. */
  readonly state?: Uint8Array;
  readonly policy?: FailurePolicy;
  readonly limits?: Partial<FilterLimits>;
  /** Milliseconds that the module may be at one batch, 1 to 600,000; 1,000 by default. */
  readonly batchMillis?: number;
  /** Milliseconds for compiling and beginning, 1 to 600,000; 10,000 by default. */
  readonly loadMillis?: number;
  /** Batches that are with the worker at once, 1 to 64; 4 by default. */
  readonly batchesInFlight?: number;
  /** Batches that are taken on and not answered yet, 1 to 4,096; 64 by default. */
  readonly batchesQueued?: number;
  /** A state is taken after so many batches, 1 to 1,024; 16 by default. Those since are run again behind a failure. */
  readonly snapshotEvery?: number;
  /** Batches that fail one after the other until the module is put into quarantine, 1 to 1,000; 5 by default. */
  readonly failuresMax?: number;
  readonly clock?: Clock;
  readonly onEvent?: (event: FilterEvent) => void;
  readonly onLog?: (level: FilterLogLevel, text: string, version: string) => void;
}

export type ResolvedHostOptions = Required<
  Omit<FilterHostOptions, "module" | "parameters" | "state" | "limits">
> & {
  readonly limits: FilterLimits;
};

/** @throws ImsError `wasm.bad-limits` */
export function resolveHostOptions(options: FilterHostOptions): ResolvedHostOptions {
  return {
    limits: resolveLimits(options.limits),
    policy: options.policy ?? "drop",
    batchMillis: requireWhole("batchMillis", options.batchMillis ?? 1000, 1, 600_000),
    loadMillis: requireWhole("loadMillis", options.loadMillis ?? 10_000, 1, 600_000),
    batchesInFlight: requireWhole("batchesInFlight", options.batchesInFlight ?? 4, 1, 64),
    batchesQueued: requireWhole("batchesQueued", options.batchesQueued ?? 64, 1, 4096),
    snapshotEvery: requireWhole("snapshotEvery", options.snapshotEvery ?? 16, 1, 1024),
    failuresMax: requireWhole("failuresMax", options.failuresMax ?? 5, 1, 1000),
    clock: options.clock ?? systemClock,
    onEvent: options.onEvent ?? (() => {}),
    onLog: options.onLog ?? (() => {}),
  };
}

export interface SwapOptions {
  readonly parameters?: ParameterValues;
  /** The new module begins without a state, also where it could take up the old one's. */
  readonly withoutState?: boolean;
  /** The old module is kept until the new one handled so many batches, 0 to 4,096; 64 by default. */
  readonly probationBatches?: number;
  /** ... or until so many milliseconds are over and it handled one; 60,000 by default. */
  readonly probationMillis?: number;
}

export interface SwapReport {
  readonly from: string;
  readonly to: string;
  readonly batch: number;
  readonly tookState: boolean;
  readonly pauseMillis: number;
}

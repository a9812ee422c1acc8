import { errorFactory, type ImsError, isImsError } from "@ims/common/core";
import { fail, WASM_ERRORS } from "../errors.js";
import type { FilterDescription } from "../instance/filter-description.js";
import type { FilterLogLevel } from "../instance/log-gate.js";
import type { ParameterValues } from "../instance/parameter-values.js";
import type { FilterLimits } from "../limits.js";

/** Words of the block that a worker and its link share: the number of the command begun last, and ended last. */
export const ControlWord = { Started: 0, Done: 1, Count: 2 } as const;

export interface WorkerData {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly limits: FilterLimits;
  readonly control: SharedArrayBuffer;
}

/** Where a batch lies in shared memory, see shared-batch.ts. */
export interface SharedBatch {
  readonly input: SharedArrayBuffer;
  readonly count: number;
  readonly byteCount: number;
  readonly batchTime: number;
}

export type WorkerCommand =
  /** A fresh instance takes the place of the last. */
  | { readonly type: "load"; readonly parameters: ParameterValues; readonly state: Uint8Array | undefined }
  | {
      readonly type: "batch";
      readonly batch: SharedBatch;
      /** Where what it made goes; without it that is discarded. */
      readonly output: SharedArrayBuffer | undefined;
      /** Whether the state behind the batch is wanted. */
      readonly wantsState: boolean;
    }
  | { readonly type: "parameters"; readonly parameters: ParameterValues }
  /** The instance takes up a state. */
  | { readonly type: "restore"; readonly state: Uint8Array }
  | { readonly type: "snapshot" };

export type NumberedCommand = WorkerCommand & { readonly number: number };

export interface BatchDone {
  readonly outputCount: number;
  readonly dropped: number;
  readonly rewritten: number;
  readonly emitted: number;
  readonly micros: number;
}

export interface WorkerDone {
  readonly type: "done";
  readonly number: number;
  readonly description: FilterDescription;
  readonly hasState: boolean;
  readonly memoryPages: number;
  readonly batch: BatchDone | undefined;
  readonly state: Uint8Array | undefined;
}

export type CommandReply =
  | WorkerDone
  | { readonly type: "failed"; readonly number: number; readonly error: WireError }
  /** An earlier command failed, and nothing is done until the next load. */
  | { readonly type: "skipped"; readonly number: number };

export type WorkerReply =
  /** With the lines of log that were too many since the last reply. */
  | (CommandReply & { readonly logLinesLeftOut: number })
  | { readonly type: "log"; readonly level: FilterLogLevel; readonly text: string };

interface WireError {
  readonly code: keyof typeof WASM_ERRORS;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** An error of this library as threads exchange it. */
export function toWireError(error: unknown): WireError {
  if (isImsError(error) && error.code in WASM_ERRORS) {
    const code = error.code as keyof typeof WASM_ERRORS;
    return { code, message: error.message, context: error.context };
  }
  const text = error instanceof Error ? error.message : String(error);
  return toWireError(fail("wasm.worker-failed", `the thread of the module made a mistake: ${text}`));
}

const rebuild = errorFactory(WASM_ERRORS);

export function fromWireError({ code, message, context }: WireError): ImsError {
  const { action } = WASM_ERRORS[code];
  const detail = message.endsWith(action) ? message.slice(0, -action.length).trimEnd() : message;
  return rebuild(code, detail, { context });
}

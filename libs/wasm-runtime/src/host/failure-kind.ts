import { describeError, type ImsError, isImsError } from "@ims/common/core";
import { fail } from "../errors.js";
import type { TrapKind } from "../instance/trap.js";
import type { BatchFailure } from "./batch-outcome.js";

/** What a module failed with, in one word. */
export function kindOf(error: ImsError): BatchFailure["kind"] {
  if (error.code === "wasm.timed-out") return "timeout";
  if (error.code === "wasm.trapped") return error.context.kind as TrapKind;
  return error.code === "wasm.bad-state" ? "output" : "worker";
}

/** Anything thrown as an error of this library. */
export function toImsError(error: unknown): ImsError {
  return isImsError(error) ? error : fail("wasm.worker-failed", describeError(error), { cause: error });
}

import { readFile } from "node:fs/promises";
import { describeError } from "@ims/common";
import { fail } from "./filter-errors.js";
import type { FilterDescription, FilterInstance, WasmRuntime } from "./filter-packages.js";
import { withinTime } from "./time-limit.js";

/** For the start of a module, in milliseconds. */
const START_MILLIS = 5000;
/** Lines a second that a developer sees; services show far fewer. */
const LOG_LINES = 10_000;

/** A module that the host would take, with an instance in this thread. */
export interface OpenFilter {
  readonly instance: FilterInstance;
  readonly description: FilterDescription;
  /** SHA-256, 64 hexadecimal digits. */
  readonly hash: string;
}

/**
 * Checks a module as the services do before they run it, and starts it.
 * @param log takes its lines, with their level
 * @throws ImsError `wasm.*` for what a service would refuse, `filter.incomplete`, `filter.too-slow`
 */
export function openFilter(
  { checkModule, compileModule, FILTER_PROFILE, FilterInstance }: WasmRuntime,
  bytes: Uint8Array,
  log: (level: string, text: string) => void = () => undefined,
): OpenFilter {
  const checked = checkModule(bytes, FILTER_PROFILE);
  const options = { log, limits: { logLinesPerSecond: LOG_LINES } };
  const instance = withinTime(
    START_MILLIS,
    "the start of the module",
    () => new FilterInstance(compileModule(checked), options),
  );
  const { description, hasState } = instance;
  if (description.stateVersion !== undefined && !hasState) {
    throw fail("filter.incomplete", `${description.name} has the state version ${description.stateVersion}`);
  }
  return { instance, description, hash: checked.hash };
}

/** @throws ImsError (rejected) `filter.no-file` */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fail("filter.no-file", `${path}: ${describeError(error)}`, { cause: error, context: { path } });
  }
}

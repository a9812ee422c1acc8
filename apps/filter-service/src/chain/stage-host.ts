import { type FilterEvent, FilterHost, type SwapOptions } from "@ims/wasm-runtime";
import type { StagePlan } from "./stage-plan.js";
import type { StageTools } from "./stage-tools.js";

/** A chain hands over one batch after the other, and what it hands over is bounded before. */
const HOST_LIMITS = { batchRecords: 1 << 20, batchBytes: 64 << 20 };
const LONGEST_PROBATION = { probationBatches: 4096, probationMillis: 2 ** 31 - 1 };

/** Starts a module as a plan has it. Rejects with what it cannot be started for. */
export async function startHost(
  { name, module, parameters, limits }: StagePlan,
  state: Uint8Array | undefined,
  tools: StageTools,
  onEvent: (event: FilterEvent) => void,
): Promise<FilterHost> {
  const { memoryPages, batchMillis } = limits;
  return FilterHost.start({
    module: await tools.checked(module, limits),
    parameters,
    ...(state === undefined ? {} : { state }),
    limits: { ...HOST_LIMITS, ...(memoryPages === undefined ? {} : { memoryPages }) },
    // The policy may change from version to version, so the stage keeps it.
    policy: "drop",
    ...(batchMillis === undefined ? {} : { batchMillis }),
    clock: tools.clock,
    onEvent,
    onLog: (level, text) => tools.log(name, level, text),
  });
}

/**
 * Has another version take over while batches go on. Rejects with what it is refused for.
 * @param mayReturn it was rolled back before, and will be again: the version before is kept as long as can be
 */
export async function swapHost(
  host: FilterHost,
  { module, parameters, limits }: StagePlan,
  tools: StageTools,
  mayReturn: boolean,
): Promise<void> {
  const { probationBatches, probationMillis } = limits;
  const probation: SwapOptions = {
    ...(probationBatches === undefined ? {} : { probationBatches }),
    ...(probationMillis === undefined ? {} : { probationMillis }),
    ...(mayReturn ? LONGEST_PROBATION : {}),
  };
  await host.swap(await tools.checked(module, limits), { parameters, ...probation });
}

import {
  AverageEngine,
  type AveragePlan,
  restoreEngine,
  STATE_VERSION,
  snapshotEngine,
} from "@ims/aggregation";
import { type RecordHandlers, typedRecords } from "@ims/template";
import type { Processor } from "@ims/traits";

/**
 * The averages of trades as a stream processor: an engine for each partition, whose state is checkpointed with its
 * offset. Records other than trades are passed over.
 *
 * @param name names the output stream and the group
 * @param onUnreadable told of octets that are no record; they are left out
 */
export function averagesProcessor(
  name: string,
  plan: AveragePlan,
  onUnreadable?: RecordHandlers["unreadable"],
): Processor {
  return {
    name,
    stateVersion: STATE_VERSION,
    createTask(_input, state) {
      const engine = state ? restoreEngine(plan, state) : new AverageEngine(plan);
      return {
        process: typedRecords({
          trade: (trade, output) => engine.take(trade, output),
          ...(onUnreadable ? { unreadable: onUnreadable } : {}),
        }),
        snapshot: () => snapshotEngine(engine),
      };
    },
  };
}

import type { v2 } from "@ims/sbe";
import type { Processor, ProcessorTask, RecordOutput, TaskInput } from "@ims/traits";
import type { AveragePlan } from "../plan/average-plan.js";
import { AverageEngine, type EngineOddity, symbolsMaxOf } from "./average-engine.js";
import { restoreEngine, STATE_VERSION, snapshotEngine } from "./engine-state.js";

/** Makes the `process` of a task out of what is done with its records; `typedRecords` of the template is one. */
export type TradeReading = (handlers: {
  trade(values: v2.TradeValues, output: RecordOutput): void;
  unreadable(reason: string, offset: number): void;
}) => ProcessorTask["process"];

/** What is left out or not believed, and shows in no message. */
export interface AveragesNotice {
  readonly input: TaskInput;
  readonly what: EngineOddity | "unreadable";
  /** How many of the kind there were; a notice comes at the first and whenever the count has doubled. */
  readonly count: number;
  readonly reason?: string;
}

/**
 * The averages of trades as a stream processor: an engine for each partition, whose state is checkpointed with its
 * offset. Records other than trades are passed over.
 *
 * @param name names the output stream and the group
 */
export function averagesProcessor(
  name: string,
  plan: AveragePlan,
  reading: TradeReading,
  onNotice: (notice: AveragesNotice) => void = () => {},
): Processor {
  return {
    name,
    stateVersion: STATE_VERSION,
    // A trade is counted once, however often it is stored.
    leavesOutCopies: true,
    createTask(input, state) {
      const onOddity = (what: EngineOddity, count: number) => onNotice({ input, what, count });
      const engine = state
        ? restoreEngine(plan, state, onOddity)
        : new AverageEngine(plan, symbolsMaxOf(plan), onOddity);
      let unreadableCount = 0;
      return {
        process: reading({
          trade: (trade, output) => engine.take(trade, output),
          unreadable(reason) {
            const count = ++unreadableCount;
            if (Number.isInteger(Math.log2(count))) onNotice({ input, what: "unreadable", count, reason });
          },
        }),
        snapshot: () => snapshotEngine(engine),
      };
    },
  };
}

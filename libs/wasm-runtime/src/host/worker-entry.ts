import { parentPort, workerData } from "node:worker_threads";
import { isImsError } from "@ims/common/core";
import { fail } from "../errors.js";
import { FilterInstance } from "../instance/filter-instance.js";
import { LogGate } from "../instance/log-gate.js";
import { compileModule } from "../module/compile-module.js";
import type { CompiledModule } from "../module/engine.js";
import { readShared, writeResult } from "./shared-batch.js";
import {
  type BatchDone,
  type CommandReply,
  ControlWord,
  type NumberedCommand,
  toWireError,
  type WorkerCommand,
  type WorkerData,
  type WorkerReply,
} from "./worker-messages.js";

const port = parentPort;
if (port === null) throw new Error("this file is the entry of a worker thread, see FilterHost");
const { bytes, limits, control } = workerData as WorkerData;
const words = new Int32Array(control);
const tell = (reply: WorkerReply) => port.postMessage(reply);

let compiled: CompiledModule | undefined;
/** Undefined before the first load and behind a failure. */
let instance: FilterInstance | undefined;
const gate = new LogGate(
  limits.logLinesPerSecond,
  () => performance.now(),
  (level, text) => tell({ type: "log", level, text }),
);
/** Lines of log that were too many, as far as they were told. */
let leftOutTold = 0;

function load(command: Extract<WorkerCommand, { type: "load" }>): FilterInstance {
  compiled ??= compileModule({ bytes });
  instance = undefined;
  const fresh = new FilterInstance(compiled, {
    limits,
    gate,
  });
  fresh.setParameters(command.parameters);
  if (command.state !== undefined) fresh.restore(command.state);
  instance = fresh;
  return fresh;
}

function runBatch(
  current: FilterInstance,
  { batch, output }: Extract<WorkerCommand, { type: "batch" }>,
): BatchDone {
  const startedAt = performance.now();
  gate.isMuted = output === undefined;
  const result = current.runBatch(readShared(batch), batch.batchTime);
  if (output !== undefined) writeResult(result, output);
  const { outputCount, dropped, rewritten, emitted } = result;
  return { outputCount, dropped, rewritten, emitted, micros: (performance.now() - startedAt) * 1000 };
}

function perform(command: NumberedCommand): CommandReply {
  const { number } = command;
  if (instance === undefined && command.type !== "load") return { type: "skipped", number };
  try {
    const current = command.type === "load" ? load(command) : instance!;
    let batch: BatchDone | undefined;
    let state: Uint8Array | undefined;
    if (command.type === "batch") batch = runBatch(current, command);
    if (command.type === "parameters") current.setParameters(command.parameters);
    if (command.type === "restore") current.restore(command.state);
    if (command.type === "snapshot" || (command.type === "batch" && command.wantsState)) {
      state = current.snapshot();
    }
    return {
      type: "done",
      number,
      description: current.description,
      hasState: current.hasState,
      memoryPages: current.memoryPages,
      batch,
      state,
    };
  } catch (error) {
    instance = undefined;
    const known = isImsError(error) ? error : fail("wasm.worker-failed", `a batch failed: ${String(error)}`);
    return { type: "failed", number, error: toWireError(known) };
  }
}

port.on("message", (command: NumberedCommand) => {
  Atomics.store(words, ControlWord.Started, command.number);
  const reply = perform(command);
  Atomics.store(words, ControlWord.Done, command.number);
  tell({ ...reply, logLinesLeftOut: gate.leftOut - leftOutTold });
  leftOutTold = gate.leftOut;
});

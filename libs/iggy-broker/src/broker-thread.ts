import { Worker } from "node:worker_threads";
import { describeError, type ImsError } from "@ims/common";
import { releaseLockOfThread } from "@ims/segment-log";
import type { BrokerEnd, BrokerWorkerOptions, LocalBroker } from "./broker-options.js";
import { fail } from "./errors.js";
import { lockPathOf } from "./storage/data-dir.js";
import { fromWireError, type WorkerCommand, type WorkerData, type WorkerEvent } from "./worker-messages.js";
import { WorkerQuestions } from "./worker-questions.js";

/**
 * Each read of a socket is 64 KB of memory outside of the collector's heap, which it lets go of only when it clears out
 * its young generation. That takes so few objects for each read that a usual one, of 48 MiB, would be full long after
 * the reads have made it look through the whole heap again and again: see docs/adr/0010-broker-memory.md.
 */
const YOUNG_GENERATION_MIB = 3;

/**
 * Runs a broker in a worker thread from its first message to its end.
 * @param entry the module that the thread runs; it speaks `WorkerEvent` and `WorkerCommand`
 * @throws ImsError (rejected) what the thread reports before it listens, `broker.worker-failed`
 */
export function runBrokerThread(entry: URL, options: BrokerWorkerOptions): Promise<LocalBroker> {
  const { logger, ...workerData } = options;
  const worker = new Worker(entry, {
    workerData: workerData satisfies WorkerData,
    // Conditions and loaders of this process are for sources; the entry is compiled.
    execArgv: process.execArgv.filter((argument) => argument === "--enable-source-maps"),
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
  });
  // The number is gone once the thread has ended.
  const thread = worker.threadId;
  let isClosed = false;
  let crash: ImsError | undefined;
  let closeFailure: Error | undefined;
  worker.on("error", (cause) => {
    crash = fail("broker.worker-failed", `the broker thread failed: ${describeError(cause)}`, { cause });
  });
  const ended = new Promise<BrokerEnd>((resolve) => {
    worker.once("exit", (code) => {
      if (!isClosed) crash ??= fail("broker.worker-failed", `the broker thread ended with code ${code}`);
      // A thread that dies does not let go of its folder, and its process lives on.
      releaseLockOfThread(lockPathOf(options.dataDir), thread)
        .catch((error: unknown) =>
          logger?.warn({ error: describeError(error) }, "the lock of the broker thread could not be removed"),
        )
        .finally(() => resolve(crash === undefined ? {} : { error: crash }));
    });
  });
  const questions = new WorkerQuestions(worker);
  void ended.then(() => questions.end());
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      // A death before this call was told by `ended`, and leaves nothing to close.
      const isDead = crash !== undefined;
      if (!isDead) worker.postMessage({ type: "close" } satisfies WorkerCommand);
      const { error } = await ended;
      const failure = closeFailure ?? (isDead ? undefined : error);
      if (failure !== undefined) throw failure;
    })();
    return closing;
  };
  return new Promise((resolve, reject) => {
    worker.on("message", (event: WorkerEvent) => {
      switch (event.type) {
        case "log":
          logger?.[event.level](event.context, event.message);
          return;
        case "failed":
          isClosed = true;
          reject(fromWireError(event.error));
          return;
        case "closed":
          isClosed = true;
          if (event.error !== undefined) closeFailure = fromWireError(event.error);
          return;
        case "answer":
          questions.answered(event);
          return;
        case "listening":
          resolve({
            host: event.host,
            port: event.port,
            ended,
            close,
            reloadTls: async () => void (await questions.ask("reload-tls")),
            status: async () => (await questions.ask("status"))!,
          });
      }
    });
    void ended.then(({ error }) =>
      reject(error ?? fail("broker.worker-failed", "the broker thread ended before it listened")),
    );
  });
}

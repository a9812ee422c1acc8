import { Worker } from "node:worker_threads";
import type { Broker, BrokerWorkerOptions } from "./broker-options.js";
import { fail } from "./errors.js";
import { fromWireError, type WorkerCommand, type WorkerData, type WorkerEvent } from "./worker-messages.js";

/** The compiled entry, also when this file runs from its source. */
const ENTRY = new URL(import.meta.url.endsWith(".ts") ? "../dist/worker.js" : "./worker.js", import.meta.url);

/**
 * Starts a broker in a thread of its own, so that a busy service does not starve it; resolves when it listens.
 * @throws ImsError as `startBroker`, and `broker.worker-failed` when the thread cannot run
 */
export async function startBrokerWorker(options: BrokerWorkerOptions): Promise<Broker> {
  const { logger, ...workerData } = options;
  const worker = new Worker(ENTRY, {
    workerData: workerData satisfies WorkerData,
    // Conditions and loaders of this process are for sources; the entry is compiled.
    execArgv: process.execArgv.filter((argument) => argument === "--enable-source-maps"),
  });
  let exited = false;
  const exit = new Promise<void>((resolve) => {
    worker.once("exit", () => {
      exited = true;
      resolve();
    });
  });
  let closing: Promise<void> | undefined;
  let closeFailure: Error | undefined;
  return new Promise((resolve, reject) => {
    worker.on("error", (cause) => {
      const failure = fail("broker.worker-failed", "the broker thread ended", { cause });
      if (closing === undefined) logger?.error({ error: cause.message }, "the broker thread ended");
      reject(failure);
    });
    worker.once("exit", () =>
      reject(fail("broker.worker-failed", "the broker thread ended before it listened")),
    );
    worker.on("message", (event: WorkerEvent) => {
      switch (event.type) {
        case "log":
          logger?.[event.level](event.context, event.message);
          return;
        case "failed":
          reject(fromWireError(event.error));
          return;
        case "closed":
          if (event.error !== undefined) closeFailure = fromWireError(event.error);
          return;
        case "listening":
          resolve({
            host: event.host,
            port: event.port,
            close: () => {
              closing ??= (async () => {
                if (!exited) worker.postMessage({ type: "close" } satisfies WorkerCommand);
                await exit;
                if (closeFailure !== undefined) throw closeFailure;
              })();
              return closing;
            },
          });
      }
    });
  });
}

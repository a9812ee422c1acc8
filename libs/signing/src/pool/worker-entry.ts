import { parentPort, workerData } from "node:worker_threads";
import { describeError } from "@ims/common/core";
import { runSigningWorker } from "./signing-worker.js";
import type { WorkerEvent, WorkerSetup } from "./worker-messages.js";

const port = parentPort!;
const tell = (event: WorkerEvent) => port.postMessage(event);

try {
  runSigningWorker(workerData as WorkerSetup, tell);
} catch (error) {
  tell({ type: "failed", reason: describeError(error) });
}
port.close();

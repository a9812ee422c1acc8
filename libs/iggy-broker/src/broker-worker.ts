import type { BrokerWorkerOptions, LocalBroker } from "./broker-options.js";
import { runBrokerThread } from "./broker-thread.js";

/** The compiled entry, also when this file runs from its source. */
const ENTRY = new URL(import.meta.url.endsWith(".ts") ? "../dist/worker.js" : "./worker.js", import.meta.url);

/**
 * Starts a broker in a thread of its own, so that a busy service does not starve it; resolves when it listens.
 * `Broker.ended` tells when the thread dies.
 * @throws ImsError as `startBroker`, and `broker.worker-failed` when the thread cannot run
 */
export function startBrokerWorker(options: BrokerWorkerOptions): Promise<LocalBroker> {
  return runBrokerThread(ENTRY, options);
}

import type { BackendName } from "../backends/backend.js";

/** What a worker begins with. */
export interface WorkerSetup {
  readonly ring: SharedArrayBuffer;
  /** Of the ring; the worker ends when that is another one. */
  readonly generation: number;
  /** Of `handOverKeys`. */
  readonly keys: SharedArrayBuffer;
  readonly backends: readonly BackendName[];
  /** No randomness for Schnorr. */
  readonly isDeterministic: boolean;
}

/** What a worker tells: it has its keys and backends, signatures are ready, it cannot go on. */
export type WorkerEvent =
  | { readonly type: "ready" }
  | { readonly type: "signed" }
  | { readonly type: "failed"; readonly reason: string };

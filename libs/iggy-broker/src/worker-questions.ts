import type { Worker } from "node:worker_threads";
import type { BrokerStatus } from "./broker-options.js";
import { fail } from "./errors.js";
import {
  fromWireError,
  type WorkerCommand,
  type WorkerEvent,
  type WorkerQuestion,
} from "./worker-messages.js";

type Answer = Extract<WorkerEvent, { readonly type: "answer" }>;

interface Waiting {
  readonly resolve: (status: BrokerStatus | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** Questions to a broker's thread that wait for their answers. Invariant: none waits once the thread has ended. */
export class WorkerQuestions {
  private readonly waiting = new Map<number, Waiting>();
  private lastNumber = 0;
  private hasEnded = false;

  constructor(private readonly worker: Worker) {}

  /** @throws ImsError (rejected) what the thread answers, `broker.worker-failed` when it has ended */
  ask(type: WorkerQuestion): Promise<BrokerStatus | undefined> {
    return new Promise((resolve, reject) => {
      if (this.hasEnded) return reject(noThread());
      const number = ++this.lastNumber;
      this.waiting.set(number, { resolve, reject });
      this.worker.postMessage({ type, number } satisfies WorkerCommand);
    });
  }

  answered({ number, status, error }: Answer): void {
    const waiting = this.waiting.get(number);
    this.waiting.delete(number);
    if (error === undefined) waiting?.resolve(status);
    else waiting?.reject(fromWireError(error));
  }

  /** The thread has ended. */
  end(): void {
    this.hasEnded = true;
    for (const { reject } of this.waiting.values()) reject(noThread());
    this.waiting.clear();
  }
}

function noThread() {
  return fail("broker.worker-failed", "the broker thread has ended and answers no more");
}

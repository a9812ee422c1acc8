import type { FaultName } from "./fault-script.js";

/** What one connection was sent of one stream. */
export interface Delivery {
  readonly connection: number;
  readonly stream: string;
  readonly frameCount: number;
  /**
   * Ids in the order of sending, as inclusive runs; neighbours that follow each other are one run. Trade, aggregate or
   * update ids, opening times of bars; empty for streams without ids.
   */
  readonly runs: readonly (readonly [first: number, last: number])[];
}

/** A fault that acted. */
export interface FaultEntry {
  /** Milliseconds of true time after the simulator's start. */
  readonly atMillis: number;
  readonly fault: FaultName;
  readonly connection?: number;
  readonly stream?: string;
  /** Ids of the frame it acted on. */
  readonly firstId?: number;
  readonly lastId?: number;
  readonly path?: string;
}

interface Sent {
  frameCount: number;
  readonly runs: [number, number][];
}

const FAULTS_MAX = 100_000;
const RUNS_MAX = 1_000_000;

/** Remembers what was sent to whom and which faults acted, up to a bound; what is beyond is counted. */
export class DeliveryLog {
  readonly faults: FaultEntry[] = [];
  /** Entries that did not fit any more. */
  forgottenCount = 0;
  readonly #sent = new Map<number, Map<string, Sent>>();
  #runCount = 0;

  constructor(private readonly keepsDeliveries: boolean) {}

  sent(connection: number, stream: string, firstId: number, lastId: number): void {
    if (!this.keepsDeliveries) return;
    let streams = this.#sent.get(connection);
    if (!streams) {
      streams = new Map();
      this.#sent.set(connection, streams);
    }
    let sent = streams.get(stream);
    if (!sent) {
      sent = { frameCount: 0, runs: [] };
      streams.set(stream, sent);
    }
    sent.frameCount++;
    if (firstId === 0) return;
    const run = sent.runs[sent.runs.length - 1];
    if (run && run[1] + 1 === firstId) run[1] = lastId;
    else if (this.#runCount++ < RUNS_MAX) sent.runs.push([firstId, lastId]);
    else this.forgottenCount++;
  }

  fault(entry: FaultEntry): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push(entry);
    else this.forgottenCount++;
  }

  /** Everything sent so far, by connection in the order of acceptance, then by stream in the order of first sending. */
  deliveries(): Delivery[] {
    return [...this.#sent].flatMap(([connection, streams]) =>
      [...streams].map(([stream, sent]) => ({ connection, stream, ...sent })),
    );
  }
}

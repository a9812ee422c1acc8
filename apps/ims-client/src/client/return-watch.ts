import type { Clock } from "@ims/common";
import { Absence, type MissedRecords } from "../delivery/missed-records.js";
import type { TypedEmitter } from "../events/typed-emitter.js";
import type { ClientEvents } from "./client-events.js";

/** Tells what was missed while the broker or the service was away, each once it is back. */
export class ReturnWatch {
  readonly #broker = new Absence();
  readonly #service = new Absence();

  constructor(
    private readonly clock: Clock,
    private readonly events: TypedEmitter<ClientEvents>,
  ) {}

  missed(missed: MissedRecords): void {
    this.#broker.add(missed);
    this.#service.add(missed);
    this.events.emit("missed", missed);
  }

  brokerLost(): void {
    this.#broker.begin(this.clock.monotonicMillis());
  }

  /** The broker is back, and all readers know what it holds. */
  followed(): void {
    const absence = this.#broker.end(this.clock.monotonicMillis());
    if (absence) this.events.emit("reconnected", absence);
  }

  /** The service is back, and the subscriptions are about to be asked for again. */
  restoring(): void {
    this.#service.begin(this.clock.monotonicMillis());
  }

  resumed(awayMillis: number, subscriptionCount: number): void {
    const missed = this.#service.end(this.clock.monotonicMillis())?.missed ?? [];
    this.events.emit("resumed", { subscriptionCount, awayMillis, missed });
  }
}

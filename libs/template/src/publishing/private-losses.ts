import type { Clock, ExchangeId, TimerHandle } from "@ims/common";
import type { ServiceCounters } from "../health/service-counters.js";
import type { ClientOutboxes } from "./client-outboxes.js";
import { FeedEncoder, GAP_BYTES } from "./feed-encoder.js";
import { LossLedger, type LostRecord } from "./loss-ledger.js";
import { MessageIds, messageIdOf } from "./message-ids.js";
import { privateReadersOf } from "./private-readers.js";

/** How often it is looked whether the streams of slow clients have room again. */
const RETRY_MILLIS = 500;
const GAPS_PER_TURN_MAX = 500;

/**
 * Copies for clients with private delivery that found no room: each client is told in its own stream, by one gap per
 * feed, as soon as its stream takes messages again.
 */
export class PrivateLosses {
  readonly #ledgers = new Map<number, LossLedger>();
  readonly #encoder: FeedEncoder;
  readonly #ids: MessageIds;
  #timer: TimerHandle | undefined;

  constructor(
    exchange: ExchangeId,
    private readonly clock: Clock,
    private readonly outboxes: Pick<ClientOutboxes, "of">,
    private readonly counters: ServiceCounters,
  ) {
    this.#encoder = new FeedEncoder(exchange);
    this.#ids = new MessageIds(exchange);
  }

  lost(clientId: number, record: LostRecord): void {
    let ledger = this.#ledgers.get(clientId);
    if (!ledger) {
      ledger = new LossLedger();
      this.#ledgers.set(clientId, ledger);
    }
    ledger.lost(record);
    this.#timer ??= this.clock.setTimer(RETRY_MILLIS, () => this.#turn());
  }

  close(): void {
    this.#timer?.cancel();
    this.#ledgers.clear();
  }

  #turn(): void {
    this.#timer = undefined;
    for (const [clientId, ledger] of this.#ledgers) {
      this.#publish(clientId, ledger);
      if (ledger.openCount === 0) this.#ledgers.delete(clientId);
    }
    if (this.#ledgers.size > 0) this.#timer = this.clock.setTimer(RETRY_MILLIS, () => this.#turn());
  }

  #publish(clientId: number, ledger: LossLedger): void {
    const nowMicros = this.clock.nowMicros();
    ledger.drain(nowMicros, GAPS_PER_TURN_MAX, (gap, { instrument, dataType, resolution }) => {
      const readers = privateReadersOf(instrument, dataType, resolution);
      // Who does not read the feed any more need not know.
      if (!readers?.some((reader) => reader.clientId === clientId)) return true;
      const payload = new Uint8Array(GAP_BYTES);
      this.#encoder.gap(new DataView(payload.buffer), 0, gap, instrument, nowMicros);
      if (!this.outboxes.of(clientId).push(payload, messageIdOf(this.#ids.gap(gap)))) return false;
      this.counters.gapsPublished++;
      return true;
    });
  }
}

import type { Clock } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import { inject, Lifecycle, scoped } from "tsyringe";
import { ServiceCounters } from "../health/service-counters.js";
import { CLIENT, CLOCK } from "../service/tokens.js";
import { StreamTopology } from "../topology/stream-topology.js";
import { ByteBudget } from "./byte-budget.js";
import { Outbox } from "./outbox.js";
import { RateLimitedLog } from "./rate-limited-log.js";

/** What waits for all clients together. Copies beyond it are given up; replies are bounded by their number alone. */
const ALL_CLIENTS_BYTES_MAX = 64 * 1024 * 1024;
/** Messages that may wait for one client: replies and private copies. */
const CLIENT_MESSAGE_COUNT_MAX = 20_000;
const CONTROL_MESSAGE_COUNT_MAX = 10_000;
/** Streams made within a minute for clients that are not logged in, only to tell them why. */
const STRANGER_STREAMS_PER_MINUTE_MAX = 120;
const MINUTE_MILLIS = 60_000;

/** One outbox per client, made when first needed, and one for version 1 refusals on the control topic. */
@scoped(Lifecycle.ContainerScoped)
export class ClientOutboxes {
  readonly #outboxes = new Map<number, Outbox>();
  readonly #control: Outbox;
  readonly #budget = new ByteBudget(ALL_CLIENTS_BYTES_MAX);
  #minuteStart = Number.NEGATIVE_INFINITY;
  #strangerCount = 0;

  constructor(
    @inject(CLIENT) private readonly client: Pick<IggyClient, "sendMessages">,
    @inject(StreamTopology) private readonly topology: StreamTopology,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(RateLimitedLog) private readonly log: RateLimitedLog,
    @inject(ServiceCounters) private readonly counters: ServiceCounters,
  ) {
    const { controlStream, controlTopic } = topology.names;
    this.#control = new Outbox(client, clock, log, {
      stream: controlStream,
      topic: controlTopic,
      messageCountMax: CONTROL_MESSAGE_COUNT_MAX,
      budget: this.#budget,
      prepare: async () => {},
      onLost: (count) => {
        counters.repliesLost += count;
      },
    });
  }

  /** Queues a reply to a client. Somebody who is not logged in may be turned away when many ask at once. */
  reply(clientId: number, payload: Uint8Array, isLoggedIn: boolean): boolean {
    const mayReply = isLoggedIn || this.#outboxes.has(clientId) || this.#admitStranger(clientId);
    if (mayReply && this.of(clientId).push(payload)) return true;
    this.counters.repliesLost++;
    this.log.warn("reply-lost", "a reply was given up", () => ({ clientId, isLoggedIn }));
    return false;
  }

  /** Queues a version 1 refusal on the control topic. */
  replyOnControlTopic(payload: Uint8Array): boolean {
    if (this.#control.push(payload)) return true;
    this.counters.repliesLost++;
    return false;
  }

  /** The outbox of a client's own stream. */
  of(clientId: number): Outbox {
    const existing = this.#outboxes.get(clientId);
    if (existing) return existing;
    const outbox = new Outbox(this.client, this.clock, this.log, {
      stream: this.topology.names.clientStream(clientId),
      topic: this.topology.names.dataTopic,
      messageCountMax: CLIENT_MESSAGE_COUNT_MAX,
      budget: this.#budget,
      prepare: (afterRefusal) => {
        if (afterRefusal) this.topology.forgetClientStream(clientId);
        return this.topology.ensureClientStream(clientId);
      },
      onLost: (count) => {
        this.counters.repliesLost += count;
      },
    });
    this.#outboxes.set(clientId, outbox);
    return outbox;
  }

  /** Forgets outboxes that are empty and whose client is not logged in. */
  release(isLoggedIn: (clientId: number) => boolean): void {
    for (const [clientId, outbox] of this.#outboxes) {
      if (outbox.pendingCount === 0 && !isLoggedIn(clientId)) this.#outboxes.delete(clientId);
    }
  }

  /** True when everything queued was delivered within the time. */
  async flush(timeoutMillis: number): Promise<boolean> {
    const all = [this.#control, ...this.#outboxes.values()];
    const flushed = await Promise.all(all.map((outbox) => outbox.whenEmpty(timeoutMillis)));
    return flushed.every(Boolean);
  }

  close(): void {
    this.#control.close();
    for (const outbox of this.#outboxes.values()) outbox.close();
    this.#outboxes.clear();
  }

  /** Every stream stays on the broker for ever, so strangers cannot have any number of them made. */
  #admitStranger(clientId: number): boolean {
    if (this.topology.isClientStreamKnown(clientId)) return true;
    const now = this.clock.monotonicMillis();
    if (now - this.#minuteStart >= MINUTE_MILLIS) {
      this.#minuteStart = now;
      this.#strangerCount = 0;
    }
    return ++this.#strangerCount <= STRANGER_STREAMS_PER_MINUTE_MAX;
  }
}

import { type Clock, describeError, isImsError, type Logger, sleep } from "@ims/common";
import type { IggyClient } from "@ims/iggy-client";
import { inject, Lifecycle, scoped } from "tsyringe";
import { ServiceCounters } from "../health/service-counters.js";
import { InstrumentRefresh } from "../publishing/instrument-refresh.js";
import { RateLimitedLog } from "../publishing/rate-limited-log.js";
import { CLIENT, CLOCK, LOGGER } from "../service/tokens.js";
import { SessionRegistry } from "../sessions/session-registry.js";
import { StreamTopology } from "../topology/stream-topology.js";
import { ControlEngine } from "./control-engine.js";
import { type DecodedControlMessage, decodeControlMessage } from "./decode-control-message.js";

const POLL_COUNT_MAX = 200;
const IDLE_MILLIS_MIN = 2;
const IDLE_MILLIS_MAX = 20;
const RETRY_MILLIS = 250;
/** Older requests belong to clients that gave up long ago. */
const REQUEST_AGE_MICROS_MAX = 30_000_000;
/** How long a request waits for the symbol list before it is answered without it; clients wait about 5 s. */
const START_GRACE_MICROS = 3_500_000;

interface ControlMessage {
  readonly originMicros: number;
  readonly decoded: DecodedControlMessage;
}

/**
 * Reads the control topic in order under a consumer name of its own. The offset is stored after the requests were
 * carried out and answered, so what arrives while the service is down is handled when it is back, and what was
 * handled just before a crash may be handled again: requests are idempotent.
 */
@scoped(Lifecycle.ContainerScoped)
export class ControlLoop {
  /** Next offset to read; undefined until the broker was asked. */
  #cursor: number | undefined;
  #sessionSeen = 0;
  #isRestored = false;

  constructor(
    @inject(CLIENT) private readonly client: Pick<IggyClient, "poll" | "offsets">,
    @inject(StreamTopology) private readonly topology: StreamTopology,
    @inject(ControlEngine) private readonly engine: ControlEngine,
    @inject(InstrumentRefresh) private readonly instruments: InstrumentRefresh,
    @inject(SessionRegistry) private readonly sessions: SessionRegistry,
    @inject(ServiceCounters) private readonly counters: ServiceCounters,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(RateLimitedLog) private readonly log: RateLimitedLog,
    @inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Runs until the signal aborts; `onReading` is called once, when the topic is read and configured feeds are asked for.
   * @throws `service.feeds-not-served` when the venue's list has none of the configured symbols
   */
  async run(signal: AbortSignal, onReading: () => void): Promise<void> {
    const { clock, log } = this;
    let idleMillis = IDLE_MILLIS_MIN;
    let isReading = false;
    while (!signal.aborted) {
      try {
        const handled = await this.#step(signal);
        if (!isReading && this.engine.isSettled) {
          isReading = true;
          onReading();
        }
        idleMillis = handled > 0 ? IDLE_MILLIS_MIN : Math.min(idleMillis * 2, IDLE_MILLIS_MAX);
        if (handled < POLL_COUNT_MAX) await sleep(clock, idleMillis, signal);
      } catch (error) {
        if (signal.aborted) return;
        // A mistake of the configuration, which the broker cannot mend.
        if (isImsError(error, "service.feeds-not-served")) throw error;
        log.warn("control-topic", "the control topic cannot be read at the moment", () => ({
          error: describeError(error),
        }));
        await sleep(clock, RETRY_MILLIS, signal).catch(() => {});
      }
    }
  }

  /** One poll; returns the number of messages read. */
  async #step(signal: AbortSignal): Promise<number> {
    const { topology, engine, clock } = this;
    if (this.#sessionSeen !== topology.sessionCount) await unlessAborted(this.#resume(), signal);
    const target = this.#target();
    const polled = await unlessAborted(
      this.client.poll({
        ...target,
        strategy: { kind: "offset", value: this.#cursor ?? 0 },
        count: POLL_COUNT_MAX,
      }),
      signal,
    );
    const messages: ControlMessage[] = [];
    let lastOffset = -1;
    while (polled.next()) {
      lastOffset = polled.offset;
      const originMicros = polled.originMicros > 0 ? polled.originMicros : polled.timestampMicros;
      const decoded = decodeControlMessage(polled.view, polled.payloadStart, polled.payloadLength);
      messages.push({ originMicros, decoded });
    }
    if (messages.length === 0) {
      // Only when everything that clients sent was heard is their silence certain.
      await engine.tick();
      return 0;
    }
    await this.#waitForSymbols(messages, signal);
    // What was read and not handled is read again after the next start.
    signal.throwIfAborted();
    const now = clock.nowMicros();
    const fresh = messages.filter(({ originMicros }) => now - originMicros <= REQUEST_AGE_MICROS_MAX);
    this.#countStale(messages.length - fresh.length);
    await engine.handle(fresh.map(({ decoded }) => decoded));
    this.#cursor = lastOffset + 1;
    await unlessAborted(this.client.offsets.store({ ...target, offset: lastOffset }), signal);
    return messages.length;
  }

  /** After a new session the topic may be the old one or, on a broker that lost its data, an empty one. */
  async #resume(): Promise<void> {
    const { topology, client, sessions, clock, logger } = this;
    const session = topology.sessionCount;
    await this.instruments.afterSession();
    if (this.#isRestored) this.engine.brokerCameBack();
    else await this.engine.restore();
    this.#isRestored = true;
    const { controlStream, controlTopic } = topology.names;
    const end = await topology.nextOffset(controlStream, controlTopic);
    const stored = await client.offsets.get(this.#target());
    const storedNext = stored ? Number(stored.storedOffset) + 1 : 0;
    const known = this.#cursor ?? 0;
    this.#cursor = known > end ? Math.min(storedNext, end) : Math.max(known, storedNext);
    if (known > end)
      logger.warn({ was: known, end }, "the control topic was made anew; reading it from its start");
    sessions.extendAll(clock.monotonicMillis());
    this.#sessionSeen = session;
  }

  #target() {
    const { names } = this.topology;
    return {
      stream: names.controlStream,
      topic: names.controlTopic,
      partitionId: 0,
      consumer: { kind: "consumer", id: `${names.exchange}-data-service` },
    } as const;
  }

  async #waitForSymbols(messages: readonly ControlMessage[], signal: AbortSignal): Promise<void> {
    const { clock } = this;
    const oldest = Math.min(...messages.map(({ originMicros }) => originMicros));
    const leftMicros = oldest + START_GRACE_MICROS - clock.nowMicros();
    if (leftMicros <= 0) return;
    const timeout = new AbortController();
    const stop = AbortSignal.any([signal, timeout.signal]);
    await Promise.race([this.instruments.loaded, sleep(clock, leftMicros / 1000, stop).catch(() => {})]);
    timeout.abort();
  }

  #countStale(count: number): void {
    if (count === 0) return;
    this.counters.requestsStale += count;
    this.log.warn("stale-requests", "old requests were dropped", () => ({ count }));
  }
}

/** A call that waits for a broker that is away must not keep the service from stopping. */
function unlessAborted<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    call.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

import { type Clock, describeError, sleep } from "@ims/common";
import type { IntegrationLogger } from "@ims/traits";
import { Backoff } from "../backoff/backoff.js";
import { Pacer } from "../rate/pacer.js";
import type { ControlDialect, ControlReply } from "./control-dialect.js";

export interface SubscriptionKeeperOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly dialect: ControlDialect;
  /** Sends one text frame; false if the connection is down. */
  readonly send: (text: string) => boolean;
  /** While true nothing is read, so that an answer cannot be expected. */
  readonly isPaused: () => boolean;
  /** The venue did not do as asked several times in a row: a new connection is needed. */
  readonly onUnresponsive: () => void;
  /** The venue took these subscriptions. */
  readonly onAcknowledged?: (streams: readonly string[]) => void;
  /** The venue refused this one several times; it is left out until the next connection. */
  readonly onRefused?: (stream: string, reason: string) => void;
  readonly controlMessagesPerSecond: number;
  readonly acknowledgeTimeoutMillis: number;
}

type Method = "subscribe" | "unsubscribe";
type Outcome = "acknowledged" | "refused" | "unanswered";

interface Request {
  readonly method: Method;
  readonly streams: readonly string[];
}

const FAILURES_MAX = 3;
/** A single stream that was refused so often is left out. */
const REFUSALS_MAX = 3;

/**
 * Brings the streams of one connection to what is wanted, by messages that go out one at a time, paced, each
 * waiting for its acknowledgement. A new connection starts from nothing and gets everything again.
 */
export class SubscriptionKeeper {
  readonly #options: SubscriptionKeeperOptions;
  readonly #pacer: Pacer;
  readonly #backoff: Backoff;
  readonly #wanted = new Set<string>();
  /** Asked for on this connection, and not yet known to be gone from it. */
  readonly #asked = new Set<string>();
  readonly #acknowledged = new Set<string>();
  /** To be let go of and asked for again. */
  readonly #renewing = new Set<string>();
  /** How often streams were refused alone, on this connection. */
  readonly #refusals = new Map<string, number>();
  /** Grows smaller while messages are refused, until the name at fault stands alone. */
  #batchMax: number;
  #refusalReason = "";
  readonly #pending = new Map<number, (reply: ControlReply) => void>();
  #nextId = 1;
  #failureCount = 0;
  #up: AbortController | undefined;
  #working = false;

  constructor(options: SubscriptionKeeperOptions) {
    this.#options = options;
    this.#batchMax = options.dialect.streamsPerMessage;
    // Pongs count as messages too, and the network may push two seconds' worth together: one place stays free.
    this.#pacer = new Pacer(options.clock, Math.max(1, options.controlMessagesPerSecond - 1), 1000);
    this.#backoff = new Backoff(options.random, { firstMillis: 1000 });
  }

  want(stream: string): void {
    this.#wanted.add(stream);
    this.#work();
  }

  unwant(stream: string): void {
    this.#wanted.delete(stream);
    this.#refusals.delete(stream);
    this.#work();
  }

  /** Lets go of the stream and asks for it again. */
  renew(stream: string): void {
    if (this.#asked.has(stream)) this.#renewing.add(stream);
    this.#work();
  }

  /** Whether everything that is wanted was acknowledged on the present connection. */
  get isComplete(): boolean {
    for (const stream of this.#wanted) {
      if (!this.#acknowledged.has(stream) && !this.#isRefused(stream)) return false;
    }
    return this.#up !== undefined && this.#renewing.size === 0;
  }

  /** Whether the venue took the request on the present connection; it says nothing of data. */
  isAcknowledged(stream: string): boolean {
    return this.#acknowledged.has(stream) && this.#wanted.has(stream);
  }

  /** Whether the venue may still send the stream, also after {@link unwant}. */
  mayCarry(stream: string): boolean {
    return this.#asked.has(stream);
  }

  connectionUp(): void {
    this.connectionDown();
    this.#up = new AbortController();
    this.#work();
  }

  connectionDown(): void {
    this.#up?.abort(new Error("the connection is down"));
    this.#up = undefined;
    this.#working = false;
    this.#asked.clear();
    this.#acknowledged.clear();
    this.#renewing.clear();
    this.#refusals.clear();
    this.#batchMax = this.#options.dialect.streamsPerMessage;
    this.#pending.clear();
    this.#failureCount = 0;
  }

  onReply(reply: ControlReply): void {
    const id = typeof reply.id === "string" ? Number(reply.id) : reply.id;
    // A message that the venue could not read is refused without its id; only one is ever under way.
    const waiting = id === null ? [...this.#pending.values()][0] : this.#pending.get(id);
    waiting?.(reply);
  }

  #work(): void {
    const up = this.#up;
    if (!up || this.#working) return;
    this.#working = true;
    this.#reconcile(up.signal).then(
      () => {
        if (this.#up !== up) return;
        this.#working = false;
        // Something may have been asked for after the last look.
        if (this.#nextRequest()) this.#work();
      },
      (error: unknown) => {
        if (up.signal.aborted) return;
        this.#options.logger.error({ error: describeError(error) }, "subscriptions could not be placed");
        this.#options.onUnresponsive();
      },
    );
  }

  async #reconcile(signal: AbortSignal): Promise<void> {
    // Lets one call's worth of streams gather into one message.
    await Promise.resolve();
    while (this.#nextRequest()) {
      await this.#pacer.wait(signal);
      // Chosen after the wait: what is wanted may have changed meanwhile.
      const request = this.#nextRequest();
      if (!request) return;
      const outcome = await this.#exchange(request, signal);
      signal.throwIfAborted();
      if (outcome === "acknowledged") this.#settle(request);
      else if (outcome === "unanswered" || !this.#narrow(request)) await this.#onFailure(signal);
    }
  }

  #nextRequest(): Request | undefined {
    const leaving = firstOf(
      this.#asked,
      (stream) => !this.#wanted.has(stream) || this.#renewing.has(stream),
      this.#options.dialect.streamsPerMessage,
    );
    if (leaving.length > 0) return { method: "unsubscribe", streams: leaving };
    const joining = firstOf(
      this.#wanted,
      (stream) => !this.#acknowledged.has(stream) && !this.#isRefused(stream),
      this.#batchMax,
    );
    return joining.length > 0 ? { method: "subscribe", streams: joining } : undefined;
  }

  #isRefused(stream: string): boolean {
    return (this.#refusals.get(stream) ?? 0) >= REFUSALS_MAX;
  }

  /**
   * After a refusal: the next message has half as many names, so that one bad name does not keep out the others. True
   * if that may help, or if the one at fault is left out from now on.
   */
  #narrow({ method, streams }: Request): boolean {
    if (method !== "subscribe") return false;
    for (const stream of streams) this.#asked.delete(stream);
    if (streams.length > 1) {
      this.#batchMax = Math.ceil(streams.length / 2);
      return true;
    }
    const stream = streams[0]!;
    this.#refusals.set(stream, (this.#refusals.get(stream) ?? 0) + 1);
    if (!this.#isRefused(stream)) return false;
    this.#failureCount = 0;
    this.#options.onRefused?.(stream, this.#refusalReason);
    return true;
  }

  #settle({ method, streams }: Request): void {
    this.#failureCount = 0;
    this.#batchMax = Math.min(this.#options.dialect.streamsPerMessage, this.#batchMax * 2);
    this.#backoff.reset();
    const taken = streams.filter((stream) => !this.#isRefused(stream));
    for (const stream of method === "subscribe" ? taken : streams) {
      if (method === "subscribe") {
        this.#acknowledged.add(stream);
      } else {
        this.#asked.delete(stream);
        this.#acknowledged.delete(stream);
        this.#renewing.delete(stream);
      }
    }
    if (method === "subscribe" && taken.length > 0) this.#options.onAcknowledged?.(taken);
  }

  /** What the venue did not name among those that it took, it does not have: asking again would not help. */
  #leaveOut(streams: readonly string[], accepted: readonly string[]): void {
    for (const stream of streams) {
      if (accepted.includes(stream)) continue;
      this.#asked.delete(stream);
      this.#refusals.set(stream, REFUSALS_MAX);
      this.#options.onRefused?.(stream, "the venue left it out of what it accepted");
    }
  }

  async #onFailure(signal: AbortSignal): Promise<void> {
    if (++this.#failureCount >= FAILURES_MAX) {
      this.#options.onUnresponsive();
      signal.throwIfAborted();
    }
    await sleep(this.#options.clock, this.#backoff.nextMillis(), signal);
  }

  #exchange({ method, streams }: Request, signal: AbortSignal): Promise<Outcome> {
    const { acknowledgeTimeoutMillis, clock, dialect, isPaused, logger, send } = this.#options;
    const id = this.#nextId++;
    if (method === "subscribe") for (const stream of streams) this.#asked.add(stream);
    return new Promise((resolve) => {
      const finish = (outcome: Outcome) => {
        timer.cancel();
        signal.removeEventListener("abort", onAbort);
        this.#pending.delete(id);
        resolve(outcome);
      };
      const onAbort = () => finish("unanswered");
      const onTimeout = () => {
        if (isPaused()) {
          timer = clock.setTimer(acknowledgeTimeoutMillis, onTimeout);
          return;
        }
        logger.warn(
          { method, streamCount: streams.length, acknowledgeTimeoutMillis },
          "not acknowledged in time",
        );
        finish("unanswered");
      };
      let timer = clock.setTimer(acknowledgeTimeoutMillis, onTimeout);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#pending.set(id, ({ accepted, error }) => {
        this.#refusalReason = error?.message ?? "";
        if (error) logger.error({ method, streams: streams.slice(0, 5), ...error }, "refused by the venue");
        else if (accepted && method === "subscribe") this.#leaveOut(streams, accepted);
        finish(error ? "refused" : "acknowledged");
      });
      if (!send(dialect[method](streams, id))) finish("unanswered");
    });
  }
}

function firstOf(
  streams: Iterable<string>,
  matches: (stream: string) => boolean,
  countMax: number,
): string[] {
  const found: string[] = [];
  for (const stream of streams) {
    if (!matches(stream)) continue;
    found.push(stream);
    if (found.length === countMax) break;
  }
  return found;
}

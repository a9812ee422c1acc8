import { sleep } from "@ims/common";
import type { InProcessVenue } from "@ims/exchange-simulator";
import type { createBinanceIntegration } from "@ims/integration-binance";
import type { RunReport } from "./report.js";
import type { SkippingClock } from "./skipping-clock.js";

type Options = NonNullable<Parameters<typeof createBinanceIntegration>[1]>;
type Dial = NonNullable<Options["dial"]>;
type Transport = NonNullable<Options["transport"]>;

const FIVE_MINUTES_MILLIS = 300_000;
const CONNECTIONS_MAX = 300;

/** The way between an integration and a simulated venue: adds delays to requests, and holds the client to the limits. */
export class VenueLine {
  requestCount = 0;
  /** Answers other than 200, and cut connections. */
  failedCount = 0;
  /** When a request last failed or took long, on the clock's own scale. */
  lastTroubleMillis = Number.NEGATIVE_INFINITY;
  dialCount = 0;
  readonly #dials: number[] = [];
  #pausedUntilMillis = 0;

  constructor(
    private readonly venue: InProcessVenue,
    private readonly clock: SkippingClock,
    private readonly random: () => number,
    private readonly report: RunReport,
  ) {}

  readonly dial: Dial = (url, frameBytesMax, events) => {
    const nowMillis = this.clock.monotonicMillis();
    this.dialCount++;
    this.#dials.push(nowMillis);
    while (this.#dials[0]! <= nowMillis - FIVE_MINUTES_MILLIS) this.#dials.shift();
    if (this.#dials.length > CONNECTIONS_MAX) {
      this.report.violation(`${this.#dials.length} connection attempts within five minutes`);
    }
    return this.venue.dial(url, frameBytesMax, events);
  };

  readonly transport: Transport = async (url, headers, _bytesMax, signal) => {
    const path = `${url.pathname}${url.search}`;
    const nowMillis = this.clock.monotonicMillis();
    this.requestCount++;
    if (nowMillis < this.#pausedUntilMillis) {
      this.report.violation(
        `${path} asked ${this.#pausedUntilMillis - nowMillis} ms before the venue's pause is over`,
      );
    }
    await sleep(this.clock, 1 + this.random() * 120, signal);
    try {
      const answer = await abortable(this.venue.request("GET", path, headers), signal);
      await sleep(this.clock, 1 + this.random() * 120, signal);
      if (answer.status !== 200) this.#failed(path, `${answer.status}`);
      const retryAfter = Number(answer.headers["retry-after"]);
      if ((answer.status === 429 || answer.status === 418) && retryAfter > 0) {
        this.#pausedUntilMillis = Math.max(
          this.#pausedUntilMillis,
          this.clock.monotonicMillis() + retryAfter * 1000,
        );
      }
      return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.body) };
    } catch (error) {
      if (!signal.aborted) this.#failed(path, String(error));
      throw error;
    }
  };

  #failed(path: string, reason: string): void {
    this.failedCount++;
    this.lastTroubleMillis = this.clock.monotonicMillis();
    this.report.note(`${path} failed: ${reason}`);
  }
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

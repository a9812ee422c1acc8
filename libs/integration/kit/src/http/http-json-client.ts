import { type Clock, type ImsError, isImsError, sleep } from "@ims/common";
import type { IntegrationLogger } from "@ims/traits";
import { Backoff, type BackoffOptions } from "../backoff/backoff.js";
import { venueError } from "../errors.js";
import type { RequestCost, WeightBudget } from "../rate/weight-budget.js";
import { type HttpReply, type HttpTransport, headerOf, httpGet } from "./http-transport.js";
import { retryAfterMillis } from "./retry-after.js";

export interface HttpJsonClientOptions {
  /** Origin, with an optional path in front of every request's. */
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  /** From the start of a request to the end of its body. Default 20,000. */
  readonly timeoutMillis?: number;
  /** Largest body, packed or unpacked. Default 64 MiB. */
  readonly bytesMax?: number;
  /** Pause after 429 or 418 without a readable `Retry-After`. Default 60,000. */
  readonly limitedMillis?: number;
  readonly backoff?: BackoffOptions;
  /** Shared with every other client of the host: requests wait for their weight, and for the end of a pause. */
  readonly budget?: WeightBudget;
  /** Lower-case name of the header that tells the weight used within the budget's window. */
  readonly usedWeightHeader?: string;
  /** Sent with every request, beside those of JSON. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How a body reads, for venues whose numbers must not become doubles. Throws for what cannot be read. Default JSON.parse. */
  readonly parse?: (text: string) => unknown;
  /** How requests are made. Default {@link httpGet}. */
  readonly transport?: HttpTransport;
}

/**
 * JSON over GET from one venue host. After a 429 or 418 every request of this client, and of all that share its budget,
 * waits for the end of the pause that the venue named.
 */
export class HttpJsonClient {
  #blockedUntilMillis = 0;

  constructor(readonly options: HttpJsonClientOptions) {}

  /**
   * One attempt. Throws `venue.unreachable`, `venue.timeout`, `venue.unavailable`, `venue.rate-limited`,
   * `venue.refused`, `venue.bad-reply`, or the signal's reason.
   */
  async get(path: string, signal?: AbortSignal, cost?: RequestCost): Promise<unknown> {
    const { budget, clock } = this.options;
    signal?.throwIfAborted();
    if (budget && cost) await budget.acquire(cost, signal);
    const blockedMillis = this.#blockedUntilMillis - clock.monotonicMillis();
    if (blockedMillis > 0) await sleep(clock, blockedMillis, signal);
    const url = new URL(`${this.options.baseUrl.replace(/\/+$/, "")}${path}`);
    const timeoutMillis = this.options.timeoutMillis ?? 20_000;
    const abort = new AbortController();
    let timedOut = false;
    const timer = clock.setTimer(timeoutMillis, () => {
      timedOut = true;
      abort.abort();
    });
    const onAbort = () => abort.abort();
    signal?.addEventListener("abort", onAbort, { once: true });
    const what = `GET ${url.host}${url.pathname}`;
    try {
      return await this.#exchange(url, what, abort.signal);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (timedOut) throw venueError("venue.timeout", `${what} took longer than ${timeoutMillis} ms`);
      if (isImsError(error)) throw error;
      throw venueError("venue.unreachable", `${what} failed`, { cause: error });
    } finally {
      timer.cancel();
      signal?.removeEventListener("abort", onAbort);
      // Ends the connection of a reply that was given up half-way.
      abort.abort();
    }
  }

  /**
   * Repeats {@link get} for ever, with growing jittered pauses, until `accept` takes the reply without throwing.
   * Rejects only with the signal's reason. A refusal is repeated as well: venues refuse by region and by load alike.
   */
  async getUntil<T>(
    path: string,
    accept: (body: unknown) => T,
    signal?: AbortSignal,
    cost?: RequestCost,
  ): Promise<T> {
    const { clock, logger, random } = this.options;
    const backoff = new Backoff(random, this.options.backoff);
    for (;;) {
      try {
        return accept(await this.get(path, signal, cost));
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        if (!isImsError(error)) throw error;
        const pauseMillis = backoff.nextMillis();
        logger.warn({ code: error.code, path, pauseMillis, attempt: backoff.failureCount }, error.message);
        await sleep(clock, pauseMillis, signal);
      }
    }
  }

  async #exchange(url: URL, what: string, signal: AbortSignal): Promise<unknown> {
    const {
      budget,
      bytesMax = 64 * 1024 * 1024,
      headers,
      parse = JSON.parse,
      transport = httpGet,
      usedWeightHeader,
    } = this.options;
    const reply = await transport(url, { accept: "application/json", ...headers }, bytesMax, signal);
    const used = usedWeightHeader === undefined ? undefined : headerOf(reply, usedWeightHeader);
    if (used !== undefined) budget?.observe(Number(used));
    if (reply.status !== 200) throw this.#refusal(what, reply);
    try {
      return parse(reply.body.toString("utf8"));
    } catch (cause) {
      const shown = excerpt(reply.body);
      throw venueError("venue.bad-reply", `${what} answered something that is not JSON: ${shown}`, { cause });
    }
  }

  #refusal(what: string, reply: HttpReply): ImsError {
    const { body, status } = reply;
    const detail = `${what} answered ${status}: ${excerpt(body)}`;
    if (status === 429 || status === 418) {
      const { budget, clock, limitedMillis = 60_000 } = this.options;
      const pauseMillis = retryAfterMillis(headerOf(reply, "retry-after"), clock.nowMicros(), limitedMillis);
      this.#blockedUntilMillis = Math.max(this.#blockedUntilMillis, clock.monotonicMillis() + pauseMillis);
      budget?.block(pauseMillis);
      return venueError("venue.rate-limited", `${detail}; pausing for ${pauseMillis} ms`, {
        context: { status, pauseMillis },
      });
    }
    return venueError(status >= 500 ? "venue.unavailable" : "venue.refused", detail, { context: { status } });
  }
}

function excerpt(body: Buffer): string {
  const text = body.toString("utf8", 0, 200).replace(/\s+/g, " ").trim();
  return text === "" ? "(empty body)" : text;
}

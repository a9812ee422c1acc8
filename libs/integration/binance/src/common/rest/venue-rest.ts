import { type Clock, describeError } from "@ims/common";
import {
  asObject,
  ClockOffset,
  FileWeightLedger,
  HttpJsonClient,
  microsOf,
  RequestPriority,
  sharedWeightBudget,
  venueError,
  type WeightBudget,
} from "@ims/integration-kit";
import type { IntegrationContext } from "@ims/traits";
import type { BinanceHosts, BinanceMarket } from "../market/binance-market.js";
import type { BinanceOptions } from "../settings/binance-options.js";
import { BINANCE_REST_RULES, type BinanceRestRules, USED_WEIGHT_HEADER } from "./rest-rules.js";

/** What operators see of the REST side. */
export interface VenueRestStatus {
  /** Weight taken within the last minute by all that share the budget, and the most that is taken. */
  readonly usedWeight: number;
  readonly weightMax: number;
  readonly waitingRequestCount: number;
  /** Until the venue's pause after 429 or 418 ends; 0 without one. */
  readonly blockedMillis: number;
  /** Venue's clock minus ours, and how far off it may be; undefined before the first measurement. */
  readonly clockOffsetMicros: number | undefined;
  readonly clockErrorMicros: number | undefined;
}

/** This part of the venue's limit is never used: the venue may count what we do not know of. */
const RESERVE = 0.1;
const MINUTE_MILLIS = 60_000;

/** One client of the market's REST host, with the weight that all share and the distance of the clocks. */
export class VenueRest {
  readonly rules: BinanceRestRules;
  readonly http: HttpJsonClient;
  readonly offset: ClockOffset;
  readonly #budget: WeightBudget;

  constructor(
    market: BinanceMarket,
    hosts: BinanceHosts,
    options: BinanceOptions,
    { clock, logger, random }: Pick<IntegrationContext, "clock" | "logger" | "random">,
  ) {
    const rules = BINANCE_REST_RULES[market.name];
    this.rules = rules;
    const isProduction = hosts.restUrl === market.production.restUrl;
    const group = isProduction ? rules.budget : new URL(hosts.restUrl).host.replaceAll(/[^a-z0-9.-]/gi, "_");
    this.#budget = sharedWeightBudget(group, {
      clock,
      weightMax: withReserve(rules.weightPerMinute),
      windowMillis: MINUTE_MILLIS,
      ledger: this.#ledger(options, group, random, logger),
    });
    this.http = new HttpJsonClient({
      baseUrl: hosts.restUrl,
      clock,
      random,
      logger,
      timeoutMillis: options.requestTimeoutMillis,
      budget: this.#budget,
      usedWeightHeader: USED_WEIGHT_HEADER,
      headers: rules.headers,
      ...(options.transport && { transport: options.transport }),
    });
    this.offset = this.#clockOffset(clock);
  }

  get status(): VenueRestStatus {
    const reading = this.offset.reading;
    return {
      usedWeight: this.#budget.usedWeight,
      weightMax: this.#budget.weightMax,
      waitingRequestCount: this.#budget.waitingCount,
      blockedMillis: this.#budget.blockedMillis,
      clockOffsetMicros: reading?.offsetMicros,
      clockErrorMicros: reading?.errorMicros,
    };
  }

  /** Takes over the limit that an `exchangeInfo` body names; without one ours stands. */
  readLimits(exchangeInfo: unknown): void {
    const limits = asObject(exchangeInfo)?.rateLimits;
    if (!Array.isArray(limits)) return;
    for (const limit of limits.map(asObject)) {
      if (
        limit?.rateLimitType !== "REQUEST_WEIGHT" ||
        limit.interval !== "MINUTE" ||
        limit.intervalNum !== 1
      ) {
        continue;
      }
      const weight = withReserve(Number(limit.limit));
      if (Number.isInteger(weight) && weight > 0) this.#budget.weightMax = weight;
    }
  }

  #clockOffset(clock: Clock): ClockOffset {
    const { path, weight } = this.rules.time;
    const cost = { weight, priority: RequestPriority.Lists };
    return new ClockOffset({
      clock,
      ask: async (signal) => {
        const serverTime = asObject(await this.http.get(path, signal, cost))?.serverTime;
        if (typeof serverTime === "number") return microsOf(serverTime);
        throw venueError("venue.bad-reply", `${path} answered no serverTime`);
      },
    });
  }

  #ledger(
    { ledgerFolder }: BinanceOptions,
    group: string,
    random: () => number,
    logger: IntegrationContext["logger"],
  ): FileWeightLedger | undefined {
    if (ledgerFolder === undefined) return undefined;
    const owner = Math.floor(random() * 2 ** 44).toString(16);
    return new FileWeightLedger(ledgerFolder, group, owner, (error) =>
      logger.error(
        { ledgerFolder, error: describeError(error) },
        "request weight is not shared with the other processes of this host",
      ),
    );
  }
}

function withReserve(weight: number): number {
  return Math.floor(weight * (1 - RESERVE));
}

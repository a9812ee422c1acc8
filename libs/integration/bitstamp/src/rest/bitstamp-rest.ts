import { type Clock, describeError, type Instrument, isImsError, sleep } from "@ims/common";
import {
  asObject,
  Backoff,
  createBookFields,
  HttpJsonClient,
  type HttpTransport,
  type JsonObject,
  type ListedSymbol,
  type RequestCost,
  RequestPriority,
  Unusable,
  venueError,
  WeightBudget,
} from "@ims/integration-kit";
import type { BookFields, IntegrationLogger, OrderSnapshotFields } from "@ims/traits";
import { readBook } from "../decode/level-reader.js";
import { readDigits, readRow } from "../decode/read-numbers.js";
import { readInstruments } from "../instruments/instruments.js";
import { createOrderSnapshot } from "../orders/order-frame.js";
import { readOrderList } from "../orders/order-list.js";

export interface BitstampRestOptions {
  /** Origin, without `/api/v2`. */
  readonly origin: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: IntegrationLogger;
  readonly transport?: HttpTransport | undefined;
}

/** How far back `/transactions/` goes. */
export type TradeWindow = "minute" | "hour" | "day";

/** One row of `/transactions/`, oldest first; read its fields with {@link JsonObject} readers. */
export interface ListedTrade {
  readonly tradeId: number;
  readonly row: JsonObject;
}

/** 10,000 requests in 10 minutes and address (bitstamp.md section 1), with room for others behind the address. */
const REQUESTS_MAX = 9000;
const REQUESTS_WINDOW_MILLIS = 600_000;
/** Tried in turn: the newer list first, the older one still answers. It has spot pairs alone. */
const LIST_PATHS = ["/markets/", "/trading-pairs-info/"] as const;

const cost = (priority: RequestPriority): RequestCost => ({ weight: 1, priority });

/** The venue's public REST interface, within its limits. */
export class BitstampRest {
  readonly #options: BitstampRestOptions;
  readonly #http: HttpJsonClient;
  /** What the newer list had last and the older one never has. */
  #derivatives: readonly ListedSymbol[] = [];

  constructor(options: BitstampRestOptions) {
    const { clock, logger, origin, random, transport } = options;
    this.#options = options;
    this.#http = new HttpJsonClient({
      clock,
      logger,
      random,
      baseUrl: `${origin.replace(/\/+$/, "")}/api/v2`,
      budget: new WeightBudget({ clock, weightMax: REQUESTS_MAX, windowMillis: REQUESTS_WINDOW_MILLIS }),
      ...(transport && { transport }),
    });
  }

  /**
   * Both lists in turn for ever, with growing pauses; rejects only with the signal's reason. Derivatives that the newer
   * list had stay while only the older one answers.
   */
  async instruments(signal: AbortSignal): Promise<ReadonlyMap<string, ListedSymbol>> {
    const { clock, logger, random } = this.#options;
    const backoff = new Backoff(random);
    for (let turn = 0; ; turn++) {
      const path = LIST_PATHS[turn % LIST_PATHS.length]!;
      try {
        const body = await this.#http.get(path, signal, cost(RequestPriority.Lists));
        return this.#complete(readInstruments(body, path), path);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        logger.warn({ path, error: describeError(error) }, "the list of markets could not be read");
        // The other list is asked for at once, and then both after a pause.
        if (turn % LIST_PATHS.length === LIST_PATHS.length - 1)
          await sleep(clock, backoff.nextMillis(), signal);
      }
    }
  }

  #complete(
    listed: ReadonlyMap<string, ListedSymbol>,
    path: (typeof LIST_PATHS)[number],
  ): ReadonlyMap<string, ListedSymbol> {
    if (path === "/markets/") {
      this.#derivatives = [...listed.values()].filter(({ instrument }) => instrument.kind !== "spot");
      return listed;
    }
    const kept = this.#derivatives.map((entry) => [entry.instrument.symbol, entry] as const);
    return new Map([...kept, ...listed]);
  }

  /** One reading of the latest trades, oldest first. Throws the errors of `HttpJsonClient.get`. */
  async trades(symbol: string, window: TradeWindow, signal: AbortSignal): Promise<ListedTrade[]> {
    const path = `/transactions/${encodeURIComponent(symbol)}/?time=${window}`;
    const body = await this.#http.get(path, signal, cost(RequestPriority.BackFill));
    if (!Array.isArray(body)) throw venueError("venue.bad-reply", `${path} answered no list`);
    const rows = (body as unknown[]).map((row) => {
      const read = usable(path, () => readRow(row, "a trade"));
      return { tradeId: usable(path, () => readDigits(read, "tid")), row: read };
    });
    return rows.sort((left, right) => left.tradeId - right.tradeId);
  }

  /** The whole book, summed per price. Throws the errors of `HttpJsonClient.get`. */
  async book(instrument: Instrument, signal: AbortSignal): Promise<BookFields> {
    const path = `/order_book/${encodeURIComponent(instrument.symbol)}/?group=1`;
    const body = await this.#http.get(path, signal, cost(RequestPriority.Books));
    const fields = createBookFields();
    usable(path, () => readBook(asObject(body) ?? {}, instrument, fields));
    fields.receiveMicros = this.#options.clock.nowMicros();
    return fields;
  }

  /** All single orders. Throws the errors of `HttpJsonClient.get`. */
  async orders(instrument: Instrument, signal: AbortSignal): Promise<OrderSnapshotFields> {
    const path = `/order_book/${encodeURIComponent(instrument.symbol)}/?group=2`;
    const body = await this.#http.get(path, signal, cost(RequestPriority.Books));
    const list = createOrderSnapshot();
    usable(path, () => readOrderList(asObject(body) ?? {}, instrument, list));
    list.receiveMicros = this.#options.clock.nowMicros();
    return list;
  }
}

/** Whether the venue says that there is no such thing, so that asking again would not help. */
export function isNotFound(error: unknown): boolean {
  return isImsError(error) && error.code === "venue.refused" && error.context?.status === 404;
}

function usable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unusable) throw venueError("venue.bad-reply", `${path}: ${error.message}`);
    throw error;
  }
}

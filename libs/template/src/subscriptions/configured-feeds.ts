import {
  type Clock,
  DataType,
  Delivery,
  dataTypeName,
  describeError,
  didYouMean,
  type Instrument,
  type Logger,
  timeResolutionText,
} from "@ims/common";
import type { ImsDataIntegration, IntegrationDescription } from "@ims/traits";
import { inject, Lifecycle, scoped } from "tsyringe";
import { fail } from "../errors.js";
import { CLOCK, INTEGRATION, LOGGER, SETTINGS } from "../service/tokens.js";
import type { FeedEntry } from "../settings/feed-entries.js";
import type { ServiceSettings } from "../settings/service-settings.js";
import { type Feed, feedKey } from "./feed.js";
import { CONFIGURATION_CLIENT_ID, SubscriptionTable } from "./subscription-table.js";

/** Between two looks at the venue's list, which the integration keeps; a new listing runs after this time at most. */
const FOLLOW_MILLIS = 10_000;
/** Octets of a symbol in a record. */
const SYMBOL_BYTES_MAX = 32;

/**
 * @throws `service.feeds-not-served` naming every data type and resolution that the venue does not offer
 */
export function checkFeedEntries(entries: readonly FeedEntry[], description: IntegrationDescription): void {
  const mistakes = entries.flatMap(({ dataType, resolution }, at) => {
    const { title, dataTypes, resolutions } = description;
    if (!dataTypes.includes(dataType)) {
      const offered = dataTypes.map((type) => dataTypeName(type)).join(", ");
      return [`feeds[${at}]: ${title} does not offer ${dataTypeName(dataType)}, only ${offered}`];
    }
    const text = timeResolutionText(resolution);
    if (text === undefined || resolutions.includes(text)) return [];
    return [`feeds[${at}]: ${title} does not offer bars of ${text}, only ${resolutions.join(", ")}`];
  });
  if (mistakes.length > 0) throw fail("service.feeds-not-served", mistakes.join("; "));
}

/** Whether venues have such data for such an instrument at all, for `*`. */
function isOfferedFor(dataType: number, kind: Instrument["kind"]): boolean {
  if (dataType === DataType.OptionTicker) return kind === "option";
  if (dataType === DataType.MarkPrice || dataType === DataType.Liquidation) return kind !== "spot";
  return true;
}

/**
 * Feeds that run by configuration: a subscriber that never logs out. `*` stands for whatever the venue trades and
 * follows its list; of symbols that are named, one at least has to be on the list when the service starts.
 */
@scoped(Lifecycle.ContainerScoped)
export class ConfiguredFeeds {
  readonly #entries: readonly FeedEntry[];
  readonly #stop = new AbortController();
  #instruments: readonly Instrument[] | undefined;
  #applied: readonly Instrument[] | undefined;
  #isAsking = false;
  #askAtMillis = Number.NEGATIVE_INFINITY;

  constructor(
    @inject(SETTINGS) settings: Pick<ServiceSettings, "feeds">,
    @inject(INTEGRATION) private readonly integration: Pick<ImsDataIntegration, "symbols">,
    @inject(SubscriptionTable) private readonly table: SubscriptionTable,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#entries = settings.feeds ?? [];
  }

  /** Whether every configured feed is subscribed to; true at once where none is configured. */
  get isSettled(): boolean {
    return this.#entries.length === 0 || this.#applied !== undefined;
  }

  /**
   * Subscribes to what the venue's list has by now, and drops what it has no more. Does not wait for the list.
   * @throws `service.feeds-not-served` when the first list has none of them, naming every symbol
   */
  follow(): void {
    if (this.#entries.length === 0) return;
    this.#ask();
    const instruments = this.#instruments;
    if (!instruments || instruments === this.#applied) return;
    if (!this.#applied) this.#checkSymbols(instruments);
    const wanted = this.#feedsOf(instruments);
    const previous = this.table.feedsOf(CONFIGURATION_CLIENT_ID);
    const had = new Set(previous.map(feedKey));
    const ended = previous.filter((feed) => !wanted.has(feedKey(feed)));
    const added = [...wanted.values()].filter((feed) => !had.has(feedKey(feed)));
    for (const feed of ended) this.table.remove(CONFIGURATION_CLIENT_ID, feed);
    for (const feed of added) {
      this.table.add({ clientId: CONFIGURATION_CLIENT_ID, feed, delivery: Delivery.Shared, generation: 2 });
    }
    this.#applied = instruments;
    if (added.length === 0 && ended.length === 0) return;
    const some = (feeds: readonly Feed[]) => feeds.slice(0, 10).map(({ symbol }) => symbol);
    this.logger.info(
      { feeds: wanted.size, added: added.length, ended: ended.length, symbols: some([...added, ...ended]) },
      "feeds by configuration",
    );
  }

  /** The container's end: whoever waits for the list does no more. */
  dispose(): void {
    this.#stop.abort();
  }

  #ask(): void {
    const nowMillis = this.clock.monotonicMillis();
    if (this.#isAsking || nowMillis < this.#askAtMillis) return;
    this.#isAsking = true;
    this.#askAtMillis = nowMillis + FOLLOW_MILLIS;
    this.integration
      .symbols(this.#stop.signal)
      .then((instruments) => {
        this.#instruments = instruments;
      })
      .catch((error: unknown) => {
        if (this.#stop.signal.aborted) return;
        this.logger.warn(
          { error: describeError(error) },
          "the venue's list is not there for configured feeds",
        );
      })
      .finally(() => {
        this.#isAsking = false;
      });
  }

  /** One symbol that was delisted overnight must not keep the others from starting; readiness tells of it. */
  #checkSymbols(instruments: readonly Instrument[]): void {
    const known = new Set(instruments.map(({ symbol }) => symbol));
    const mistakes = this.#entries.flatMap(({ symbols }, at) =>
      symbols === "*"
        ? []
        : symbols
            .filter((symbol) => !known.has(symbol))
            .map(
              (symbol) => `feeds[${at}]: ${JSON.stringify(symbol)} is not listed${didYouMean(symbol, known)}`,
            ),
    );
    if (mistakes.length === 0) return;
    if (this.#feedsOf(instruments).size === 0) throw fail("service.feeds-not-served", mistakes.join("; "));
    this.logger.error({ mistakes }, "configured feeds are not served by the venue; the others run");
  }

  #feedsOf(instruments: readonly Instrument[]): Map<string, Feed> {
    const feeds = new Map<string, Feed>();
    const listed = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
    const traded = instruments.filter((instrument) => this.#isTraded(instrument));
    for (const { dataType, resolution, symbols } of this.#entries) {
      const offered = traded.filter(({ kind }) => isOfferedFor(dataType, kind));
      const names = symbols === "*" ? offered.map(({ symbol }) => symbol) : symbols;
      for (const symbol of names) {
        const feed: Feed = { dataType, resolution, symbol };
        if (listed.has(symbol)) feeds.set(feedKey(feed), feed);
      }
    }
    return feeds;
  }

  #isTraded({ status, symbol }: Instrument): boolean {
    return status === "trading" && Buffer.byteLength(symbol) <= SYMBOL_BYTES_MAX;
  }
}

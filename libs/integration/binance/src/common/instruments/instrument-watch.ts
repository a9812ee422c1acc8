import type { Clock, Instrument } from "@ims/common";
import type { ListedSymbol } from "@ims/integration-kit";
import { diffInstruments, RequestPriority, SymbolDirectory, validateSymbols } from "@ims/integration-kit";
import type { IntegrationLogger, MarketDataSink, SymbolValidation } from "@ims/traits";
import type { ContractInfo } from "../decode/contract-info.js";
import type { BinanceHosts, BinanceMarket } from "../market/binance-market.js";
import type { VenueRest } from "../rest/venue-rest.js";
import type { BinanceOptions } from "../settings/binance-options.js";
import { readExchangeInfo } from "./exchange-info.js";
import { withContractInfo } from "./instrument-changes.js";

export interface InstrumentWatchOptions {
  readonly clock: Clock;
  readonly logger: IntegrationLogger;
  readonly sink: Pick<MarketDataSink, "instrument">;
  readonly market: BinanceMarket;
  readonly hosts: BinanceHosts;
  readonly rest: VenueRest;
  readonly options: BinanceOptions;
  /** Asks for the stream of announcements; called once, with the first list. */
  readonly subscribe: (stream: string, path: string) => void;
  /** The list was read again, or an entry of it has changed. */
  readonly onChanged: (listed: ReadonlyMap<string, ListedSymbol>) => void;
}

/** An announced contract may take a while to be listed; what an announcement does not say is in the list. */
const UNLISTED_MILLIS = 2000;
const LISTED_MILLIS = 30_000;
/** After so many readings without it, an announced contract is left to the usual reading. */
const READINGS_MAX = 5;
const UNLISTED_MAX = 1000;
/** A list that still shows the state from before an announcement is taken for older for so long. */
const LIST_LAG_MILLIS = 60_000;

interface Announcement {
  readonly info: ContractInfo;
  /** The venue's word for the state that the announcement ended. */
  readonly endedStatus: string;
  readonly atMillis: number;
}

/**
 * The instruments of one market, and what changes about them while running: new listings, states, increments,
 * expiries, each told to the sink once. The list is read again now and then, on futures also whenever the venue
 * announces a contract [Contract Info Stream], and after announcements may have been lost.
 */
export class InstrumentWatch {
  readonly #options: InstrumentWatchOptions;
  readonly #directory: SymbolDirectory<ListedSymbol>;
  readonly #announcements: string | undefined;
  /** Announced contracts that no list had yet, with the readings that lacked them. */
  readonly #unlisted = new Map<string, number>();
  readonly #recent = new Map<string, Announcement>();
  #before: ReadonlyMap<string, ListedSymbol> | undefined;
  #following = false;
  #missed = false;

  constructor(options: InstrumentWatchOptions) {
    this.#options = options;
    const { clock, logger, market, rest } = options;
    const cost = { weight: rest.rules.exchangeInfoWeight, priority: RequestPriority.Lists };
    this.#announcements = market.channels.contractInfo?.stream;
    this.#directory = new SymbolDirectory({
      clock,
      logger,
      load: async (signal) => {
        const list = await rest.http.getUntil(
          market.exchangeInfoPath,
          (body) => this.#read(body),
          signal,
          cost,
        );
        this.#follow();
        return list;
      },
      refreshMillis: options.options.symbolsRefreshMillis ?? market.listRefreshMillis,
      onRefreshed: (listed) => this.#refreshed(listed),
    });
  }

  /** Whether the list was ever read. */
  get isKnown(): boolean {
    return this.#directory.known !== undefined;
  }

  /** All instruments; waits for the first list as long as it takes, or until `signal` aborts. */
  async instruments(signal?: AbortSignal): Promise<readonly Instrument[]> {
    const listed = await this.#directory.entries(signal);
    return [...listed.values()].map(({ instrument }) => instrument);
  }

  /** See `ImsDataIntegration.validate`; throws `venue.unreachable` while there is no list. */
  async validate(symbols: readonly string[]): Promise<SymbolValidation> {
    const { symbolsWaitMillis = 15_000 } = this.#options.options;
    const listed = await this.#directory.entriesWithin(symbolsWaitMillis);
    return validateSymbols(symbols, listed, (name) => this.#directory.suggestions(name));
  }

  /** An announcement of this market. */
  announced(info: ContractInfo): void {
    const { clock, market, onChanged, sink } = this.#options;
    const listed = this.#directory.known?.get(info.symbol);
    if (!listed) {
      if (this.#unlisted.size < UNLISTED_MAX) this.#unlisted.set(info.symbol, 0);
      this.#directory.renewWithin(UNLISTED_MILLIS);
      return;
    }
    const changed = withContractInfo(listed, info, market.symbolRules);
    if (changed) {
      const endedStatus = listed.venueStatus;
      this.#recent.set(info.symbol, { info, endedStatus, atMillis: clock.monotonicMillis() });
      this.#directory.amend(info.symbol, changed);
      sink.instrument(changed.instrument);
      onChanged(this.#directory.known!);
    }
    this.#directory.renewWithin(LISTED_MILLIS);
  }

  /** These streams are on no connection now. */
  streamsDown(streams: readonly string[]): void {
    if (this.#announcements !== undefined && streams.includes(this.#announcements)) this.#missed = true;
  }

  /** These streams flow again: the list tells what was announced meanwhile. */
  acknowledged(streams: readonly string[]): void {
    if (!this.#missed || !streams.includes(this.#announcements!)) return;
    this.#missed = false;
    this.#directory.renewWithin(UNLISTED_MILLIS);
  }

  /** Ends reading; whoever waits gets `venue.closed`. */
  close(): void {
    this.#directory.close();
  }

  #follow(): void {
    const { contractInfo } = this.#options.market.channels;
    if (this.#following || !contractInfo) return;
    this.#following = true;
    this.#options.subscribe(contractInfo.stream, contractInfo.path);
  }

  #refreshed(listed: ReadonlyMap<string, ListedSymbol>): void {
    const { changed, listed: added, removed } = diffInstruments(this.#before!, listed);
    for (const instrument of [...added, ...changed, ...removed]) this.#options.sink.instrument(instrument);
    this.#options.onChanged(listed);
    let delayMillis = this.#recent.size > 0 ? LIST_LAG_MILLIS : Number.POSITIVE_INFINITY;
    for (const [symbol, readings] of this.#unlisted) {
      if (listed.has(symbol) || readings >= READINGS_MAX) {
        this.#unlisted.delete(symbol);
        continue;
      }
      this.#unlisted.set(symbol, readings + 1);
      delayMillis = Math.min(delayMillis, UNLISTED_MILLIS * 4 ** (readings + 1));
    }
    if (delayMillis !== Number.POSITIVE_INFINITY) this.#directory.renewWithin(delayMillis);
  }

  #read(body: unknown): ReadonlyMap<string, ListedSymbol> {
    const { hosts, logger, market, rest } = this.#options;
    const { listed, skipped, skippedCount } = readExchangeInfo(body, hosts, market.symbolRules);
    this.#before = this.#directory.known;
    rest.readLimits(body);
    const current = this.#withRecent(listed);
    if (skippedCount > 0) logger.warn({ skippedCount, skipped }, "listed symbols that cannot be used");
    logger.info({ symbolCount: listed.size }, "symbols read");
    return current;
  }

  /** The list with the states that were announced so lately that it may not have them. */
  #withRecent(listed: ReadonlyMap<string, ListedSymbol>): ReadonlyMap<string, ListedSymbol> {
    const { clock, market } = this.#options;
    const current = new Map(listed);
    for (const [symbol, { atMillis, endedStatus, info }] of this.#recent) {
      const entry = listed.get(symbol);
      if (entry?.venueStatus !== endedStatus || clock.monotonicMillis() - atMillis > LIST_LAG_MILLIS) {
        this.#recent.delete(symbol);
        continue;
      }
      current.set(symbol, withContractInfo(entry, info, market.symbolRules) ?? entry);
    }
    return current;
  }
}

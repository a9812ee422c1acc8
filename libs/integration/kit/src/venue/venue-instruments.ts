import type { Clock, Instrument } from "@ims/common";
import type { IntegrationLogger, MarketDataSink, SymbolValidation } from "@ims/traits";
import { diffInstruments } from "../instruments/instrument-changes.js";
import type { ListedSymbol } from "../instruments/listed-symbol.js";
import { validateSymbols } from "../instruments/symbol-validation.js";
import { SymbolDirectory } from "../symbols/symbol-directory.js";

export interface VenueInstrumentsOptions {
  readonly clock: Clock;
  readonly logger: IntegrationLogger;
  readonly sink: Pick<MarketDataSink, "instrument">;
  readonly load: (signal: AbortSignal) => Promise<ReadonlyMap<string, ListedSymbol>>;
  readonly refreshMillis: number;
}

/** How long `validate` and `start` wait for the first list. */
const LIST_WAIT_MILLIS = 15_000;

/** The instruments of a venue. What a later reading shows as new, changed or gone is told to the sink once. */
export class VenueInstruments {
  readonly #directory: SymbolDirectory<ListedSymbol>;
  #before: ReadonlyMap<string, ListedSymbol> = new Map();

  constructor({ clock, load, logger, refreshMillis, sink }: VenueInstrumentsOptions) {
    this.#directory = new SymbolDirectory({
      clock,
      logger,
      load: async (signal) => {
        const listed = await load(signal);
        this.#before = this.#directory.known ?? listed;
        logger.info({ symbolCount: listed.size }, "symbols read");
        return listed;
      },
      refreshMillis,
      onRefreshed: (listed) => {
        const { changed, listed: added, removed } = diffInstruments(this.#before, listed);
        for (const instrument of [...added, ...changed, ...removed]) sink.instrument(instrument);
      },
    });
  }

  /** Whether the list was ever read. */
  get isKnown(): boolean {
    return this.#directory.known !== undefined;
  }

  async all(signal?: AbortSignal): Promise<readonly Instrument[]> {
    const listed = await this.#directory.entries(signal);
    return [...listed.values()].map(({ instrument }) => instrument);
  }

  find(symbol: string): Instrument | undefined {
    return this.#directory.known?.get(symbol)?.instrument;
  }

  /** Throws `venue.unreachable` while there is no list. */
  async validate(symbols: readonly string[]): Promise<SymbolValidation> {
    const listed = await this.#directory.entriesWithin(LIST_WAIT_MILLIS);
    return validateSymbols(symbols, listed, (name) => this.#directory.suggestions(name));
  }

  /** Something about the list is known to have changed: it is read again within so long. */
  renewWithin(millis: number): void {
    this.#directory.renewWithin(millis);
  }

  /** Whoever waits gets `venue.closed`. */
  close(): void {
    this.#directory.close();
  }
}

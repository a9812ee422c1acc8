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
  /** See `VenueProtocol.spellingOf`. */
  readonly spellingOf?: ((name: string) => string | undefined) | undefined;
}

/** How long `validate` and `start` wait for the first list. */
const LIST_WAIT_MILLIS = 15_000;

/** The instruments of a venue. What a later reading shows as new, changed or gone is told to the sink once. */
export class VenueInstruments {
  readonly #directory: SymbolDirectory<ListedSymbol>;
  readonly #spellingOf: (name: string) => string | undefined;
  #before: ReadonlyMap<string, ListedSymbol> = new Map();

  constructor({ clock, load, logger, refreshMillis, sink, spellingOf }: VenueInstrumentsOptions) {
    this.#spellingOf = spellingOf ?? (() => undefined);
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

  /** Names in the venue's spelling where it is listed, all others as they are. */
  canonical(names: readonly string[]): string[] {
    const known = this.#directory.known;
    return names.map((name) => {
      if (!known || known.has(name)) return name;
      const spelling = this.#spellingOf(name);
      return spelling !== undefined && known.has(spelling) ? spelling : name;
    });
  }

  /** Throws `venue.unreachable` while there is no list. */
  async validate(symbols: readonly string[]): Promise<SymbolValidation> {
    const listed = await this.#directory.entriesWithin(LIST_WAIT_MILLIS);
    const names = this.canonical(symbols);
    const validation = validateSymbols(names, listed, (name) => this.#directory.suggestions(name));
    const aliases = new Map(
      symbols.flatMap((symbol, at) => (names[at] === symbol ? [] : [[symbol, names[at]!] as const])),
    );
    return aliases.size === 0 ? validation : { ...validation, aliases };
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

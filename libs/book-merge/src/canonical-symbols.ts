import { type Instrument, nearestNames } from "@ims/common";

/** A symbol of one venue that takes part in a canonical one. */
export interface VenueSymbol {
  readonly venue: string;
  /** The venue's own name. */
  readonly symbol: string;
}

/** One symbol of the merge and who lists it. */
export interface CanonicalSymbol {
  /** Base and quote without anything between, upper case: `BTCUSDT`. */
  readonly name: string;
  readonly base: string;
  readonly quote: string;
  readonly venues: readonly VenueSymbol[];
}

/** A symbol of a venue that cannot be merged under a name, and why. */
export interface LeftOutSymbol extends VenueSymbol {
  /** The canonical name. */
  readonly name: string;
  readonly reason: string;
}

export interface CanonicalSymbolsOptions {
  /** Assets that count as another, upper case, for example `XBT` as `BTC`. */
  readonly assetAliases?: Readonly<Record<string, string>>;
  /** Symbols of venues that do not follow from base and quote: canonical name to `venue:symbol` texts. */
  readonly mapping?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Which symbols of the venues are one and the same. By themselves, spot instruments with equal base and quote are; what
 * else is to be merged, such as a perpetual whose quantities have the same unit, is said by {@link CanonicalSymbolsOptions.mapping}, which
 * replaces what the lists of instruments say of that name.
 */
export class CanonicalSymbols {
  readonly #symbols = new Map<string, CanonicalSymbol>();
  readonly #lists = new Map<string, readonly Instrument[]>();
  #leftOut: LeftOutSymbol[] = [];

  constructor(private readonly options: CanonicalSymbolsOptions = {}) {}

  /** Sets or replaces the instruments of one venue. */
  setVenue(venue: string, instruments: readonly Instrument[]): void {
    this.#lists.set(venue, instruments);
    this.#rebuild();
  }

  /** In the order of their names. */
  get all(): readonly CanonicalSymbol[] {
    return [...this.#symbols.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  /**
   * What is listed or mapped and yet not merged: another pair whose names make the same letters, a contract that counts
   * in another unit than the first of its name, and what is mapped without being there.
   */
  get leftOut(): readonly LeftOutSymbol[] {
    return this.#leftOut;
  }

  /** Finds `btc-usdt`, `BTC/USDT` and the like; undefined for what no venue lists. */
  find(name: string): CanonicalSymbol | undefined {
    return this.#symbols.get(canonicalName(name));
  }

  /** Near names, best first, at most five. */
  suggestions(name: string): readonly string[] {
    return nearestNames(canonicalName(name), this.#symbols.keys(), 5);
  }

  #rebuild(): void {
    this.#symbols.clear();
    this.#leftOut = [];
    for (const [venue, instruments] of this.#lists) {
      for (const instrument of instruments) {
        if (instrument.kind !== "spot" || instrument.status === "expired") continue;
        this.#add(this.#asset(instrument.base), this.#asset(instrument.quote), venue, instrument.symbol);
      }
    }
    for (const [name, members] of Object.entries(this.options.mapping ?? {})) this.#replace(name, members);
  }

  #add(base: string, quote: string, venue: string, symbol: string): void {
    const name = `${base}${quote}`;
    const known = this.#symbols.get(name);
    if (known && known.base !== base) {
      const reason = `${base}/${quote} is another pair than ${known.base}/${known.quote}`;
      this.#leftOut.push({ name, venue, symbol, reason });
      return;
    }
    if (known?.venues.some((member) => member.venue === venue)) return;
    const venues = [...(known?.venues ?? []), { venue, symbol }];
    this.#symbols.set(name, { name, base, quote, venues });
  }

  #replace(text: string, members: readonly string[]): void {
    const name = canonicalName(text);
    const venues: VenueSymbol[] = [];
    let first: Instrument | undefined;
    for (const member of members) {
      const [venue, symbol] = [member.split(":")[0]!, member.slice(member.indexOf(":") + 1)];
      const list = this.#lists.get(venue);
      const listed = list?.find((instrument) => instrument.symbol === symbol);
      if (!listed || listed.status === "expired") {
        const reason = list ? "the venue does not list it" : "the venue is not read";
        // A list that is not there yet says nothing.
        if (list?.length !== 0) this.#leftOut.push({ name, venue, symbol, reason });
        continue;
      }
      first ??= listed;
      if (listed.contractSize === first.contractSize) venues.push({ venue, symbol });
      else {
        const reason = `it counts in ${unitOf(listed)}, ${first.symbol} in ${unitOf(first)}`;
        this.#leftOut.push({ name, venue, symbol, reason });
      }
    }
    const known = this.#symbols.get(name);
    if (venues.length === 0) this.#symbols.delete(name);
    else this.#symbols.set(name, { name, base: known?.base ?? "", quote: known?.quote ?? "", venues });
  }

  #asset(name: string): string {
    const upper = name.toUpperCase();
    return this.options.assetAliases?.[upper] ?? upper;
  }
}

/** In which its quantities are. */
function unitOf({ base, contractSize }: Instrument): string {
  return contractSize === undefined ? base : `contracts of ${contractSize}`;
}

/** Upper case, without `/`, `-`, `_`, `:` and blanks. */
export function canonicalName(text: string): string {
  return text.toUpperCase().replace(/[/\-_:\s]/g, "");
}

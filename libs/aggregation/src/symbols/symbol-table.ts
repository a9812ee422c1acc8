import type { v2 } from "@ims/sbe";
import type { AveragePlan } from "../plan/average-plan.js";
import type { Fronts } from "../windows/fronts.js";
import { SymbolKeys } from "./symbol-keys.js";
import { SeriesStores, SymbolSeries } from "./symbol-series.js";

/**
 * The symbols of a partition, in the order of their first trade. They are told apart by venue and name; the instrument
 * number, which a venue's service may give anew at a start, only finds them faster.
 */
export class SymbolTable {
  readonly symbols: SymbolSeries[] = [];
  /** By a hash of venue and name, which few if any share. */
  private readonly byName = new Map<number, SymbolSeries[]>();
  private knownValues: v2.TradeValues | undefined;
  private words = new Int32Array(8);
  private readonly keys = new SymbolKeys();
  private readonly stores: SeriesStores;
  private placeCount = 0;
  private readonly freePlaces: number[] = [];

  constructor(
    private readonly plan: AveragePlan,
    private readonly symbolsMax: number,
  ) {
    this.stores = new SeriesStores(plan);
  }

  /** The fronts of the symbols, by place. */
  get fronts(): Fronts {
    return this.stores.fronts;
  }

  /** Place of the front that a trade belongs to; -1 = not known at once, {@link find} knows it. */
  placeOf(values: v2.TradeValues): number {
    return this.keys.find(values.instrumentId, values.exchangeId, this.wordsOf(values));
  }

  /** The symbol of a trade; `undefined` if there are as many as may be. */
  find(values: v2.TradeValues): SymbolSeries | undefined {
    const { exchangeId, instrumentId } = values;
    const words = this.wordsOf(values);
    let symbol = this.named(exchangeId, words);
    if (!symbol) {
      if (this.symbols.length >= this.symbolsMax) return undefined;
      symbol = this.make();
      symbol.name.set(values.symbol);
      symbol.exchangeId = exchangeId;
      this.restore(symbol);
    }
    symbol.instrumentId = instrumentId;
    this.keys.set(symbol);
    return symbol;
  }

  /** A symbol that is not in the table yet. */
  make(): SymbolSeries {
    const place = this.freePlaces.pop() ?? this.placeCount++;
    this.fronts.reserve(place);
    this.keys.reserve(place);
    return new SymbolSeries(this.plan, this.stores, place);
  }

  /** Takes in a symbol made by {@link make} that has its name and venue. */
  restore(symbol: SymbolSeries): void {
    this.symbols.push(symbol);
    const hash = hashOf(symbol.exchangeId, symbol.nameWords);
    const others = this.byName.get(hash);
    if (others) others.push(symbol);
    else this.byName.set(hash, [symbol]);
  }

  remove(index: number): void {
    const [symbol] = this.symbols.splice(index, 1);
    if (!symbol) return;
    symbol.release();
    this.freePlaces.push(symbol.place);
    const hash = hashOf(symbol.exchangeId, symbol.nameWords);
    const others = this.byName.get(hash)!.filter((other) => other !== symbol);
    if (others.length > 0) this.byName.set(hash, others);
    else this.byName.delete(hash);
  }

  private named(exchangeId: number, words: Int32Array): SymbolSeries | undefined {
    const symbols = this.byName.get(hashOf(exchangeId, words));
    if (!symbols) return undefined;
    for (const symbol of symbols) {
      if (symbol.exchangeId === exchangeId && isSame(words, symbol.nameWords)) return symbol;
    }
    return undefined;
  }

  private wordsOf(values: v2.TradeValues): Int32Array {
    if (values !== this.knownValues) {
      this.knownValues = values;
      this.words = new Int32Array(values.symbol.buffer);
    }
    return this.words;
  }
}

/** 30 bits. */
function hashOf(exchangeId: number, words: Int32Array): number {
  let hash = exchangeId;
  for (let index = 0; index < 8; index++) {
    hash = Math.imul(hash ^ words[index]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash & 0x3fffffff;
}

function isSame(left: Int32Array, right: Int32Array): boolean {
  for (let index = 0; index < 8; index++) if (left[index] !== right[index]) return false;
  return true;
}

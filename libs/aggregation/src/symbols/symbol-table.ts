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
  private readonly byNumber = new Map<number, SymbolSeries>();
  private readonly byName = new Map<string, SymbolSeries>();
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
    const words = this.wordsOf(values);
    const number = values.instrumentId * 256 + values.exchangeId;
    const known = this.byNumber.get(number);
    if (known && isSame(words, known.nameWords)) {
      this.keys.set(known);
      return known;
    }
    const key = nameKey(values.exchangeId, values.symbol);
    let symbol = this.byName.get(key);
    if (!symbol) {
      if (this.symbols.length >= this.symbolsMax) return undefined;
      symbol = this.make();
      symbol.name.set(values.symbol);
      symbol.exchangeId = values.exchangeId;
      this.symbols.push(symbol);
      this.byName.set(key, symbol);
    }
    this.forgetNumber(symbol);
    symbol.instrumentId = values.instrumentId;
    this.byNumber.set(number, symbol);
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

  /** Takes in a symbol of a stored state. */
  restore(symbol: SymbolSeries): void {
    this.symbols.push(symbol);
    this.byName.set(nameKey(symbol.exchangeId, symbol.name), symbol);
    this.byNumber.set(symbol.instrumentId * 256 + symbol.exchangeId, symbol);
  }

  remove(index: number): void {
    const [symbol] = this.symbols.splice(index, 1);
    if (!symbol) return;
    symbol.release();
    this.freePlaces.push(symbol.place);
    this.byName.delete(nameKey(symbol.exchangeId, symbol.name));
    this.forgetNumber(symbol);
  }

  private forgetNumber(symbol: SymbolSeries): void {
    const number = symbol.instrumentId * 256 + symbol.exchangeId;
    if (this.byNumber.get(number) === symbol) this.byNumber.delete(number);
  }

  private wordsOf(values: v2.TradeValues): Int32Array {
    if (values !== this.knownValues) {
      this.knownValues = values;
      this.words = new Int32Array(values.symbol.buffer);
    }
    return this.words;
  }
}

function isSame(left: Int32Array, right: Int32Array): boolean {
  for (let index = 0; index < 8; index++) if (left[index] !== right[index]) return false;
  return true;
}

function nameKey(exchangeId: number, name: Uint8Array): string {
  return `${exchangeId}/${String.fromCharCode(...name)}`;
}

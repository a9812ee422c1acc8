import type { v2 } from "@ims/sbe";
import type { AveragePlan } from "../plan/average-plan.js";
import { SymbolSeries } from "./symbol-series.js";

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

  constructor(
    private readonly plan: AveragePlan,
    private readonly symbolsMax: number,
  ) {}

  /** The symbol of a trade; `undefined` if there are as many as may be. */
  find(values: v2.TradeValues): SymbolSeries | undefined {
    if (values !== this.knownValues) {
      this.knownValues = values;
      this.words = new Int32Array(values.symbol.buffer);
    }
    const number = values.instrumentId * 256 + values.exchangeId;
    const known = this.byNumber.get(number);
    if (known && this.isNamed(known)) return known;
    const key = nameKey(values.exchangeId, values.symbol);
    let symbol = this.byName.get(key);
    if (!symbol) {
      if (this.symbols.length >= this.symbolsMax) return undefined;
      symbol = new SymbolSeries(this.plan);
      symbol.name.set(values.symbol);
      symbol.exchangeId = values.exchangeId;
      this.symbols.push(symbol);
      this.byName.set(key, symbol);
    }
    this.forgetNumber(symbol);
    symbol.instrumentId = values.instrumentId;
    this.byNumber.set(number, symbol);
    return symbol;
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
    this.byName.delete(nameKey(symbol.exchangeId, symbol.name));
    this.forgetNumber(symbol);
  }

  private forgetNumber(symbol: SymbolSeries): void {
    const number = symbol.instrumentId * 256 + symbol.exchangeId;
    if (this.byNumber.get(number) === symbol) this.byNumber.delete(number);
  }

  private isNamed(symbol: SymbolSeries): boolean {
    const { words } = this;
    const { nameWords } = symbol;
    for (let index = 0; index < 8; index++) if (words[index] !== nameWords[index]) return false;
    return true;
  }
}

function nameKey(exchangeId: number, name: Uint8Array): string {
  return `${exchangeId}/${String.fromCharCode(...name)}`;
}

import type { SimulatedInstrument } from "../../binance/markets/instrument.js";
import type { BinanceMarket } from "../../binance/markets/market.js";
import { fail } from "../../errors/simulator-errors.js";

const SYMBOLS_MAX = 5000;
/** ASCII names of the venue, or letters beyond ASCII as spot has since 2025. */
const SYMBOL = /^[A-Z0-9_\u0080-\u{10ffff}]{1,40}$/u;

/** Whether a symbol of the venue can have this name. */
export function isSymbolName(name: string): boolean {
  return SYMBOL.test(name);
}

/**
 * The instruments of a made-up market: the built-in list, the named ones, or the first so many of the built-in list
 * filled up with generated names.
 *
 * @throws ImsError `simulator.invalid-option` for a name that no symbol can have, or a count out of range
 */
export function chooseInstruments(
  market: BinanceMarket,
  nowMillis: number,
  symbols: readonly string[] | number | undefined,
): SimulatedInstrument[] {
  const listed = market.instruments(nowMillis);
  if (symbols === undefined) return listed;
  const middling = { price: 4, quantity: market.name === "coin-future" ? 0 : 2 };
  if (typeof symbols === "number") {
    if (!Number.isInteger(symbols) || symbols < 1 || symbols > SYMBOLS_MAX) {
      throw fail("simulator.invalid-option", `${symbols} symbols; 1 to ${SYMBOLS_MAX} are possible`);
    }
    const chosen = listed.slice(0, symbols);
    const suffix = market.name === "coin-future" ? "USD_PERP" : "USDT";
    for (let number = chosen.length; number < symbols; number++) {
      chosen.push(market.instrumentNamed(`SIM${number}${suffix}`, middling));
    }
    return chosen;
  }
  const known = new Map(listed.map((instrument) => [instrument.symbol, instrument]));
  const names = [...new Set(symbols)];
  if (names.length === 0 || names.length > SYMBOLS_MAX) {
    throw fail("simulator.invalid-option", `${names.length} symbols named; 1 to ${SYMBOLS_MAX} are possible`);
  }
  return names.map((name) => {
    if (!isSymbolName(name)) {
      throw fail(
        "simulator.invalid-option",
        `symbol "${name.slice(0, 60)}" is not an upper-case symbol name`,
      );
    }
    return known.get(name) ?? market.instrumentNamed(name, middling);
  });
}

/**
 * The instrument of a symbol that is listed later.
 *
 * @throws ImsError `simulator.invalid-option` for a name that no symbol can have
 */
export function chooseNew(market: BinanceMarket, nowMillis: number, symbol: string): SimulatedInstrument {
  return chooseInstruments(market, nowMillis, [symbol])[0]!;
}

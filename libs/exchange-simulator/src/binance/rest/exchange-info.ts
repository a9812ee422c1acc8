import { decimalText } from "../frames/decimal-text.js";
import type { SimulatedInstrument } from "../markets/instrument.js";
import type { BinanceMarket } from "../markets/market.js";
import type { Query } from "./query.js";
import { RestRefusal } from "./rest-answer.js";

const SPOT_ORDER_TYPES = ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"];
const FUTURE_ORDER_TYPES = [
  "LIMIT",
  "MARKET",
  "STOP",
  "STOP_MARKET",
  "TAKE_PROFIT",
  "TAKE_PROFIT_MARKET",
  "TRAILING_STOP_MARKET",
];
const SYMBOL_STATUSES = ["TRADING", "HALT", "BREAK"];

/** The exchangeInfo body; spot honours `symbol`, `symbols` and `symbolStatus`, the futures take no parameters. */
export function exchangeInfo(
  market: BinanceMarket,
  all: readonly SimulatedInstrument[],
  onboardMillis: (symbol: string) => number,
  nowMillis: number,
  query: Query,
): string {
  const chosen = market.name === "spot" ? chooseSymbols(all, query) : all;
  const head = {
    timezone: "UTC",
    serverTime: nowMillis,
    ...(market.name === "usd-future" ? { futuresType: "U_MARGINED" } : {}),
    rateLimits: rateLimits(market),
    exchangeFilters: [],
  };
  const symbols = chosen.map((instrument) =>
    market.name === "spot"
      ? spotSymbol(instrument)
      : futureSymbol(market, instrument, onboardMillis(instrument.symbol)),
  );
  return JSON.stringify({ ...head, symbols });
}

function chooseSymbols(all: readonly SimulatedInstrument[], query: Query): readonly SimulatedInstrument[] {
  const status = query.text("symbolStatus");
  if (status !== undefined && (query.has("symbol") || query.has("symbols"))) {
    throw new RestRefusal(-1128, "Combination of optional parameters invalid.");
  }
  if (query.has("symbol")) {
    if (query.has("symbols")) throw new RestRefusal(-1128, "Combination of optional parameters invalid.");
    return [query.instrument()];
  }
  if (query.has("symbols")) {
    return query.instruments("symbols");
  }
  if (status === undefined) return all;
  if (!SYMBOL_STATUSES.includes(status)) {
    throw new RestRefusal(-1122, "Invalid symbolStatus.");
  }
  return all.filter((instrument) => instrument.status === status);
}

function rateLimits(market: BinanceMarket): object[] {
  const weight = {
    rateLimitType: "REQUEST_WEIGHT",
    interval: "MINUTE",
    intervalNum: 1,
    limit: market.requestWeightPerMinute,
  };
  if (market.name !== "spot") {
    return [weight, { rateLimitType: "ORDERS", interval: "MINUTE", intervalNum: 1, limit: 1200 }];
  }
  return [
    weight,
    { rateLimitType: "ORDERS", interval: "SECOND", intervalNum: 10, limit: 100 },
    { rateLimitType: "ORDERS", interval: "DAY", intervalNum: 1, limit: 200000 },
    { rateLimitType: "RAW_REQUESTS", interval: "MINUTE", intervalNum: 5, limit: 300000 },
  ];
}

/** Spot prints filters with 8 decimals. Spot documentation, "Filters". */
function spotSymbol(instrument: SimulatedInstrument): object {
  const price = (units: number) => decimalText(units, instrument.priceScale, 8);
  const quantity = (units: number) => decimalText(units, instrument.quantityScale, 8);
  return {
    symbol: instrument.symbol,
    status: instrument.status,
    baseAsset: instrument.baseAsset,
    baseAssetPrecision: 8,
    quoteAsset: instrument.quoteAsset,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: SPOT_ORDER_TYPES,
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: true,
    cancelReplaceAllowed: true,
    isSpotTradingAllowed: instrument.status === "TRADING",
    isMarginTradingAllowed: false,
    filters: [
      {
        filterType: "PRICE_FILTER",
        minPrice: price(instrument.tickUnits),
        maxPrice: "1000000.00000000",
        tickSize: price(instrument.tickUnits),
      },
      { filterType: "LOT_SIZE", minQty: quantity(1), maxQty: "9000000.00000000", stepSize: quantity(1) },
      { filterType: "ICEBERG_PARTS", limit: 10 },
      {
        filterType: "MARKET_LOT_SIZE",
        minQty: "0.00000000",
        maxQty: "2281.41352301",
        stepSize: "0.00000000",
      },
      {
        filterType: "NOTIONAL",
        minNotional: "5.00000000",
        applyMinToMarket: true,
        maxNotional: "9000000.00000000",
        applyMaxToMarket: false,
        avgPriceMins: 5,
      },
      { filterType: "MAX_NUM_ORDERS", maxNumOrders: 200 },
    ],
    permissions: [],
    permissionSets: [["SPOT"]],
    defaultSelfTradePreventionMode: "EXPIRE_MAKER",
    allowedSelfTradePreventionModes: ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"],
  };
}

/** Futures print filters with the tick's own decimals, and COIN-M says `contractStatus` where USD-M says `status`. */
function futureSymbol(market: BinanceMarket, instrument: SimulatedInstrument, onboardMillis: number): object {
  const coin = market.name === "coin-future";
  const step = decimalText(1, instrument.quantityScale);
  return {
    symbol: instrument.symbol,
    pair: instrument.pair,
    contractType: instrument.contractType,
    deliveryDate: instrument.deliveryMillis,
    onboardDate: onboardMillis,
    ...(coin
      ? { contractStatus: instrument.status, contractSize: instrument.contractSize }
      : { status: instrument.status }),
    maintMarginPercent: "2.5000",
    requiredMarginPercent: "5.0000",
    baseAsset: instrument.baseAsset,
    quoteAsset: instrument.quoteAsset,
    marginAsset: coin ? instrument.baseAsset : instrument.quoteAsset,
    pricePrecision: instrument.priceScale,
    quantityPrecision: instrument.quantityScale,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    ...(coin ? { equalQtyPrecision: 4 } : {}),
    underlyingType: "COIN",
    underlyingSubType: [],
    triggerProtect: "0.0500",
    liquidationFee: "0.015000",
    marketTakeBound: "0.05",
    filters: [
      {
        minPrice: decimalText(instrument.tickUnits, instrument.priceScale),
        maxPrice: "4529764",
        filterType: "PRICE_FILTER",
        tickSize: decimalText(instrument.tickUnits, instrument.priceScale),
      },
      { stepSize: step, filterType: "LOT_SIZE", maxQty: "1000000", minQty: step },
      { stepSize: step, filterType: "MARKET_LOT_SIZE", maxQty: "100000", minQty: step },
      { limit: 200, filterType: "MAX_NUM_ORDERS" },
      {
        multiplierDown: "0.9500",
        multiplierUp: "1.0500",
        multiplierDecimal: "4",
        filterType: "PERCENT_PRICE",
      },
    ],
    orderTypes: FUTURE_ORDER_TYPES,
    timeInForce: ["GTC", "IOC", "FOK", "GTX"],
  };
}

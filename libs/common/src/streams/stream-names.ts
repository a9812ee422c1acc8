import { commonError } from "../errors/common-errors.js";
import { DataType, dataTypeName } from "../ids/data-type.js";
import { ExchangeId, exchangeName } from "../ids/exchange.js";

/** Names of everything one exchange's service reads and writes on the broker. */
export interface StreamNames {
  /** Lower-case exchange name, for example `binancespot`. */
  readonly exchange: string;
  /** Requests of clients: one topic with one partition. */
  readonly controlStream: string;
  readonly controlTopic: string;
  /** Market data in shared delivery; its topics are {@link MARKET_DATA_TOPICS}. */
  readonly marketDataStream: string;
  /** The one topic, of one partition, in every client's own stream. */
  readonly dataTopic: string;
  /** Stream of one client: replies, and its data in private delivery. */
  clientStream(clientId: number): string;
}

/** Topics of the market-data stream. */
export const MARKET_DATA_TOPICS = {
  trades: "trades",
  bars: "bars",
  topOfBook: "top-of-book",
  book: "book",
  markPrice: "mark-price",
  liquidations: "liquidations",
  optionTickers: "option-tickers",
  tickers: "tickers",
  orders: "orders",
  instruments: "instruments",
  gaps: "gaps",
  feedStatus: "feed-status",
} as const;

/** Partitions of a market-data topic unless configured; `instruments`, `gaps` and `feed-status` have one. */
export const MARKET_DATA_PARTITION_COUNT = 4;

/**
 * Stream and topic names of an exchange.
 * @throws `exchange.unknown` for 0 and for numbers without a name
 */
export function streamNames(exchangeId: number): StreamNames {
  const exchange = exchangeName(exchangeId);
  if (exchange === undefined || exchangeId === ExchangeId.None) {
    throw commonError("exchange.unknown", `Exchange number ${exchangeId} has no streams`);
  }
  return {
    exchange,
    controlStream: `${exchange}-control-stream`,
    controlTopic: `${exchange}-control-topic`,
    marketDataStream: `${exchange}-market-data`,
    dataTopic: `${exchange}-data-topic`,
    clientStream: (clientId) => `${exchange}-data-client-${clientId}`,
  };
}

/** The market-data topic of a data type; undefined for unknown types. */
export function marketDataTopicOf(dataType: number): string | undefined {
  return dataType === DataType.Unknown ? undefined : dataTypeName(dataType);
}

/** Partition of an instrument's records: all of one instrument share one, in venue order. */
export function marketDataPartition(instrumentId: number, partitionCount: number): number {
  return instrumentId % partitionCount;
}

import type { TimeResolutionText } from "@ims/common";
import type { StartOptions } from "../../client/client-feeds.js";
import type { ImsClient } from "../../client/ims-client.js";
import type { MarketMessage } from "../../records/market-message.js";
import type { OutputFormat } from "../cli-settings.js";
import {
  barColumns,
  liquidationColumns,
  markPriceColumns,
  optionTickerColumns,
  type Paint,
  tickerColumns,
  topOfBookColumns,
  tradeColumns,
} from "../output/message-columns.js";
import { type MessagePrinter, printerFor } from "../output/message-printer.js";
import { orderPrinter } from "../output/order-printer.js";

/** One kind of data as a command prints it. */
export interface Feed {
  /** For sentences: `no trades of BTCUSDT`. */
  readonly plural: string;
  start(client: ImsClient, symbols: readonly string[], options: StartOptions): Promise<unknown>;
  messages(client: ImsClient, signal: AbortSignal): AsyncIterable<MarketMessage>;
  printer(format: OutputFormat, paint: Paint): MessagePrinter;
}

export const TRADES: Feed = {
  plural: "trades",
  start: (client, symbols, options) => client.startTradeData(symbols, options),
  messages: (client, signal) => client.trades({ signal }),
  printer: (format, paint) => asPrinter(printerFor(format, "trade", () => tradeColumns(paint))),
};

export function barsOf(resolution: TimeResolutionText): Feed {
  return {
    plural: "bars",
    start: (client, symbols, options) => client.startOhlcvData(symbols, resolution, options),
    messages: (client, signal) => client.bars({ signal }),
    printer: (format) => asPrinter(printerFor(format, "bar", barColumns)),
  };
}

export const TOP_OF_BOOK: Feed = {
  plural: "best prices",
  start: (client, symbols, options) => client.startTopOfBook(symbols, options),
  messages: (client, signal) => client.topOfBook({ signal }),
  printer: (format) => asPrinter(printerFor(format, "top-of-book", topOfBookColumns)),
};

export const MARK_PRICES: Feed = {
  plural: "mark prices",
  start: (client, symbols, options) => client.startMarkPrice(symbols, options),
  messages: (client, signal) => client.markPrices({ signal }),
  printer: (format) => asPrinter(printerFor(format, "mark-price", markPriceColumns)),
};

export const LIQUIDATIONS: Feed = {
  plural: "liquidations",
  start: (client, symbols, options) => client.startLiquidations(symbols, options),
  messages: (client, signal) => client.liquidations({ signal }),
  printer: (format, paint) => asPrinter(printerFor(format, "liquidation", () => liquidationColumns(paint))),
};

export const OPTION_TICKERS: Feed = {
  plural: "tickers of options",
  start: (client, symbols, options) => client.startOptionTickers(symbols, options),
  messages: (client, signal) => client.optionTickers({ signal }),
  printer: (format) => asPrinter(printerFor(format, "option-ticker", optionTickerColumns)),
};

export const TICKERS: Feed = {
  plural: "tickers",
  start: (client, symbols, options) => client.startTickers(symbols, options),
  messages: (client, signal) => client.tickers({ signal }),
  printer: (format) => asPrinter(printerFor(format, "ticker", tickerColumns)),
};

export const ORDERS: Feed = {
  plural: "orders",
  start: (client, symbols, options) => client.startOrders(symbols, options),
  messages: (client, signal) => client.orders({ signal }),
  printer: (format, paint) => asPrinter(orderPrinter(format, paint)),
};

/** A feed's messages are all of the type that its printer prints. */
function asPrinter<Message extends MarketMessage>(printer: MessagePrinter<Message>): MessagePrinter {
  return printer as unknown as MessagePrinter;
}

import type { ExchangeId } from "@ims/common";
import type { LiquidationFields, MarkPriceFields, OptionTickerFields, TickerFields } from "@ims/traits";
import { Channel } from "./channels.js";
import {
  DerivativeEncoder,
  LIQUIDATION_BYTES,
  MARK_PRICE_BYTES,
  OPTION_TICKER_BYTES,
  TICKER_BYTES,
} from "./derivative-encoder.js";
import type { MessageIds } from "./message-ids.js";
import type { RecordPublisher } from "./record-publisher.js";

/** Publishes mark prices, liquidations, tickers of options and others: each record stands alone. */
export class DerivativePublishing {
  private readonly encoder: DerivativeEncoder;

  constructor(
    exchange: ExchangeId,
    private readonly out: RecordPublisher,
    private readonly ids: MessageIds,
  ) {
    this.encoder = new DerivativeEncoder(exchange);
  }

  markPrice(price: MarkPriceFields): void {
    const { out } = this;
    if (!out.begin(Channel.MarkPrice, price.instrumentId, MARK_PRICE_BYTES)) {
      out.lost(Channel.MarkPrice, 0, price);
      return;
    }
    try {
      this.encoder.markPrice(out.view, out.at, price, out.instrument, out.now);
      out.end(this.ids.markPrice(price), price.eventMicros);
    } catch (error) {
      out.failed(error, Channel.MarkPrice, 0, price);
      return;
    }
    const readers = out.instrument.privateReaders[Channel.MarkPrice];
    if (readers) out.copy(readers, 0, price);
  }

  liquidation(liquidation: LiquidationFields): void {
    const { out } = this;
    if (!out.begin(Channel.Liquidations, liquidation.instrumentId, LIQUIDATION_BYTES)) {
      out.lost(Channel.Liquidations, 0, liquidation);
      return;
    }
    try {
      this.encoder.liquidation(out.view, out.at, liquidation, out.instrument, out.now);
      out.end(this.ids.liquidation(liquidation), liquidation.eventMicros);
    } catch (error) {
      out.failed(error, Channel.Liquidations, 0, liquidation);
      return;
    }
    const readers = out.instrument.privateReaders[Channel.Liquidations];
    if (readers) out.copy(readers, 0, liquidation);
  }

  optionTicker(option: OptionTickerFields): void {
    const { out } = this;
    if (!out.begin(Channel.OptionTickers, option.instrumentId, OPTION_TICKER_BYTES)) {
      out.lost(Channel.OptionTickers, 0, option);
      return;
    }
    try {
      this.encoder.optionTicker(out.view, out.at, option, out.instrument, out.now);
      out.end(this.ids.optionTicker(option), option.eventMicros);
    } catch (error) {
      out.failed(error, Channel.OptionTickers, 0, option);
      return;
    }
    const readers = out.instrument.privateReaders[Channel.OptionTickers];
    if (readers) out.copy(readers, 0, option);
  }

  ticker(ticker: TickerFields): void {
    const { out } = this;
    if (!out.begin(Channel.Tickers, ticker.instrumentId, TICKER_BYTES)) {
      out.lost(Channel.Tickers, 0, ticker);
      return;
    }
    try {
      this.encoder.ticker(out.view, out.at, ticker, out.instrument, out.now);
      out.end(this.ids.ticker(ticker), ticker.eventMicros);
    } catch (error) {
      out.failed(error, Channel.Tickers, 0, ticker);
      return;
    }
    const readers = out.instrument.privateReaders[Channel.Tickers];
    if (readers) out.copy(readers, 0, ticker);
  }
}

import { binanceOptions, binanceSettings, createBinanceIntegration } from "@ims/integration-binance";
import { ExchangeId, runDataService } from "@ims/template";

await runDataService({
  settings: binanceSettings,
  venue: (settings) => ({
    exchange: settings.binanceTestnet
      ? ExchangeId.BinanceCoinMarginFutureTestnet
      : ExchangeId.BinanceCoinMarginFuture,
    integration: createBinanceIntegration("coin-future", binanceOptions("coin-future", settings)),
  }),
});

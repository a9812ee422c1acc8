import { binanceOptions, binanceSettings, createBinanceIntegration } from "@ims/integration-binance";
import { ExchangeId, runDataService } from "@ims/template";

await runDataService({
  settings: binanceSettings,
  venue: (settings) => ({
    exchange: settings.binanceTestnet
      ? ExchangeId.BinanceUsdMarginFutureTestnet
      : ExchangeId.BinanceUsdMarginFuture,
    integration: createBinanceIntegration("usd-future", binanceOptions("usd-future", settings)),
  }),
});

import { binanceOptions, binanceSettings, createBinanceIntegration } from "@ims/integration-binance";
import { ExchangeId, runDataService } from "@ims/template";

await runDataService({
  settings: binanceSettings,
  venue: (settings) => ({
    exchange: settings.binanceTestnet ? ExchangeId.BinanceSpotTestnet : ExchangeId.BinanceSpot,
    integration: createBinanceIntegration("spot", binanceOptions("spot", settings)),
  }),
});

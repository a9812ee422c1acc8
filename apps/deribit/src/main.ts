import { createDeribitIntegration, deribitOptions, deribitSettings } from "@ims/integration-deribit";
import { ExchangeId, runDataService } from "@ims/template";

await runDataService({
  settings: deribitSettings,
  venue: (settings) => ({
    exchange: settings.deribitTestnet ? ExchangeId.DeribitTestnet : ExchangeId.Deribit,
    integration: createDeribitIntegration(deribitOptions(settings)),
  }),
});

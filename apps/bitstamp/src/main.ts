import { bitstampOptions, bitstampSettings, createBitstampIntegration } from "@ims/integration-bitstamp";
import { ExchangeId, runDataService } from "@ims/template";

await runDataService({
  settings: bitstampSettings,
  venue: (settings) => ({
    exchange: ExchangeId.Bitstamp,
    integration: createBitstampIntegration(bitstampOptions(settings)),
  }),
});

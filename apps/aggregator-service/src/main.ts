import { runProcessor } from "@ims/template";
import { AGGREGATOR_SETTINGS, planOf, sourcesOf } from "./aggregator-settings.js";
import { averagesProcessor } from "./averages-processor.js";

await runProcessor({
  name: "averages",
  defaultPort: 9060,
  settings: AGGREGATOR_SETTINGS,
  processor: (settings) => ({
    processor: averagesProcessor(settings.averagesName, planOf(settings)),
    sources: sourcesOf(settings),
  }),
});

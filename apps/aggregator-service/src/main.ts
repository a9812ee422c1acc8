import { averagesProcessor } from "@ims/aggregation";
import { createLogger, PROCESSOR_PORTS } from "@ims/common";
import { runProcessor, typedRecords } from "@ims/template";
import { AGGREGATOR_SETTINGS, planOf, sourcesOf } from "./aggregator-settings.js";

const logger = createLogger({ name: "averages", level: "warn" });

await runProcessor({
  name: "averages",
  defaultPort: PROCESSOR_PORTS.averages,
  settings: AGGREGATOR_SETTINGS,
  processor: (settings) => ({
    processor: averagesProcessor(settings.averagesName, planOf(settings), typedRecords, (notice) =>
      logger.warn(notice, "trades were left out or their times not believed"),
    ),
    sources: sourcesOf(settings),
  }),
});

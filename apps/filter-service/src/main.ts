import { PROCESSOR_PORTS } from "@ims/common";
import { runProcessor } from "@ims/template";
import { filterService } from "./filter-service.js";
import { FILTER_SETTINGS } from "./filter-settings.js";

await runProcessor({
  name: "filters",
  defaultPort: PROCESSOR_PORTS.filters,
  settings: FILTER_SETTINGS,
  processor: filterService,
});

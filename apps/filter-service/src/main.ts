import { runProcessor } from "@ims/template";
import { filterService } from "./filter-service.js";
import { FILTER_SETTINGS } from "./filter-settings.js";

await runProcessor({
  name: "filters",
  defaultPort: 9070,
  settings: FILTER_SETTINGS,
  processor: filterService,
});

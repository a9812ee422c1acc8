import { PROCESSOR_PORTS } from "@ims/common";
import { runProcessor } from "@ims/template";
import { signingService } from "./signing-service.js";
import { SIGNING_SETTINGS } from "./signing-settings.js";

await runProcessor({
  name: "signing",
  defaultPort: PROCESSOR_PORTS.signing,
  settings: SIGNING_SETTINGS,
  processor: (settings) => signingService(settings),
});

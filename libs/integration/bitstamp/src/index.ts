export { createBitstampIntegration } from "./bitstamp-integration.js";
export type { BitstampOptions } from "./bitstamp-options.js";
export { bitstampOptions, bitstampSettings } from "./bitstamp-settings.js";

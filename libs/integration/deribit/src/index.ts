export { createDeribitIntegration } from "./deribit-integration.js";
export type { DeribitOptions } from "./deribit-options.js";
export { type Credentials, DERIBIT_ERRORS } from "./settings/credentials.js";
export { deribitOptions, deribitSettings } from "./settings/deribit-settings.js";

export { createDeribitIntegration } from "./deribit-integration.js";
export type { DeribitOptions } from "./deribit-protocol.js";
export { deribitOptions, deribitSettings } from "./deribit-settings.js";

import type { IntegrationLogger } from "@ims/traits";

const ignore = () => undefined;

export const silentLogger: IntegrationLogger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

import type { IntegrationLogger } from "@ims/traits";

export const silentLogger: IntegrationLogger = { debug() {}, info() {}, warn() {}, error() {} };

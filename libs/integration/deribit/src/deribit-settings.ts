import { defineSettings, type SettingsValues, urlSetting } from "@ims/common";
import type { DeribitOptions } from "./deribit-protocol.js";

/** Settings of the service, read together with those that every service has. */
export const deribitSettings = defineSettings({
  deribitRestUrl: {
    schema: urlSetting("http", "https").optional(),
    env: "DERIBIT_REST_URL",
    flag: "deribit-rest-url",
    description: "REST origin in place of Deribit's",
  },
  deribitWsUrl: {
    schema: urlSetting("ws", "wss").optional(),
    env: "DERIBIT_WS_URL",
    flag: "deribit-ws-url",
    description: "WebSocket origin in place of Deribit's",
  },
});

export function deribitOptions(settings: SettingsValues<typeof deribitSettings>): DeribitOptions {
  return { restUrl: settings.deribitRestUrl, wsUrl: settings.deribitWsUrl };
}

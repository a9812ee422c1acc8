import { defineSettings, type SettingsValues, urlSetting } from "@ims/common";
import type { BitstampOptions } from "./bitstamp-options.js";

/** Settings of the service, read together with those that every service has. */
export const bitstampSettings = defineSettings({
  bitstampRestUrl: {
    schema: urlSetting("http", "https").optional(),
    env: "BITSTAMP_REST_URL",
    flag: "bitstamp-rest-url",
    description: "REST origin in place of Bitstamp's",
  },
  bitstampWsUrl: {
    schema: urlSetting("ws", "wss").optional(),
    env: "BITSTAMP_WS_URL",
    flag: "bitstamp-ws-url",
    description: "WebSocket origin in place of Bitstamp's",
  },
});

export function bitstampOptions(settings: SettingsValues<typeof bitstampSettings>): BitstampOptions {
  return { restUrl: settings.bitstampRestUrl, wsUrl: settings.bitstampWsUrl };
}

import { booleanSetting, defineSettings, type SettingsValues, textSetting, urlSetting } from "@ims/common";
import type { DeribitOptions } from "../deribit-options.js";
import { readCredentials } from "./credentials.js";

/** Settings of the service, read together with those that every service has. */
export const deribitSettings = defineSettings({
  deribitTestnet: {
    schema: booleanSetting().default(false),
    env: "DERIBIT_TESTNET",
    flag: "deribit-testnet",
    description: "Use Deribit's test system",
  },
  deribitRestUrl: {
    schema: urlSetting("http", "https").optional(),
    env: "DERIBIT_REST_URL",
    flag: "deribit-rest-url",
    description: "HTTP address in place of Deribit's, such as https://host/api/v2",
  },
  deribitWsUrl: {
    schema: urlSetting("ws", "wss").optional(),
    env: "DERIBIT_WS_URL",
    flag: "deribit-ws-url",
    description: "WebSocket address in place of Deribit's, such as wss://host/ws/api/v2",
  },
  deribitClientId: {
    schema: textSetting({ lengthMax: 256 }).optional(),
    env: "DERIBIT_CLIENT_ID",
    flag: "deribit-client-id",
    description: "Client id of a login, with which trades and books are read raw in place of every 100 ms",
  },
  deribitClientSecret: {
    schema: textSetting({ lengthMax: 4096 }).optional(),
    env: "DERIBIT_CLIENT_SECRET",
    secret: true,
    description: "Client secret of the login; a read-only key without trading rights will do",
  },
  deribitClientSecretFile: {
    schema: textSetting().optional(),
    env: "DERIBIT_CLIENT_SECRET_FILE",
    flag: "deribit-client-secret-file",
    description: "File that holds the client secret alone and that only its owner may read",
  },
});

/** Throws `deribit.credentials-incomplete` and `deribit.secret-file`. */
export function deribitOptions(settings: SettingsValues<typeof deribitSettings>): DeribitOptions {
  const { deribitClientId, deribitClientSecret, deribitClientSecretFile } = settings;
  return {
    testnet: settings.deribitTestnet,
    restUrl: settings.deribitRestUrl,
    wsUrl: settings.deribitWsUrl,
    credentials: readCredentials(deribitClientId, deribitClientSecret, deribitClientSecretFile),
  };
}

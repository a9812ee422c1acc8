import {
  choiceSetting,
  defineSettings,
  integerSetting,
  loadSettings,
  textSetting,
  urlSetting,
} from "@ims/common";
import { DEFAULT_IGGY_URL } from "../client/connect-options.js";

/** Where to connect and as whom; flags over environment over default. */
export const CLI_SETTINGS = defineSettings({
  exchange: {
    schema: textSetting({ lengthMax: 64 }).default("binancespot"),
    env: "IMS_EXCHANGE",
    flag: "exchange",
    description: "exchange, for example binancespot",
  },
  url: {
    schema: urlSetting("iggy", "iggy+tcp", "iggy+tls").default(DEFAULT_IGGY_URL),
    env: "IGGY_URL",
    flag: "url",
    description: "address of the broker",
  },
  clientId: {
    schema: integerSetting({ min: 100, max: 65_535 }).optional(),
    env: "IMS_CLIENT_ID",
    flag: "client-id",
    description: "client number, one login each; by default a random one",
  },
  accessToken: {
    schema: textSetting({ lengthMax: 64 }).optional(),
    env: "IMS_ACCESS_TOKEN",
    description: "access token, where the service admits only known clients",
    secret: true,
  },
  count: {
    schema: integerSetting({ min: 1 }).optional(),
    flag: "count",
    description: "end after this many messages",
  },
  seconds: {
    schema: integerSetting({ min: 1, max: 2_000_000 }).optional(),
    flag: "seconds",
    description: "end after this many seconds",
  },
  format: {
    schema: choiceSetting("json", "table").optional(),
    flag: "format",
    description: "output format",
  },
});

/** What commander parsed; texts as typed. */
export interface CliFlags {
  readonly exchange?: string;
  readonly url?: string;
  readonly clientId?: string;
  readonly count?: string;
  readonly seconds?: string;
  readonly json?: true;
  readonly table?: true;
}

export type CliSettings = ReturnType<typeof readCliSettings>;

/** @throws ImsError `config.invalid` naming all mistakes */
export function readCliSettings(flags: CliFlags, env: NodeJS.ProcessEnv) {
  const { json, table, exchange, url, clientId, count, seconds } = flags;
  const format = json ? "json" : table ? "table" : undefined;
  return loadSettings(CLI_SETTINGS, {
    flags: { exchange, url, "client-id": clientId, count, seconds, format },
    env,
  }).values;
}

import { GRPC_ADDRESS_DEFAULT } from "@ims/book-proto";
import {
  booleanSetting,
  choiceSetting,
  defineSettings,
  integerSetting,
  LOG_LEVELS,
  listSetting,
  type SettingsValues,
  textSetting,
  urlSetting,
} from "@ims/common";
import { bitstampSettings } from "@ims/integration-bitstamp";

/** Flags over environment over default. */
export const BOOK_SERVICE_SETTINGS = defineSettings({
  grpcAddress: {
    schema: textSetting({ lengthMax: 256 }).default(GRPC_ADDRESS_DEFAULT),
    env: "GRPC_ADDR",
    flag: "grpc-addr",
    description: "address that clients connect to; an IPv6 host in brackets",
  },
  direct: {
    schema: booleanSetting().default(false),
    env: "BOOK_DIRECT",
    flag: "direct",
    description: "read the venues in this process, without broker and services",
  },
  iggyUrl: {
    schema: urlSetting("iggy", "iggy+tcp", "iggy+tls").default("iggy://iggy:iggy@localhost:8090"),
    env: "IGGY_URL",
    flag: "iggy-url",
    description: "address of the broker, unless direct",
  },
  venues: {
    schema: listSetting({ countMax: 32 }).default(["binancespot"]),
    env: "BOOK_VENUES",
    flag: "venues",
    description: "names of the venues to merge",
  },
  staleSeconds: {
    schema: integerSetting({ min: 1, max: 86_400 }).default(30),
    env: "BOOK_STALE_SECONDS",
    flag: "stale-seconds",
    description: "silence after which a venue leaves the merge",
  },
  releaseSeconds: {
    schema: integerSetting({ min: 0, max: 86_400 }).default(30),
    env: "BOOK_RELEASE_SECONDS",
    flag: "release-seconds",
    description: "how long a symbol that nobody watches is kept",
  },
  binanceRestUrl: {
    schema: urlSetting("http", "https").optional(),
    env: "BINANCE_SPOT_REST_URL",
    flag: "binance-rest-url",
    description: "direct: REST origin in place of Binance's",
  },
  binanceWsUrl: {
    schema: urlSetting("ws", "wss").optional(),
    env: "BINANCE_SPOT_WS_URL",
    flag: "binance-ws-url",
    description: "direct: WebSocket origin in place of Binance's",
  },
  ...bitstampSettings,
  logLevel: {
    schema: choiceSetting(...LOG_LEVELS).default("info"),
    env: "LOG_LEVEL",
    flag: "log-level",
    description: "least severe lines that are written",
  },
});

export type BookServiceSettings = SettingsValues<typeof BOOK_SERVICE_SETTINGS>;

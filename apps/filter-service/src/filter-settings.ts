import {
  booleanSetting,
  defineSettings,
  integerSetting,
  listSetting,
  type SettingsValues,
  structuredSetting,
  textSetting,
} from "@ims/common";
import { sourcesSetting } from "@ims/template";

/** Settings of the filter service, read together with those of every processor. */
export const FILTER_SETTINGS = defineSettings({
  sources: {
    schema: sourcesSetting(),
    env: "IMS_FILTER_SOURCES",
    flag: "sources",
    description: "topics that are read, for example deribit-market-data/option-tickers=options",
  },
  filterName: {
    schema: textSetting({ lengthMax: 64 }).default("filtered"),
    env: "IMS_FILTER_NAME",
    flag: "filter-name",
    description: "name of the output stream and of the group; another one begins anew",
  },
  trustedKeys: {
    schema: listSetting({ countMax: 64 }).default([]),
    env: "IMS_FILTER_TRUSTED_KEYS",
    flag: "trusted-keys",
    description: "Ed25519 public keys as 64 hexadecimal digits; modules have to be signed by one of them",
  },
  requireSignature: {
    schema: booleanSetting().default(false),
    env: "IMS_FILTER_REQUIRE_SIGNATURE",
    flag: "require-signature",
    description: "take signed modules only, also while no key is trusted",
  },
  pollMillis: {
    schema: integerSetting({ min: 10, max: 60_000 }).default(250),
    env: "IMS_FILTER_POLL_MILLIS",
    flag: "filter-poll-millis",
    description: "pause between two looks at the commands",
  },
  start: {
    schema: structuredSetting("first or last", (value) =>
      value === "first" || value === "last" ? value : undefined,
    ).default("first"),
    env: "IMS_FILTER_START",
    flag: "start",
    description: "where a partition without a checkpoint begins: first or last",
  },
  watchFile: {
    schema: textSetting({ lengthMax: 4096 }).optional(),
    env: "IMS_FILTER_WATCH",
    flag: "watch",
    description: "development: a .wasm file that is deployed to the first source, and again at each change",
  },
});

export type FilterSettings = SettingsValues<typeof FILTER_SETTINGS>;

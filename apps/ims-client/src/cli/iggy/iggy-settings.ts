import { choiceSetting, defineSettings, integerSetting, loadSettings, textSetting } from "@ims/common";
import { DEFAULT_IGGY_URL } from "../../client/connect-options.js";
import { formatFlag, OUTPUT_FORMATS } from "../cli-settings.js";

/** Which broker the `ims iggy` commands look at, and how they print; flags over environment over default. */
const IGGY_SETTINGS = defineSettings({
  url: {
    // Checked where it is read: an address list is no URL.
    schema: textSetting().default(DEFAULT_IGGY_URL),
    env: "IGGY_URL",
    flag: "url",
    description: "address of the broker",
  },
  format: {
    schema: choiceSetting(...OUTPUT_FORMATS).optional(),
    flag: "format",
    description: "output format",
  },
  count: {
    schema: integerSetting({ min: 1 }).optional(),
    flag: "count",
    description: "end after this many messages",
  },
  partition: {
    schema: integerSetting({ min: 0, max: 0xffff_fffe }).optional(),
    flag: "partition",
    description: "one partition",
  },
  partitions: {
    schema: integerSetting({ min: 0, max: 1000 }).default(1),
    flag: "partitions",
    description: "partitions of a new topic",
  },
});

/** What commander parsed for any of the commands; texts as typed. */
export interface IggyFlags {
  readonly url?: string;
  readonly format?: string;
  readonly json?: true;
  readonly table?: true;
  readonly csv?: true;
  readonly count?: string;
  readonly partition?: string;
  readonly partitions?: string;
}

export type IggySettings = ReturnType<typeof readIggySettings>;

/** @throws ImsError `config.invalid` naming all mistakes */
export function readIggySettings(flags: IggyFlags, env: NodeJS.ProcessEnv) {
  const { url, count, partition, partitions } = flags;
  const format = formatFlag(flags);
  return loadSettings(IGGY_SETTINGS, { flags: { url, format, count, partition, partitions }, env }).values;
}

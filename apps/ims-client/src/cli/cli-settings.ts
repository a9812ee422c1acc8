import {
  choiceSetting,
  defineSettings,
  integerSetting,
  loadSettings,
  textSetting,
  urlSetting,
} from "@ims/common";
import { DEFAULT_IGGY_URL } from "../client/connect-options.js";
import type { CliEnvironment } from "./cli-environment.js";

export const OUTPUT_FORMATS = ["table", "json", "csv"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

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
  depth: {
    schema: integerSetting({ min: 1, max: 1000 }).default(10),
    flag: "depth",
    description: "levels of each side of a book",
  },
  seconds: {
    schema: integerSetting({ min: 1, max: 2_000_000 }).optional(),
    flag: "seconds",
    description: "end after this many seconds",
  },
  format: {
    schema: choiceSetting(...OUTPUT_FORMATS).optional(),
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
  readonly depth?: string;
  readonly seconds?: string;
  readonly format?: string;
  readonly json?: true;
  readonly table?: true;
  readonly csv?: true;
}

export type CliSettings = ReturnType<typeof readCliSettings>;

/** @throws ImsError `config.invalid` naming all mistakes */
export function readCliSettings(flags: CliFlags, env: NodeJS.ProcessEnv) {
  const { exchange, url, clientId, count, depth, seconds } = flags;
  const format = formatFlag(flags);
  return loadSettings(CLI_SETTINGS, {
    flags: { exchange, url, "client-id": clientId, count, depth, seconds, format },
    env,
  }).values;
}

/** What the flags say about the output: `--format`, or the short `--table`, `--json` and `--csv`. */
export function formatFlag({
  format,
  ...short
}: Pick<CliFlags, "format" | "json" | "table" | "csv">): string | undefined {
  return format ?? OUTPUT_FORMATS.find((name) => short[name]);
}

/** The format of an output: what was asked for, else a table on a terminal and JSON lines in a pipe. */
export function outputFormat(
  { output }: Pick<CliEnvironment, "output">,
  { format }: { readonly format?: OutputFormat | undefined },
): OutputFormat {
  return format ?? (output.isTerminal ? "table" : "json");
}

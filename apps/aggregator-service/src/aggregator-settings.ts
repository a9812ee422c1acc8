import { type AveragePlan, readPlan } from "@ims/aggregation";
import {
  booleanSetting,
  defineSettings,
  exchangeIdOf,
  integerSetting,
  listSetting,
  type SettingsValues,
  streamNames,
  structuredSetting,
  textSetting,
} from "@ims/common";
import type { ProcessorSource } from "@ims/template";

/** Settings of the aggregator, read together with those of every processor. */
export const AGGREGATOR_SETTINGS = defineSettings({
  sources: {
    schema: structuredSetting("names of exchanges separated by commas", readExchanges).default([
      "binancespot",
    ]),
    env: "IMS_AVERAGE_SOURCES",
    flag: "sources",
    description: "exchanges whose trades are read, for example binancespot,bitstamp",
  },
  windows: {
    schema: listSetting({ countMax: 16 }).default(["1s", "10s", "1m"]),
    env: "IMS_AVERAGE_WINDOWS",
    flag: "windows",
    description: "lengths of windows, 1ms to 168h, for example 10s,7m,24h",
  },
  halfLives: {
    schema: listSetting({ countMax: 16 }).default(["20t", "30s"]),
    env: "IMS_AVERAGE_HALF_LIVES",
    flag: "half-lives",
    description: "half-lives of exponential averages: trades (20t) or time (30s)",
  },
  lateness: {
    schema: textSetting({ lengthMax: 16 }).default("500ms"),
    env: "IMS_AVERAGE_LATENESS",
    flag: "lateness",
    description: "how far event time passes the end of a window before it closes",
  },
  revisableWindows: {
    schema: integerSetting({ min: 0, max: 100 }).default(2),
    env: "IMS_AVERAGE_REVISABLE",
    flag: "revisable-windows",
    description: "closed windows of each length that late trades still revise",
  },
  emptyWindows: {
    schema: booleanSetting().default(false),
    env: "IMS_AVERAGE_EMPTY",
    flag: "empty-windows",
    description: "publish windows without a trade",
  },
  extraDigits: {
    schema: integerSetting({ min: 0, max: 9 }).default(4),
    env: "IMS_AVERAGE_DIGITS",
    flag: "extra-digits",
    description: "digits that averages have beyond the prices'",
  },
  averagesName: {
    schema: textSetting({ lengthMax: 64 }).default("averages"),
    env: "IMS_AVERAGES_NAME",
    flag: "averages-name",
    description: "name of the output stream and group; another one begins anew",
  },
});

export type AggregatorSettings = SettingsValues<typeof AGGREGATOR_SETTINGS>;

/** @throws `aggregation.bad-plan` naming the part */
export function planOf(settings: AggregatorSettings): AveragePlan {
  return readPlan(settings);
}

/** The trades topics of the exchanges; each has an output topic of the exchange's name. */
export function sourcesOf(settings: AggregatorSettings): ProcessorSource[] {
  return settings.sources.map((exchange) => ({
    stream: streamNames(exchangeIdOf(exchange) ?? 0).marketDataStream,
    topic: "trades",
    outputTopic: exchange,
  }));
}

function readExchanges(value: unknown, mistake: (text: string) => void): string[] | undefined {
  const parts: unknown = typeof value === "string" ? value.split(",") : value;
  if (!Array.isArray(parts) || parts.length === 0) return undefined;
  const names = parts.map((part: unknown) => String(part).trim().toLowerCase());
  for (const name of names) if (!exchangeIdOf(name)) mistake(`${JSON.stringify(name)} is no exchange`);
  if (new Set(names).size !== names.length) mistake("an exchange is named twice");
  return names;
}

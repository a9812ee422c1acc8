import {
  DataType,
  dataTypeName,
  NO_RESOLUTION,
  structuredSetting,
  TIME_RESOLUTION_TEXTS,
  timeResolutionOf,
} from "@ims/common";
import { EntryReader, listOf } from "./entry-reader.js";

/** Feeds that run without any client. */
export interface FeedEntry {
  readonly dataType: DataType;
  /** Time resolution number; 0 for anything but bars. */
  readonly resolution: number;
  /** The venue's own names, or every symbol that it trades, new listings included. */
  readonly symbols: "*" | readonly string[];
}

const KEYS = ["type", "resolution", "symbols"];
const ENTRY_COUNT_MAX = 1000;

const TYPES = new Map<string, DataType>(
  Object.values(DataType)
    .filter((type) => type !== DataType.Unknown)
    .map((type) => [dataTypeName(type)!, type]),
);
const RESOLUTIONS = new Map<string, number>(
  TIME_RESOLUTION_TEXTS.map((text) => [text, timeResolutionOf(text)!]),
);

/**
 * Feeds that always run: `[{"type": "trades", "symbols": "*"}, {"type": "bars", "resolution": "1m", "symbols":
 * ["BTCUSDT"]}]`, or in the environment `trades:*; bars@1m:BTCUSDT,ETHUSDT`.
 */
export function feedsSetting() {
  return structuredSetting(
    'a list of feeds such as [{"type": "trades", "symbols": "*"}] or trades:*;bars@1m:BTCUSDT',
    (value, mistake): readonly FeedEntry[] | undefined => {
      const isShort = typeof value === "string" && !value.trim().startsWith("[");
      const list = isShort ? value.split(";").map((text) => shortForm(text.trim())) : listOf(value);
      if (!list) return undefined;
      if (list.length > ENTRY_COUNT_MAX) mistake(`${list.length} feeds, at most ${ENTRY_COUNT_MAX}`);
      return list.slice(0, ENTRY_COUNT_MAX).map((item, at) => readEntry(item, at, mistake));
    },
  );
}

/** `bars@1m:BTCUSDT,ETHUSDT` as the object that it stands for. */
function shortForm(text: string): unknown {
  const [, type, resolution, symbols] = /^([^:@]*)(?:@([^:]*))?(?::(.*))?$/.exec(text) ?? [];
  const names = symbols?.trim() === "*" ? "*" : symbols?.split(",").map((name) => name.trim());
  return {
    type: type?.trim(),
    ...(resolution === undefined ? {} : { resolution: resolution.trim() }),
    ...(names === undefined ? {} : { symbols: names }),
  };
}

function readEntry(value: unknown, at: number, mistake: (text: string) => void): FeedEntry {
  const entry = new EntryReader(value, `feeds[${at}]`, KEYS, mistake);
  const [dataType] = entry.named("type", TYPES) ?? [];
  if (entry.get("type") === undefined)
    entry.mistake(`type is missing (known: ${[...TYPES.keys()].join(", ")})`);
  const [resolution] = entry.named("resolution", RESOLUTIONS) ?? [];
  const isBar = dataType === DataType.Bar;
  if (isBar && entry.get("resolution") === undefined) entry.mistake("bars need a resolution such as 1m");
  if (dataType !== undefined && !isBar && entry.get("resolution") !== undefined) {
    entry.mistake(`${dataTypeName(dataType)} have no resolution`);
  }
  return {
    dataType: dataType ?? DataType.Unknown,
    resolution: resolution ?? NO_RESOLUTION,
    symbols: readSymbols(entry),
  };
}

function readSymbols(entry: EntryReader): FeedEntry["symbols"] {
  const value = entry.get("symbols");
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (value === "*" || names.includes("*")) return "*";
  const symbols = names.filter((name): name is string => typeof name === "string" && name.trim() !== "");
  if (symbols.length < names.length || symbols.length === 0) {
    entry.mistake('symbols has to be "*" or a list of symbols');
  }
  return [...new Set(symbols.map((name) => name.trim()))];
}

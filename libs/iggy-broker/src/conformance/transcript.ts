import { readFileSync } from "node:fs";
import { isObject } from "./is-object.js";

/** One line of a recorded exchange; see the README beside the recordings. */
export interface Entry {
  /** One letter for each TCP connection. */
  readonly conn: string;
  readonly dir: "c2s" | "s2c";
  /** In place of a frame: a side closed, or nothing came. */
  readonly event?: string;
  readonly hex?: string;
  /** Of the whole frame. */
  readonly len?: number;
  readonly note?: string;
  /** `hex` holds the beginning only. */
  readonly trimmed?: boolean;
  readonly sha256?: string;
  readonly recipe?: string;
  readonly varies?: readonly Variation[];
}

/** Bytes of a frame that differ from run to run. */
export interface Variation {
  readonly at: number;
  readonly len: number;
  readonly what: string;
}

export interface Transcript {
  readonly id: string;
  readonly sizesMayVary?: boolean;
  /** Set when the recording shows a fault of that server. */
  readonly serverDefect?: string;
  readonly exchange: readonly Entry[];
}

/**
 * Reads a recording; undefined for other JSON files.
 * @throws Error that names what is wrong with a file that has an exchange
 */
export function readTranscript(path: string): Transcript | undefined {
  const json: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!isObject(json) || !("exchange" in json)) return undefined;
  const { id, exchange } = json;
  if (typeof id !== "string") throw new Error(`${path} has no id`);
  if (!Array.isArray(exchange)) throw new Error(`${path}: exchange is not a list`);
  for (const [index, entry] of exchange.entries()) {
    const fault = isObject(entry) ? faultOf(entry) : "no object";
    if (fault !== undefined) throw new Error(`${path}: entry ${index} of the exchange has ${fault}`);
  }
  return json as unknown as Transcript;
}

function faultOf(entry: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof entry.conn !== "string") return "no connection";
  if (entry.dir !== "c2s" && entry.dir !== "s2c") return "no direction";
  if (typeof entry.event === "string") return undefined;
  if (typeof entry.hex !== "string" || !/^(?:[0-9a-f]{2})+$/i.test(entry.hex)) return "neither event nor hex";
  const varies = entry.varies ?? [];
  return Array.isArray(varies) && varies.every(isVariation)
    ? undefined
    : "a list of variations that cannot be read";
}

function isVariation(value: unknown): value is Variation {
  return (
    isObject(value) &&
    Number.isInteger(value.at) &&
    Number.isInteger(value.len) &&
    typeof value.what === "string"
  );
}

import { DataType, dataTypeName, ExchangeId, structuredSetting } from "@ims/common";
import { EntryReader, listOf } from "./entry-reader.js";

/** A token that is not kept: SHA-256 over the salt's and then the token's octets. */
export interface HashedToken {
  readonly salt: string;
  readonly hash: Buffer;
}

/** One client that the configuration admits; client-protocol.md section 5. */
export interface ClientEntry {
  readonly clientId: number;
  /** Undefined only where `admitsVersion1` is set: version 1 carries no token. */
  readonly token: HashedToken | undefined;
  /** Undefined allows every one that the service offers. */
  readonly dataTypes: ReadonlySet<number> | undefined;
  readonly exchanges: ReadonlySet<number> | undefined;
  /** Instead of the service's limit of subscriptions. */
  readonly subscriptionsMax: number | undefined;
  /** Whether this id may log in with schema version 1, without any token. */
  readonly admitsVersion1: boolean;
  /** The broker's user under which this client connects; the service grants it the client's own streams. */
  readonly brokerUser: string | undefined;
}

const KEYS = ["id", "token", "dataTypes", "exchanges", "subscriptions", "version1", "brokerUser"];
const CLIENT_ID_MIN = 100;
const ENTRY_COUNT_MAX = 10_000;
/** `sha256:<salt>:<64 hexadecimal digits>`; the salt has at least 16 characters. */
const TOKEN = /^sha256:([A-Za-z0-9+/=_-]{16,64}):([0-9a-fA-F]{64})$/;

const DATA_TYPES = new Map(
  Object.values(DataType)
    .filter((type) => type !== DataType.Unknown)
    .map((type) => [dataTypeName(type)!, type as number]),
);
const EXCHANGES = new Map(
  Object.entries(ExchangeId)
    .filter(([, id]) => id !== ExchangeId.None)
    .map(([name, id]) => [name.toLowerCase(), id as number]),
);

/**
 * Who may log in, as a JSON list:
 * `[{"id": 100, "token": "sha256:<salt>:<hash>", "dataTypes": ["trades"], "exchanges": ["binancespot"]}]`.
 */
export function clientsSetting() {
  return structuredSetting("a JSON list of clients", (value, mistake): readonly ClientEntry[] | undefined => {
    const list = listOf(value);
    if (!list) return undefined;
    if (list.length > ENTRY_COUNT_MAX) mistake(`${list.length} clients, at most ${ENTRY_COUNT_MAX}`);
    const entries = list.slice(0, ENTRY_COUNT_MAX).map((item, at) => readEntry(item, at, mistake));
    const seen = new Set<number>();
    for (const { clientId } of entries) {
      if (seen.has(clientId)) mistake(`client ${clientId} stands there twice`);
      seen.add(clientId);
    }
    return entries;
  });
}

function readEntry(value: unknown, at: number, mistake: (text: string) => void): ClientEntry {
  const entry = new EntryReader(value, `clients[${at}]`, KEYS, mistake);
  const admitsVersion1 = entry.boolean("version1") ?? false;
  const token = readToken(entry, !admitsVersion1);
  return {
    clientId: entry.integer("id", CLIENT_ID_MIN, 65_535, true) ?? -1 - at,
    token,
    dataTypes: setOf(entry.named("dataTypes", DATA_TYPES)),
    exchanges: setOf(entry.named("exchanges", EXCHANGES)),
    subscriptionsMax: entry.integer("subscriptions", 1, 100_000),
    admitsVersion1,
    brokerUser: entry.text("brokerUser", 50),
  };
}

/** What stands there is not repeated in a mistake: it may be the token itself. */
function readToken(entry: EntryReader, isRequired: boolean): HashedToken | undefined {
  const value = entry.get("token");
  if (value === undefined && !isRequired) return undefined;
  const match = typeof value === "string" ? TOKEN.exec(value) : null;
  if (match) return { salt: match[1]!, hash: Buffer.from(match[2]!, "hex") };
  entry.mistake("token has to be sha256:<salt>:<hash>, never the token itself");
  return undefined;
}

function setOf(values: readonly number[] | undefined): ReadonlySet<number> | undefined {
  return values && new Set(values);
}

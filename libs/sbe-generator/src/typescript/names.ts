/** `TradeBar` and `tradeBar` to `tradeBar`: sbe-tool's rule for properties, only the first letter changes. */
export function propertyName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Globals that generated code uses: a type of such a name would hide them. */
const GLOBALS = new Set([
  "Array",
  "BigInt",
  "Boolean",
  "DataView",
  "Date",
  "Error",
  "Function",
  "Generator",
  "Iterable",
  "Map",
  "Math",
  "Number",
  "Object",
  "Promise",
  "Record",
  "Set",
  "String",
  "Symbol",
  "Uint8Array",
]);

/** `tradeBar` to `TradeBar`; a name that a global has gets `_` appended. */
export function className(name: string): string {
  const upper = name.charAt(0).toUpperCase() + name.slice(1);
  return GLOBALS.has(upper) ? `${upper}_` : upper;
}

/** `DataBar` and `OHLCVBar` to `data-bar` and `ohlcv-bar`, for file names. */
export function fileName(name: string): string {
  return name
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}

/** `MessageType` to `MESSAGE_TYPE`. */
export function constantName(name: string): string {
  return fileName(name).replaceAll("-", "_").toUpperCase();
}

/** A key of an object literal; `__proto__` would set the prototype if it were written plainly. */
export function objectKey(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return IDENTIFIER.test(name) ? name : JSON.stringify(name);
}

/** `.name`, or `["name"]` where the name is no identifier. */
export function propertyAccess(name: string): string {
  return IDENTIFIER.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** Own members of every flyweight, which no field may replace. */
const FLYWEIGHT_MEMBERS = [
  "constructor",
  "view",
  "bytes",
  "offset",
  "end",
  "actingBlockLength",
  "actingVersion",
  "wrap",
  "wrapAndApplyHeader",
  "limit",
  "encodedLength",
  "toJSON",
  "prototype",
  "__proto__",
  "BLOCK_LENGTH",
  "TEMPLATE_ID",
  "SCHEMA_ID",
  "SCHEMA_VERSION",
  "ENCODED_LENGTH",
  "HEADER_LENGTH",
  "renew",
  "sbeRewind",
  "sbeDecodedLength",
  "skip",
];

/** What flyweights of groups, and of messages with groups, have besides. */
const CURSOR_MEMBERS = ["cursor", "progress", "advance"];
const GROUP_MEMBERS = [
  ...CURSOR_MEMBERS,
  "BLOCK_LENGTH",
  "DIMENSION_LENGTH",
  "root",
  "dimensionAt",
  "first",
  "count",
  "index",
  "open",
  "next",
  "hasNext",
  "wrapAbsent",
  "complete",
  "resetCountToIndex",
  "entryEnd",
  "entryToJSON",
];

/** Which class the members are of. */
export type FlyweightKind = "plain" | "cursor" | "group";

/**
 * Names of the members of one class. A field whose accessors would meet a member that exists, such as a field
 * `limit`, or `priceNumber` beside an int64 `price`, gets `_` appended until all its names are free.
 */
export class MemberNames {
  readonly #taken = new Set(FLYWEIGHT_MEMBERS);

  constructor(kind: FlyweightKind = "plain") {
    const further = kind === "plain" ? [] : kind === "cursor" ? CURSOR_MEMBERS : GROUP_MEMBERS;
    for (const name of further) this.#taken.add(name);
  }

  /** @param suffixes of all accessors that the field needs, "" for the plain one */
  claim(name: string, suffixes: readonly string[]): string {
    let base = propertyName(name);
    while (suffixes.some((suffix) => this.#taken.has(base + suffix))) base += "_";
    for (const suffix of suffixes) this.#taken.add(base + suffix);
    return base;
  }
}

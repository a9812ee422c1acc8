/** `TradeBar` and `tradeBar` to `tradeBar`: sbe-tool's rule for properties, only the first letter changes. */
export function propertyName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** `tradeBar` to `TradeBar`. */
export function className(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
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
  return name === "__proto__" ? '["__proto__"]' : name;
}

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
];

/**
 * Names of the members of one class. A field whose accessors would meet a member that exists, such as a field
 * `limit`, or `priceNumber` beside an int64 `price`, gets `_` appended until all its names are free.
 */
export class MemberNames {
  readonly #taken = new Set(FLYWEIGHT_MEMBERS);

  /** @param suffixes of all accessors that the field needs, "" for the plain one */
  claim(name: string, suffixes: readonly string[]): string {
    let base = propertyName(name);
    while (suffixes.some((suffix) => this.#taken.has(base + suffix))) base += "_";
    for (const suffix of suffixes) this.#taken.add(base + suffix);
    return base;
  }
}

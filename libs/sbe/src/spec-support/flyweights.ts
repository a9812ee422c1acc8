/** Generated classes as data-driven tests see them: found by name, members by suffix. */
export interface AnyFlyweight {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly offset: number;
  wrap(view: DataView, offset: number, ...rest: number[]): AnyFlyweight;
  wrapAndApplyHeader(view: DataView, offset: number, length?: number): AnyFlyweight;
  encodedLength(): number;
  toJSON(): Record<string, unknown>;
  readonly limit: number;
}

export type FlyweightClass = (new () => AnyFlyweight) & {
  readonly TEMPLATE_ID: number;
  readonly BLOCK_LENGTH: number;
  readonly ENCODED_LENGTH: number;
};

/** A whole index, as `v1` or `v2`. */
export type GeneratedModule = Readonly<Record<string, unknown>>;

/** Names of the messages of an index. */
export function messageNames(module: GeneratedModule): readonly string[] {
  return Object.keys(module)
    .filter((key) => key.endsWith("Encoder") && "TEMPLATE_ID" in (module[key] as object))
    .map((key) => key.slice(0, -"Encoder".length));
}

/** Names of the messages that one index has and another has not: `messagesBeyond(v2, v1)` are those that version 2 added. */
export function messagesBeyond(module: GeneratedModule, older: GeneratedModule): readonly string[] {
  const known = new Set(messageNames(older));
  return messageNames(module).filter((name) => !known.has(name));
}

/** The class that the index exports under this name. */
export function flyweightClass(module: GeneratedModule, name: string): FlyweightClass {
  const found = module[name];
  if (typeof found !== "function") throw new Error(`the index exports no ${name}`);
  return found as FlyweightClass;
}

/** Names of the fields whose encoder has a setter with this suffix. */
export function fieldsWith(encoder: FlyweightClass, suffix: string): readonly string[] {
  return Object.getOwnPropertyNames(encoder.prototype)
    .filter((name) => name.endsWith(suffix) && name.length > suffix.length)
    .map((name) => name.slice(0, -suffix.length));
}

/** Names of the text fields and texts of variable length. */
export function textFields(encoder: FlyweightClass, decoder: FlyweightClass): readonly string[] {
  return fieldsWith(encoder, "Bytes").filter(
    (name) => name in decoder.prototype && `${name}Length` in decoder.prototype,
  );
}

/** Names of one-value fields that are no 64-bit integers and no texts. */
export function smallFields(encoder: FlyweightClass, decoder: FlyweightClass): readonly string[] {
  // Only fields have their name on both sides: the encoder's `bidsCount` is `bids` on the decoder.
  const own = Object.getOwnPropertyNames(encoder.prototype).filter(
    (name) => name in decoder.prototype || /(Words|Bytes)$/.test(name),
  );
  const others = /^(constructor|wrap|wrapAndApplyHeader|renew|next|encodedLength|limit|[A-Z_]+)$/;
  return own.filter(
    (name) =>
      !others.test(name) &&
      !/(Number|Words|From|Null|Bytes|Bits|End)$/.test(name) &&
      !own.includes(`${name}Words`) &&
      !own.includes(`${name}Bytes`),
  );
}

/** Calls a member by name. */
export function call(target: object, name: string, ...args: readonly unknown[]): unknown {
  const member = (target as Record<string, unknown>)[name];
  if (typeof member !== "function") throw new Error(`${target.constructor.name} has no ${name}()`);
  return member.apply(target, args as unknown[]);
}

/** A view over octets written in hexadecimal, `lead` octets into a larger buffer of 0xa5. */
export function frameView(hex: string, lead = 0): { readonly view: DataView; readonly length: number } {
  const octets = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const bytes = new Uint8Array(lead + octets.length + 3).fill(0xa5);
  bytes.set(octets, lead);
  return { view: new DataView(bytes.buffer), length: octets.length };
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** What stands at a place of an object. */
export const ValueKind = { Absent: 0, Number: 1, Text: 2, Null: 3, Object: 4, Other: 5 } as const;

const Char = {
  Quote: 34,
  Plus: 43,
  Comma: 44,
  Minus: 45,
  Point: 46,
  Zero: 48,
  Nine: 57,
  Colon: 58,
  UpperE: 69,
  OpenList: 91,
  Backslash: 92,
  CloseList: 93,
  LowerE: 101,
  OpenObject: 123,
  CloseObject: 125,
} as const;
const SPACE = 32;
const ASCII_END = 128;
const DEPTH_MAX = 8;
const NONE = -1;
const LITERALS = ["null", "true", "false"].map((text) => Buffer.from(text));

/** A key that is looked for. */
interface Key {
  readonly bytes: Uint8Array;
  readonly place: number;
  /** Keys within, of an object. */
  readonly inner: Level | undefined;
}

/** Keys of one object by a hash of their bytes. */
type Level = ReadonlyMap<number, Key>;

/** Keys that are looked for, prepared; walkers share them. */
export interface ObjectKeys {
  readonly count: number;
  readonly level: Level;
}

/** @param keys in the order of their places; those of an object within are written `stats.volume`, beside `stats` */
export function objectKeys(keys: readonly string[]): ObjectKeys {
  return { count: keys.length, level: levelOf(keys, "") };
}

/**
 * Finds the values of known keys in the bytes of one JSON object, whatever their order, without making anything of
 * them. It takes less than JSON is: no spaces, no escapes, ASCII alone. What it takes is JSON, and where a key stands
 * twice the later value counts, as for the general reader.
 */
export class JsonObjectWalker {
  /** By place: what is there, and where its bytes begin and end. Texts are without their quotes. */
  readonly kinds: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly #level: Level;
  #frame: Uint8Array = new Uint8Array();

  constructor({ count, level }: ObjectKeys) {
    this.kinds = new Uint8Array(count);
    this.starts = new Int32Array(count);
    this.ends = new Int32Array(count);
    this.#level = level;
  }

  /** The place behind the object that begins at `start`; -1 for what it does not take. */
  walk(frame: Uint8Array, start: number): number {
    this.#frame = frame;
    this.kinds.fill(ValueKind.Absent);
    return frame[start] === Char.OpenObject ? this.#object(start, this.#level, 0) : NONE;
  }

  #object(start: number, level: Level | undefined, depth: number): number {
    const frame = this.#frame;
    if (depth > DEPTH_MAX) return NONE;
    let at = start + 1;
    if (frame[at] === Char.CloseObject) return at + 1;
    for (;;) {
      if (frame[at] !== Char.Quote) return NONE;
      const keyStart = at + 1;
      let hash = 0;
      let char = frame[keyStart];
      at = keyStart;
      while (char !== Char.Quote) {
        if (char === undefined || char === Char.Backslash || char < SPACE || char >= ASCII_END) return NONE;
        hash = (Math.imul(hash, 31) + char) & HASH_BITS;
        char = frame[++at];
      }
      const key = level && keyAt(level, hash, frame, keyStart, at);
      if (frame[++at] !== Char.Colon) return NONE;
      at = this.#value(at + 1, key, depth + 1);
      if (at === NONE) return NONE;
      const next = frame[at++];
      if (next === Char.CloseObject) return at;
      if (next !== Char.Comma) return NONE;
    }
  }

  #value(start: number, key: Key | undefined, depth: number): number {
    let kind: number = ValueKind.Other;
    let end: number;
    switch (this.#frame[start]) {
      case Char.Quote:
        kind = ValueKind.Text;
        end = this.#text(start);
        break;
      case Char.OpenObject:
        kind = ValueKind.Object;
        if (key?.inner) for (const { place } of key.inner.values()) this.kinds[place] = ValueKind.Absent;
        end = this.#object(start, key?.inner, depth);
        break;
      case Char.OpenList:
        end = this.#list(start, depth);
        break;
      case 110: // n
        kind = ValueKind.Null;
        end = this.#literal(start);
        break;
      case 102: // f
      case 116: // t
        end = this.#literal(start);
        break;
      default:
        kind = ValueKind.Number;
        end = numberEnd(this.#frame, start);
    }
    if (key && end !== NONE) {
      const isText = kind === ValueKind.Text;
      this.kinds[key.place] = kind;
      this.starts[key.place] = isText ? start + 1 : start;
      this.ends[key.place] = isText ? end - 1 : end;
    }
    return end;
  }

  #text(start: number): number {
    const frame = this.#frame;
    for (let at = start + 1; ; at++) {
      const char = frame[at];
      if (char === Char.Quote) return at + 1;
      if (char === undefined || char === Char.Backslash || char < SPACE || char >= ASCII_END) return NONE;
    }
  }

  #list(start: number, depth: number): number {
    const frame = this.#frame;
    if (depth > DEPTH_MAX) return NONE;
    let at = start + 1;
    if (frame[at] === Char.CloseList) return at + 1;
    for (;;) {
      at = this.#value(at, undefined, depth + 1);
      if (at === NONE) return NONE;
      const next = frame[at++];
      if (next === Char.CloseList) return at;
      if (next !== Char.Comma) return NONE;
    }
  }

  #literal(start: number): number {
    for (const literal of LITERALS) if (standsAt(literal, this.#frame, start)) return start + literal.length;
    return NONE;
  }
}

/** Small enough to be no heap number. */
const HASH_BITS = 0x3fff_ffff;

function levelOf(keys: readonly string[], prefix: string): Level {
  const level = new Map<number, Key>();
  keys.forEach((name, place) => {
    if (!name.startsWith(prefix) || name.slice(prefix.length).includes(".")) return;
    const bytes = Buffer.from(name.slice(prefix.length));
    const hasInner = keys.some((other) => other.startsWith(`${name}.`));
    const hash = bytes.reduce((sum, char) => (Math.imul(sum, 31) + char) & HASH_BITS, 0);
    if (level.has(hash)) throw new RangeError(`the keys of ${name} and another have one hash`);
    level.set(hash, { bytes, place, inner: hasInner ? levelOf(keys, `${name}.`) : undefined });
  });
  return level;
}

function keyAt(level: Level, hash: number, frame: Uint8Array, start: number, end: number): Key | undefined {
  const key = level.get(hash);
  if (!key || key.bytes.length !== end - start || !standsAt(key.bytes, frame, start)) return undefined;
  return key;
}

/** Whether these bytes stand at a place. */
export function standsAt(bytes: Uint8Array, frame: Uint8Array, start: number): boolean {
  for (let at = 0; at < bytes.length; at++) if (frame[start + at] !== bytes[at]) return false;
  return true;
}

/** The end of a number of JSON, -1 for what is none. */
function numberEnd(frame: Uint8Array, start: number): number {
  let at = start;
  if (frame[at] === Char.Minus) at++;
  if (frame[at] === Char.Zero) at++;
  else {
    at = digitsEnd(frame, at);
    if (at === NONE) return NONE;
  }
  if (frame[at] === Char.Point) {
    at = digitsEnd(frame, at + 1);
    if (at === NONE) return NONE;
  }
  if (frame[at] === Char.LowerE || frame[at] === Char.UpperE) {
    at++;
    if (frame[at] === Char.Plus || frame[at] === Char.Minus) at++;
    return digitsEnd(frame, at);
  }
  return at;
}

/** Behind at least one digit. */
function digitsEnd(frame: Uint8Array, start: number): number {
  let at = start;
  while (isDigit(frame[at])) at++;
  return at === start ? NONE : at;
}

function isDigit(char: number | undefined): boolean {
  return char !== undefined && char >= Char.Zero && char <= Char.Nine;
}

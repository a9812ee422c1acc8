import { Char, type FrameBytes, Literal, NOWHERE, skipValue } from "@ims/integration-kit";
import { MILLIS_MAX, MILLIS_MIN } from "../json/number-fields.js";

/** What stands at a place of an object. A long number has more digits than are read here. */
export const ValueKind = {
  Absent: 0,
  Number: 1,
  LongNumber: 2,
  Text: 3,
  Null: 4,
  Object: 5,
  List: 6,
  Other: 7,
} as const;

/** Longer keys, and more keys of one object than these, are left to the JSON reader. */
const KEY_BYTES_MAX = 64;
const KEYS_MAX = 128;
/** Small enough to be no heap number. */
const HASH_BITS = 0x3fff_ffff;
const NULL = new Literal("null");

/** A key that was seen, or is looked for. */
interface Key {
  /** `"key":` */
  readonly literal: Literal;
  readonly name: Uint8Array;
  /** -1: its value does not matter. */
  readonly place: number;
  /** Of an object in which keys are looked for. */
  readonly inner: Level | undefined;
  /** What stood behind it last: it is tried first. */
  next: Key | undefined;
}

/** Keys of one object by a hash of their bytes. */
interface Level {
  readonly keys: Map<number, Key>;
  /** The one that stood first last. */
  first: Key | undefined;
}

/** Reads a list that is looked for. @returns the place behind it, or {@link NOWHERE} */
export type ReadList = (frame: FrameBytes, start: number, place: number) => number;

/**
 * Finds the values of known keys in the bytes of one JSON object, whatever their order, without making anything of
 * them: numbers as mantissa and scale, texts as places. Frames of one channel have one order, so the key that stood
 * behind another one last time is tried first. It takes less than JSON is: no spaces, no escapes, ASCII alone, and no
 * key that is looked for twice.
 */
export class ObjectWalker {
  /** By place: what is there. */
  readonly kinds: Uint8Array;
  /** Of a number: value = mantissa × 10^-scale, both exact; -0 for a negative zero. */
  readonly mantissas: Float64Array;
  readonly scales: Uint8Array;
  /** Of a text: where its letters begin and end. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly #level: Level;
  readonly #readList: ReadList;

  /**
   * @param keys in the order of their places; those of an object within are written `stats.volume`, beside `stats`
   * @param readList of lists that are looked for; else their content does not matter
   */
  constructor(keys: readonly string[], readList: ReadList = skipValue) {
    const { length } = keys;
    this.kinds = new Uint8Array(length);
    this.mantissas = new Float64Array(length);
    this.scales = new Uint8Array(length);
    this.starts = new Int32Array(length);
    this.ends = new Int32Array(length);
    this.#level = levelOf(keys, "");
    this.#readList = readList;
  }

  /** The place behind the object that begins at `start`, which is not 0; {@link NOWHERE} for what it does not take. */
  walk(frame: FrameBytes, start: number): number {
    this.kinds.fill(ValueKind.Absent);
    return this.#object(frame, start, this.#level);
  }

  /** The smallest scale, `least` at the least, at which the number of a place is whole. */
  scaleOf(place: number, least: number): number {
    let scale = this.scales[place]!;
    if (scale <= least) return least;
    let mantissa = this.mantissas[place]!;
    while (scale > least && mantissa % 10 === 0) {
      mantissa /= 10;
      scale--;
    }
    this.mantissas[place] = mantissa;
    this.scales[place] = scale;
    return scale;
  }

  /** Brings the number of a place to a scale of at least {@link scaleOf}; false for one that is beyond 2^53 there. */
  bringTo(place: number, scale: number): boolean {
    const mantissa = this.mantissas[place]! * POWERS_OF_TEN[scale - this.scales[place]!]!;
    this.mantissas[place] = mantissa;
    this.scales[place] = scale;
    return Number.isSafeInteger(mantissa);
  }

  /** Whether a place has a whole number of 0 to `max`, which is its mantissa from now on. */
  isCount(place: number, max: number): boolean {
    if (this.kinds[place] !== ValueKind.Number || this.scaleOf(place, 0) !== 0) return false;
    // Without the sign of a negative zero.
    const count = this.mantissas[place]! + 0;
    this.mantissas[place] = count;
    return count >= 0 && count <= max;
  }

  /** Whether a place has a time in milliseconds, as `readTimestamp` takes it, which is its mantissa from now on. */
  isTimestamp(place: number): boolean {
    return this.isCount(place, MILLIS_MAX) && this.mantissas[place]! >= MILLIS_MIN;
  }

  /** Makes a double of the mantissa: both parts are exact, so it is the nearest one, as `Number` of the text. */
  makeDouble(place: number): void {
    this.mantissas[place] = this.mantissas[place]! / POWERS_OF_TEN[this.scales[place]!]!;
    this.scales[place] = 0;
  }

  /** Whether a place has this text. @param quoted the text in its quotes */
  isText(frame: FrameBytes, place: number, quoted: Literal): boolean {
    return (
      this.kinds[place] === ValueKind.Text &&
      frame.text(this.starts[place]! - 1, quoted) === this.ends[place]! + 1
    );
  }

  #object(frame: FrameBytes, start: number, level: Level): number {
    const { bytes } = frame;
    if (bytes[start] !== Char.OpenBrace) return NOWHERE;
    let at = start + 1;
    if (bytes[at] === Char.CloseBrace) return at + 1;
    let before: Key | undefined;
    let key = level.first;
    for (;;) {
      let valueStart = key === undefined ? NOWHERE : frame.text(at, key.literal);
      if (valueStart === NOWHERE) {
        key = lookUp(frame, at, level);
        if (key === undefined) return NOWHERE;
        valueStart = at + key.literal.length;
        if (before === undefined) level.first = key;
        else before.next = key;
      }
      at = this.#value(frame, valueStart, key!);
      if (at === NOWHERE) return NOWHERE;
      const byte = bytes[at++];
      if (byte === Char.CloseBrace) return at;
      if (byte !== Char.Comma) return NOWHERE;
      before = key;
      key = key!.next;
    }
  }

  #value(frame: FrameBytes, start: number, { inner, place }: Key): number {
    if (place < 0) return skipValue(frame, start);
    if (this.kinds[place] !== ValueKind.Absent) return NOWHERE;
    switch (frame.bytes[start]) {
      case Char.Quote: {
        const end = frame.plainText(start);
        this.kinds[place] = ValueKind.Text;
        this.starts[place] = start + 1;
        this.ends[place] = end - 1;
        return end;
      }
      case Char.OpenBrace:
        this.kinds[place] = ValueKind.Object;
        return inner === undefined ? skipValue(frame, start) : this.#object(frame, start, inner);
      case Char.OpenBracket:
        this.kinds[place] = ValueKind.List;
        return this.#readList(frame, start, place);
      case Char.LowerN:
        this.kinds[place] = ValueKind.Null;
        return frame.text(start, NULL);
      case Char.LowerF:
      case Char.LowerT:
        this.kinds[place] = ValueKind.Other;
        return skipValue(frame, start);
      default: {
        const end = frame.number(start);
        this.kinds[place] = frame.scale < 0 ? ValueKind.LongNumber : ValueKind.Number;
        this.mantissas[place] = frame.value;
        this.scales[place] = frame.scale;
        return end;
      }
    }
  }
}

/** All of them are exact. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, power) => 10 ** power);

/** The key that stands here, known or not; undefined for none that is read here. */
function lookUp(frame: FrameBytes, start: number, { keys }: Level): Key | undefined {
  const { bytes } = frame;
  const end = frame.plainText(start) - 1;
  const length = end - start - 1;
  if (length < 1 || length > KEY_BYTES_MAX || bytes[end + 1] !== Char.Colon) return undefined;
  const hash = hashOf(bytes, start + 1, end);
  const known = keys.get(hash);
  if (known !== undefined) return isAt(known.name, bytes, start + 1, end) ? known : undefined;
  if (keys.size >= KEYS_MAX) return undefined;
  const key = keyOf(bytes.slice(start + 1, end), -1, undefined);
  keys.set(hash, key);
  return key;
}

function levelOf(keys: readonly string[], prefix: string): Level {
  const level: Level = { keys: new Map(), first: undefined };
  keys.forEach((name, place) => {
    if (!name.startsWith(prefix) || name.slice(prefix.length).includes(".")) return;
    const bytes = Buffer.from(name.slice(prefix.length));
    const inner = keys.some((other) => other.startsWith(`${name}.`)) ? levelOf(keys, `${name}.`) : undefined;
    const hash = hashOf(bytes, 0, bytes.length);
    if (level.keys.has(hash)) throw new RangeError(`the keys of ${name} and another have one hash`);
    level.keys.set(hash, keyOf(bytes, place, inner));
  });
  return level;
}

function keyOf(name: Uint8Array, place: number, inner: Level | undefined): Key {
  const literal = new Literal(`"${Buffer.from(name).toString("latin1")}":`);
  return { literal, name, place, inner, next: undefined };
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + bytes[at]!) & HASH_BITS;
  return hash;
}

/** Whether `bytes[start, end)` are the name. */
export function isAt(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let index = 0; index < name.length; index++) if (bytes[start + index] !== name[index]) return false;
  return true;
}

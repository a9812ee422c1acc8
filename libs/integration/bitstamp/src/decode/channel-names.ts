import { Char, type FrameBytes, NOWHERE } from "@ims/integration-kit";
import { streamsOf } from "../channels.js";

/** A channel that frames came of. */
interface KnownChannel {
  readonly name: Uint8Array;
  readonly streams: readonly string[];
}

/** A power of two; more channels than a connection may hold. */
const SLOTS = 1024;

/**
 * Streams of channels by the bytes of their names, so that no text is made of a name that came before. Two names may
 * want the same slot: then each puts the other out of it, which costs a text and nothing else.
 */
export class ChannelNames {
  /** Of the name last read by {@link read}. */
  streams: readonly string[] = [];
  readonly #slots = new Array<KnownChannel | undefined>(SLOTS).fill(undefined);

  /** Reads a name in quotes; gives the place behind it, or `NOWHERE` for what JSON would perhaps read otherwise. */
  read({ bytes }: FrameBytes, start: number): number {
    if (start === NOWHERE || bytes[start] !== Char.Quote) return NOWHERE;
    const first = start + 1;
    let at = first;
    let hash = 0;
    for (; isNameByte(bytes[at]!); at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    if (bytes[at] !== Char.Quote) return NOWHERE;
    this.streams = this.#streamsOf(bytes, first, at, hash);
    return at + 1;
  }

  /** @param hash of the name's bytes, always the same for the same bytes */
  #streamsOf(bytes: Uint8Array, start: number, end: number, hash: number): readonly string[] {
    const slot = hash & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known !== undefined && isSame(known.name, bytes, start, end)) return known.streams;
    const name = bytes.slice(start, end);
    const streams = streamsOf(String.fromCharCode(...name));
    this.#slots[slot] = { name, streams };
    return streams;
  }
}

function isSame(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const { length } = name;
  if (length !== end - start) return false;
  for (let index = 0; index < length; index++) if (name[index] !== bytes[start + index]) return false;
  return true;
}

/** `a` to `z`, digits, `_` and `-`: nothing that JSON would read as something else. */
function isNameByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte === 0x2d;
}

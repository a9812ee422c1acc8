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
  readonly #slots = new Array<KnownChannel | undefined>(SLOTS).fill(undefined);

  /** @param hash of the name's bytes, always the same for the same bytes */
  streamsOf(bytes: Uint8Array, start: number, end: number, hash: number): readonly string[] {
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

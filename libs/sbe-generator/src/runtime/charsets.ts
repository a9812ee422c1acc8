import { fail } from "./sbe-error.js";

/** The character encodings beyond ASCII, ISO-8859-1 and UTF-8, as far as the JavaScript engine can read them. */

type Decoder = InstanceType<typeof TextDecoder>;

const decoders = new Map<string, Decoder>();
const tables = new Map<string, ReadonlyMap<string, readonly number[]>>();

/** Whether the octets up to 0x7f mean what they mean in ASCII, and text can be written one by one. */
export function isSingleOctets(encoding: string): boolean {
  return encoding === "US-ASCII" || encoding === "UTF-8" || encoding === "ISO-8859-1";
}

/** The engine's decoder of a charset; throws `sbe.text-not-encodable` when it has none. */
export function decoderOf(encoding: string): Decoder {
  const known = decoders.get(encoding);
  if (known) return known;
  const decoder = createDecoder(encoding, false);
  decoders.set(encoding, decoder);
  return decoder;
}

/** @param fatal whether it throws for what the charset does not know, instead of giving U+FFFD */
function createDecoder(encoding: string, fatal: boolean): Decoder {
  try {
    // A byte order mark is a character of the field like any other.
    return new TextDecoder(encoding.toLowerCase(), { fatal, ignoreBOM: true });
  } catch {
    throw fail("sbe.text-not-encodable", `this JavaScript engine does not know the charset ${encoding}`, {
      context: { encoding },
    });
  }
}

/**
 * Octets of a text in a charset that the engine only reads: the decoder's answers turned around, once, when the charset
 * is first written. Undefined when the charset lacks a character.
 */
export function encodeWithTable(text: string, encoding: string): Uint8Array | undefined {
  let table = tables.get(encoding);
  if (table === undefined) {
    table = buildTable(encoding);
    tables.set(encoding, table);
  }
  const octets: number[] = [];
  for (const character of text) {
    const sequence = table.get(character) ?? supplementOctets(character, encoding);
    if (sequence === undefined) return undefined;
    octets.push(...sequence);
  }
  return Uint8Array.from(octets);
}

function buildTable(encoding: string): ReadonlyMap<string, readonly number[]> {
  const decoder = createDecoder(encoding, true);
  const table = new Map<string, readonly number[]>();
  for (const octets of sequences(encoding)) {
    let text: string;
    try {
      text = decoder.decode(Uint8Array.from(octets));
    } catch {
      continue;
    }
    if ([...text].length === 1 && !table.has(text)) table.set(text, octets);
  }
  return table;
}

/** Octet sequences that a charset may use for one character, in the order in which the first to match is taken. */
function* sequences(encoding: string): Generator<readonly number[]> {
  for (let first = 0; first < 0x100; first++) {
    // Decoders take 0x80 for the euro sign, which has two octets in what others write.
    if (first !== 0x80 || !encoding.startsWith("GB")) yield [first];
  }
  for (let first = 0x81; first < 0xff; first++) {
    for (let second = 0x40; second < 0xff; second++) yield [first, second];
  }
  if (encoding === "EUC-JP") {
    for (let second = 0xa1; second < 0xff; second++) {
      for (let third = 0xa1; third < 0xff; third++) yield [0x8f, second, third];
    }
  }
  if (encoding === "GB18030") {
    for (let pointer = 0; pointer <= GB18030_BMP_POINTER_MAX; pointer++) yield gb18030Octets(pointer);
  }
}

const GB18030_BMP_POINTER_MAX = 39_419;
const GB18030_SUPPLEMENT_POINTER = 189_000;

/** The four octets that GB18030 numbers through: 0x81–0xfe, 0x30–0x39, 0x81–0xfe, 0x30–0x39. */
function gb18030Octets(pointer: number): readonly number[] {
  return [
    0x81 + Math.floor(pointer / 12_600),
    0x30 + (Math.floor(pointer / 1260) % 10),
    0x81 + (Math.floor(pointer / 10) % 126),
    0x30 + (pointer % 10),
  ];
}

/** GB18030 counts the characters beyond U+FFFF through, too many for a table. */
function supplementOctets(character: string, encoding: string): readonly number[] | undefined {
  const code = character.codePointAt(0)!;
  if (encoding !== "GB18030" || code <= 0xffff) return undefined;
  return gb18030Octets(GB18030_SUPPLEMENT_POINTER + code - 0x1_0000);
}

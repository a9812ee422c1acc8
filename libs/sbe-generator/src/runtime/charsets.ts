import { fail } from "./sbe-error.js";

/** The character encodings beyond ASCII, ISO-8859-1 and UTF-8, as far as the JavaScript engine can read them. */

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();
const tables = new Map<string, ReadonlyMap<string, readonly number[]>>();

/** The engine's decoder of a charset; throws `sbe.text-not-encodable` when it has none. */
export function decoderOf(encoding: string): InstanceType<typeof TextDecoder> {
  const known = decoders.get(encoding);
  if (known) return known;
  try {
    const decoder = new TextDecoder(encoding.toLowerCase(), { ignoreBOM: true });
    decoders.set(encoding, decoder);
    return decoder;
  } catch {
    throw fail("sbe.text-not-encodable", `this JavaScript engine does not know the charset ${encoding}`, {
      context: { encoding },
    });
  }
}

/**
 * Octets of a text in a charset that the engine only reads: by a table of all sequences of one and two octets, made at
 * the first use. Characters of longer sequences are refused with `sbe.text-not-encodable`.
 */
export function encodeWithTable(text: string, encoding: string, field: string): Uint8Array {
  const table = tableOf(encoding);
  const octets: number[] = [];
  for (const character of text) {
    const sequence = table.get(character);
    if (sequence === undefined) {
      throw fail("sbe.text-not-encodable", `${field} is ${encoding}, "${text.slice(0, 80)}" is not`, {
        context: { field, encoding },
      });
    }
    octets.push(...sequence);
  }
  return Uint8Array.from(octets);
}

function tableOf(encoding: string): ReadonlyMap<string, readonly number[]> {
  const known = tables.get(encoding);
  if (known) return known;
  const decoder = decoderOf(encoding);
  const table = new Map<string, readonly number[]>();
  const add = (sequence: readonly number[]): boolean => {
    const text = decoder.decode(Uint8Array.from(sequence));
    if (text.includes("\ufffd") || [...text].length !== 1) return false;
    if (!table.has(text)) table.set(text, sequence);
    return true;
  };
  for (let first = 0; first < 256; first++) {
    if (add([first])) continue;
    for (let second = 0; second < 256; second++) add([first, second]);
  }
  tables.set(encoding, table);
  return table;
}

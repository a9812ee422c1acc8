/** Octet sequences that a charset may use for one character, in the order in which the first to match is taken. */
function* sequences(charset: string): Generator<readonly number[]> {
  for (let first = 0; first < 0x100; first++) {
    // Decoders take 0x80 for the euro sign, which has two octets in what others write.
    if (first !== 0x80 || !charset.startsWith("GB")) yield [first];
  }
  for (let first = 0x81; first < 0xff; first++) {
    for (let second = 0x40; second < 0xff; second++) yield [first, second];
  }
  if (charset === "EUC-JP") {
    for (let second = 0xa1; second < 0xff; second++) {
      for (let third = 0xa1; third < 0xff; third++) yield [0x8f, second, third];
    }
  }
  if (charset === "GB18030") {
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

/**
 * An encoder for a charset that the platform can only decode: the decoder's answers turned around, once, when the
 * charset is first written.
 */
export function tableEncoder(charset: string): (text: string) => Uint8Array | undefined {
  let table: ReadonlyMap<string, readonly number[]> | undefined;
  return (text) => {
    table ??= buildTable(charset);
    const octets: number[] = [];
    for (const character of text) {
      const code = character.codePointAt(0)!;
      const found =
        table.get(character) ??
        (charset === "GB18030" && code > 0xffff
          ? gb18030Octets(GB18030_SUPPLEMENT_POINTER + code - 0x1_0000)
          : undefined);
      if (!found) return undefined;
      octets.push(...found);
    }
    return Uint8Array.from(octets);
  };
}

function buildTable(charset: string): ReadonlyMap<string, readonly number[]> {
  const decoder = new TextDecoder(charset.toLowerCase(), { fatal: true, ignoreBOM: true });
  const table = new Map<string, readonly number[]>();
  for (const octets of sequences(charset)) {
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

/** Bytes that JSON is made of. */
export const Char = {
  Space: 0x20,
  Quote: 0x22,
  Plus: 0x2b,
  Comma: 0x2c,
  Minus: 0x2d,
  Point: 0x2e,
  Zero: 0x30,
  Colon: 0x3a,
  OpenBracket: 0x5b,
  Backslash: 0x5c,
  CloseBracket: 0x5d,
  LowerE: 0x65,
  LowerF: 0x66,
  LowerN: 0x6e,
  LowerT: 0x74,
  OpenBrace: 0x7b,
  CloseBrace: 0x7d,
} as const;

const FOUR_ZEROS = 0x30303030;

/** The number that four digits make, or -1 if there are other bytes among them. */
export function fourDigits(view: DataView, at: number): number {
  const word = view.getInt32(at, true) ^ FOUR_ZEROS;
  // A byte above 9 reaches its highest bit by the addition, or has it set already.
  if (((word + 0x76767676) | word) & 0x80808080) return -1;
  // Each byte times ten plus the one behind it, which stands above it in the word: at most 99, so nothing is carried.
  const pairs = Math.imul(word, 10) + (word >>> 8);
  return Math.imul(pairs & 0xff, 100) + ((pairs >>> 16) & 0xff);
}

/** 1 for the bytes of a plain text: ASCII that is neither quote nor escape nor control character. */
export const PLAIN: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= Char.Space && byte < 0x80 && byte !== Char.Quote && byte !== Char.Backslash ? 1 : 0,
);

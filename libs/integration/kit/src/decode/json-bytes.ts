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
  return (word & 15) * 1000 + ((word >> 8) & 15) * 100 + ((word >> 16) & 15) * 10 + (word >> 24);
}

/** 1 for the bytes of a plain text: ASCII that is neither quote nor escape nor control character. */
export const PLAIN: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= Char.Space && byte < 0x80 && byte !== Char.Quote && byte !== Char.Backslash ? 1 : 0,
);

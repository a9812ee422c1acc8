/** The bytes that walkers compare with. */
export const Char = {
  Space: 0x20,
  Quote: 0x22,
  Comma: 0x2c,
  Point: 0x2e,
  Zero: 0x30,
  Nine: 0x39,
  Colon: 0x3a,
  At: 0x40,
  OpenBracket: 0x5b,
  Backslash: 0x5c,
  CloseBracket: 0x5d,
  OpenBrace: 0x7b,
  CloseBrace: 0x7d,
  UpperA: 0x41,
  UpperB: 0x42,
  UpperE: 0x45,
  UpperI: 0x49,
  UpperM: 0x4d,
  UpperT: 0x54,
  UpperU: 0x55,
  UpperX: 0x58,
  LowerA: 0x61,
  LowerB: 0x62,
  LowerD: 0x64,
  LowerE: 0x65,
  LowerF: 0x66,
  LowerL: 0x6c,
  LowerM: 0x6d,
  LowerP: 0x70,
  LowerQ: 0x71,
  LowerR: 0x72,
  LowerS: 0x73,
  LowerT: 0x74,
  LowerU: 0x75,
} as const;

/** The bytes of a literal that a walker compares with. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

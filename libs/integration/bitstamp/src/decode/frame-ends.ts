import { Char, type FrameBytes, Literal, NOWHERE } from "@ims/integration-kit";

const DATA = new Literal('{"data":');
/** Quotes of `"channel":"…","event":"…"`. */
const TAIL_QUOTES = 8;
/** Names of channels are far shorter. */
const TAIL_BYTES_MAX = 160;

/** The first key within `{"data":{`. */
export function dataStart(frame: FrameBytes): number {
  const at = frame.firstKey(0, DATA);
  return frame.bytes[at] === Char.OpenBrace && at !== 0 ? at + 1 : NOWHERE;
}

/** Whether the `data` ends here, and what has to stand behind it begins. */
export function isDataEnd({ bytes }: FrameBytes, at: number, behind: number): boolean {
  return at !== NOWHERE && bytes[at] === Char.CloseBrace && at + 1 === behind;
}

/** Where the comma in front of `"channel"` should stand: quotes are counted from the end. */
export function tailStart({ bytes, end }: FrameBytes): number {
  const least = Math.max(0, end - TAIL_BYTES_MAX);
  let quotes = 0;
  for (let at = end - 1; at > least; at--) {
    if (bytes[at] !== Char.Quote || ++quotes < TAIL_QUOTES) continue;
    return bytes[at - 1] === Char.Space ? at - 2 : at - 1;
  }
  return NOWHERE;
}

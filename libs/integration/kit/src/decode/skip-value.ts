import { type FrameBytes, NOWHERE } from "./frame-bytes.js";
import { Char } from "./json-bytes.js";
import { Literal } from "./literal.js";

const NULL = new Literal("null");
const TRUE = new Literal("true");
const FALSE = new Literal("false");
/** What is nested deeper is left to the JSON reader. */
const DEPTH_MAX = 8;

/** Behind a JSON value whose content does not matter, without spaces, its texts of ASCII without escapes. */
export function skipValue(frame: FrameBytes, start: number): number {
  return skip(frame, start, 0);
}

function skip(frame: FrameBytes, start: number, depth: number): number {
  switch (frame.bytes[start]) {
    case Char.Quote:
      return frame.plainText(start);
    case Char.OpenBrace:
      return skipMembers(frame, start, depth + 1, Char.CloseBrace);
    case Char.OpenBracket:
      return skipMembers(frame, start, depth + 1, Char.CloseBracket);
    case Char.LowerN:
      return frame.text(start, NULL);
    case Char.LowerT:
      return frame.text(start, TRUE);
    case Char.LowerF:
      return frame.text(start, FALSE);
    default:
      return frame.skipNumber(start);
  }
}

/** Of an object or a list, to behind `close`. */
function skipMembers(frame: FrameBytes, start: number, depth: number, close: number): number {
  const { bytes } = frame;
  if (depth > DEPTH_MAX) return NOWHERE;
  let at = start + 1;
  if (bytes[at] === close) return at + 1;
  for (;;) {
    if (close === Char.CloseBrace) {
      at = frame.plainText(at);
      if (at === NOWHERE || bytes[at] !== Char.Colon) return NOWHERE;
      at++;
    }
    at = skip(frame, at, depth);
    if (at === NOWHERE) return NOWHERE;
    const byte = bytes[at++];
    if (byte === close) return at;
    if (byte !== Char.Comma) return NOWHERE;
  }
}

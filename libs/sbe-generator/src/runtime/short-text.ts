/** What one call makes a string of: each further piece costs a string and a joining. */
const PIECE_LENGTH = 12;

/** Text of octets that are the numbers of their characters, for short texts: a TextDecoder costs ten times as much. */
export function octetText(bytes: Uint8Array, start: number, length: number): string {
  if (length <= PIECE_LENGTH) return piece(bytes, start, length);
  let text = "";
  let index = 0;
  for (; index + PIECE_LENGTH <= length; index += PIECE_LENGTH)
    text += piece(bytes, start + index, PIECE_LENGTH);
  return text + piece(bytes, start + index, length - index);
}

/** Arguments in a row, since an array of them costs more than the string. */
function piece(b: Uint8Array, i: number, length: number): string {
  const code = String.fromCharCode;
  switch (length) {
    case 0:
      return "";
    case 1:
      return code(b[i]!);
    case 2:
      return code(b[i]!, b[i + 1]!);
    case 3:
      return code(b[i]!, b[i + 1]!, b[i + 2]!);
    case 4:
      return code(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!);
    case 5:
      return code(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!);
    case 6:
      return code(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!);
    case 7:
      return code(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!, b[i + 6]!);
    case 8:
      return code(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!, b[i + 6]!, b[i + 7]!);
    case 9:
      return code(
        b[i]!,
        b[i + 1]!,
        b[i + 2]!,
        b[i + 3]!,
        b[i + 4]!,
        b[i + 5]!,
        b[i + 6]!,
        b[i + 7]!,
        b[i + 8]!,
      );
    case 10:
      return code(
        b[i]!,
        b[i + 1]!,
        b[i + 2]!,
        b[i + 3]!,
        b[i + 4]!,
        b[i + 5]!,
        b[i + 6]!,
        b[i + 7]!,
        b[i + 8]!,
        b[i + 9]!,
      );
    case 11:
      return code(
        b[i]!,
        b[i + 1]!,
        b[i + 2]!,
        b[i + 3]!,
        b[i + 4]!,
        b[i + 5]!,
        b[i + 6]!,
        b[i + 7]!,
        b[i + 8]!,
        b[i + 9]!,
        b[i + 10]!,
      );
    default:
      return code(
        b[i]!,
        b[i + 1]!,
        b[i + 2]!,
        b[i + 3]!,
        b[i + 4]!,
        b[i + 5]!,
        b[i + 6]!,
        b[i + 7]!,
        b[i + 8]!,
        b[i + 9]!,
        b[i + 10]!,
        b[i + 11]!,
      );
  }
}

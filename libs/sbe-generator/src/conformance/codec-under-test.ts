import type { JsonObject, JsonValue } from "../dynamic/json-value.js";

export interface DecodedValues {
  readonly message: string;
  readonly values: JsonValue;
  /** Octets consumed, the header included. */
  readonly length: number;
}

/** One way to read and write the messages of a schema; all of them must do the same. */
export interface CodecUnderTest {
  /** For the names of checks: `tokens` or `code`. */
  readonly name: string;
  /** @param header values for members of the header that the message does not determine */
  encode(message: string, values: JsonObject, header: JsonObject): Uint8Array;
  /** Reads the frame at `offset`; what is behind the frame is left alone. */
  decode(bytes: Uint8Array, offset: number): DecodedValues;
}

/** Whether an error is one that codecs announce, with a code; anything else is a fault of theirs. */
export function isTypedError(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("sbe.")
  );
}

import { fail } from "../errors/protocol-errors.js";
import { USER_HEADERS_BYTES_MAX } from "../primitives/user-headers.js";

/** Rule of the official clients; a payload has at least one byte. */
export const PAYLOAD_BYTES_MAX = 64_000_000;

/**
 * Throws `iggy-protocol.argument-out-of-range` for a payload that is not 1 to {@link PAYLOAD_BYTES_MAX} bytes, or
 * encoded user headers above {@link USER_HEADERS_BYTES_MAX}.
 * @param index of the message in its batch
 */
export function checkMessageBytes(payloadLength: number, headersLength: number, index: number): void {
  if (!(payloadLength >= 1 && payloadLength <= PAYLOAD_BYTES_MAX)) {
    throw outOfRange("payload", payloadLength, index, `1 to ${PAYLOAD_BYTES_MAX} bytes`);
  }
  if (!(headersLength >= 0 && headersLength <= USER_HEADERS_BYTES_MAX)) {
    throw outOfRange("user headers", headersLength, index, `at most ${USER_HEADERS_BYTES_MAX} bytes`);
  }
}

function outOfRange(field: string, length: number, index: number, rule: string): Error {
  return fail(
    "iggy-protocol.argument-out-of-range",
    `${field} of message ${index} is ${length} bytes, allowed: ${rule}`,
    { context: { field, index, rule } },
  );
}

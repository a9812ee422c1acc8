import { encodeUserHeaders, USER_HEADERS_BYTES_MAX } from "@ims/iggy-protocol";
import { fail } from "../errors.js";
import type { ProducerMessage } from "./topic-producer-options.js";

/** Limits of the official clients (sdk-features.md section 1). */
const PAYLOAD_BYTES_MAX = 64_000_000;
const KEY_BYTES_MAX = 255;
const NO_HEADERS = new Uint8Array(0);

export interface MessageLimits {
  /** Room for payload and headers in an empty batch. */
  readonly batchBytesMax: number;
  /** What encryption adds to the payload, and to headers if there are any. */
  readonly addedBytes: number;
}

/**
 * Checks every message before any is taken, so that a call is refused whole. Gives the encoded user headers, or nothing
 * when no message has some. Throws `iggy-client.argument` and `iggy-client.payload-too-large` with the message's index.
 */
export function checkMessages(
  messages: readonly ProducerMessage[],
  limits: MessageLimits,
): (Uint8Array | undefined)[] | undefined {
  let encoded: (Uint8Array | undefined)[] | undefined;
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index]!;
    let headersBytes = 0;
    if (message.headers !== undefined) {
      const headers = encodedHeaders(message.headers, index);
      if (headers.length > 0) {
        encoded ??= new Array<Uint8Array | undefined>(messages.length);
        encoded[index] = headers;
        headersBytes = headers.length + limits.addedBytes;
      }
    }
    checkMessage(message, index, headersBytes, limits);
  }
  return encoded;
}

function checkMessage(
  { payload, id, originMicros, key }: ProducerMessage,
  index: number,
  headersBytes: number,
  { batchBytesMax, addedBytes }: MessageLimits,
): void {
  if (!(payload instanceof Uint8Array) || payload.length === 0) {
    throw fail("iggy-client.argument", `message ${index} has no payload; 1 byte at least is needed`);
  }
  const byteCount = payload.length + addedBytes + headersBytes;
  if (byteCount > batchBytesMax || payload.length > PAYLOAD_BYTES_MAX) {
    const most = Math.min(batchBytesMax, PAYLOAD_BYTES_MAX);
    throw fail("iggy-client.payload-too-large", `message ${index} takes ${byteCount} bytes of ${most}`);
  }
  if (originMicros !== undefined && !(Number.isSafeInteger(originMicros) && originMicros >= 0)) {
    throw fail("iggy-client.argument", `message ${index} has ${originMicros} as its creation time`);
  }
  if (id !== undefined && (typeof id !== "bigint" || BigInt.asUintN(128, id) !== id)) {
    throw fail("iggy-client.argument", `the id of message ${index} is not an unsigned integer of 128 bits`);
  }
  if (key !== undefined) {
    const keyBytes = typeof key === "string" ? Buffer.byteLength(key) : key.length;
    if (!(keyBytes >= 1 && keyBytes <= KEY_BYTES_MAX)) {
      throw fail(
        "iggy-client.argument",
        `the key of message ${index} has ${keyBytes} bytes, allowed are 1 to ${KEY_BYTES_MAX}`,
      );
    }
  }
}

function encodedHeaders(headers: NonNullable<ProducerMessage["headers"]>, index: number): Uint8Array {
  if (!(headers instanceof Uint8Array)) return headers.length === 0 ? NO_HEADERS : encodeUserHeaders(headers);
  if (headers.length > USER_HEADERS_BYTES_MAX) {
    throw fail(
      "iggy-client.argument",
      `message ${index} has ${headers.length} bytes of user headers, allowed are ${USER_HEADERS_BYTES_MAX}`,
    );
  }
  return headers;
}

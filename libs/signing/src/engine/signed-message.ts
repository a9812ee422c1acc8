import { createHash, hash } from "node:crypto";
import { fail } from "../errors.js";
import { DIGEST_BYTES } from "../schemes.js";

/** Begins everything that is signed, so that no signature is one of another protocol. */
const TAG = Buffer.from("ims-signature-1\0", "latin1");
const KIND_MESSAGE = 1;
const KIND_BATCH = 2;
/** Octets of the longest context. */
export const CONTEXT_BYTES_MAX = 1_024;
/** Octets of the longest message that is signed, 16 MiB. */
export const MESSAGE_BYTES_MAX = 16 << 20;
/** Messages up to so many octets are hashed in one call, out of one buffer. */
const SHORT_BYTES = 16 << 10;
const NO_CONTEXT = new Uint8Array(0);

/**
 * Makes the digests that are signed. A message: SHA-256 of tag ‖ 1 ‖ length of the context, u16 ‖ context ‖ message; a
 * batch: of tag ‖ 2 ‖ its metadata (docs/formats/signatures.md, section "What is signed").
 */
export class DigestMaker {
  readonly #prefix: Buffer;
  readonly #short: Buffer;

  /**
   * @param context where the messages belong, for example `stream/topic/partition`; both sides have to know it
   * @throws ImsError `signing.bad-input`
   */
  constructor(context: Uint8Array = NO_CONTEXT) {
    if (context.length > CONTEXT_BYTES_MAX) {
      throw fail(
        "signing.bad-input",
        `the context has ${context.length} octets, ${CONTEXT_BYTES_MAX} at most`,
      );
    }
    this.#prefix = Buffer.alloc(TAG.length + 3 + context.length);
    TAG.copy(this.#prefix);
    this.#prefix[TAG.length] = KIND_MESSAGE;
    this.#prefix.writeUInt16LE(context.length, TAG.length + 1);
    this.#prefix.set(context, TAG.length + 3);
    this.#short = Buffer.alloc(this.#prefix.length + SHORT_BYTES);
    this.#prefix.copy(this.#short);
  }

  /**
   * Writes the 32 octets that are signed for a message.
   * @throws ImsError `signing.message-too-long`
   */
  digest(message: Uint8Array, out: Buffer, offset = 0): void {
    if (message.length <= SHORT_BYTES) {
      this.#short.set(message, this.#prefix.length);
      const input = this.#short.subarray(0, this.#prefix.length + message.length);
      out.write(hash("sha256", input, "binary"), offset, DIGEST_BYTES, "latin1");
      return;
    }
    if (message.length > MESSAGE_BYTES_MAX) {
      throw fail(
        "signing.message-too-long",
        `the message has ${message.length} octets, ${MESSAGE_BYTES_MAX} at most`,
      );
    }
    const digest = createHash("sha256").update(this.#prefix).update(message).digest();
    digest.copy(out, offset);
  }
}

/** The 32 octets that are signed for the metadata of a batch. */
export function batchDigest(metadata: Uint8Array): Buffer {
  return createHash("sha256").update(TAG).update(Uint8Array.of(KIND_BATCH)).update(metadata).digest();
}

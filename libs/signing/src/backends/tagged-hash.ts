import { createHash, hash } from "node:crypto";

const BLOCK_BYTES = 64;

/**
 * BIP-340's tagged hash, SHA-256(SHA-256(tag) ‖ SHA-256(tag) ‖ content), of content of about `contentBytes`. Parts
 * are put into one buffer, because a single call of the hash is several times faster than three; longer ones make it grow.
 */
export class TaggedHash {
  #buffer: Buffer;
  #length = BLOCK_BYTES;

  constructor(tag: string, contentBytes: number) {
    this.#buffer = Buffer.alloc(BLOCK_BYTES + contentBytes);
    const tagHash = createHash("sha256").update(tag).digest();
    tagHash.copy(this.#buffer);
    tagHash.copy(this.#buffer, tagHash.length);
  }

  put(part: Uint8Array): this {
    if (this.#length + part.length > this.#buffer.length) this.#grow(this.#length + part.length);
    this.#buffer.set(part, this.#length);
    this.#length += part.length;
    return this;
  }

  /** Hashes what was put, and begins anew with the buffer zeroed. */
  digest(out: Uint8Array): void {
    // A string would be faster, but nobody could overwrite it, and the nonce is as secret as the key.
    const digest = hash("sha256", this.#buffer.subarray(0, this.#length), "buffer");
    out.set(digest);
    digest.fill(0);
    this.#buffer.fill(0, BLOCK_BYTES, this.#length);
    this.#length = BLOCK_BYTES;
  }

  #grow(bytes: number): void {
    const before = this.#buffer;
    this.#buffer = Buffer.alloc(bytes);
    before.copy(this.#buffer, 0, 0, this.#length);
    before.fill(0);
  }
}

import { hash } from "node:crypto";
import { DIGEST_BYTES } from "../schemes.js";

/** Begins what is hashed for a leaf and for a node, RFC 6962 section 2.1. */
export const LEAF_PREFIX = 0x00;
export const NODE_PREFIX = 0x01;
/** Messages up to so many octets are hashed out of one buffer that grows to them. */
const FIRST_BYTES = 4_096;

/** The hashes of a Merkle tree, one after the other, by OpenSSL. */
export class NodeHasher {
  #leaf = Buffer.alloc(1 + FIRST_BYTES, LEAF_PREFIX);
  readonly #node = Buffer.alloc(1 + 2 * DIGEST_BYTES, NODE_PREFIX);

  /** Writes SHA-256(0 ‖ message). */
  leaf(message: Uint8Array, out: Buffer, offset: number): void {
    if (this.#leaf.length <= message.length) this.#leaf = Buffer.alloc(1 + 2 * message.length, LEAF_PREFIX);
    this.#leaf.set(message, 1);
    const digest = hash("sha256", this.#leaf.subarray(0, 1 + message.length), "binary");
    out.write(digest, offset, DIGEST_BYTES, "latin1");
  }

  /** Writes SHA-256(1 ‖ left ‖ right). */
  node(left: Uint8Array, right: Uint8Array, out: Buffer, offset: number): void {
    this.#node.set(left, 1);
    this.#node.set(right, 1 + DIGEST_BYTES);
    out.write(hash("sha256", this.#node, "binary"), offset, DIGEST_BYTES, "latin1");
  }
}

import { MESSAGE_BYTES_MAX } from "../engine/signed-message.js";
import { fail } from "../errors.js";
import { DIGEST_BYTES } from "../schemes.js";
import { TreeHasher } from "./tree-hasher.js";

/** Messages of the largest batch. */
export const BATCH_MESSAGES_MAX = 65_536;
/** Levels of its tree. */
const LEVELS_MAX = 17;

/**
 * The Merkle tree of RFC 6962 section 2.1 over up to `capacity` messages: a leaf is SHA-256(0 ‖ message), a node
 * SHA-256(1 ‖ left ‖ right), and the last one of a level without a neighbour goes up as it is. Used again for batch
 * after batch; its memory is 64 octets for each message of the capacity.
 */
export class MerkleTree {
  readonly #hasher: TreeHasher;
  /** Level after level: the leaves, then each level above. */
  readonly #hashes: Buffer;
  /** Where each level begins and how many hashes it has; valid once `#isBuilt`. */
  readonly #levels: { start: number; count: number }[] = [];
  #count = 0;
  #isBuilt = false;

  /** @throws ImsError `signing.bad-input` */
  constructor(readonly capacity: number = BATCH_MESSAGES_MAX) {
    if (!(Number.isInteger(capacity) && capacity >= 1 && capacity <= BATCH_MESSAGES_MAX)) {
      throw fail(
        "signing.bad-input",
        `a batch of ${capacity} messages; it goes from 1 to ${BATCH_MESSAGES_MAX}`,
      );
    }
    // Each level has at most half as many hashes as the one below, and one more.
    this.#hasher = new TreeHasher(2 * capacity + LEVELS_MAX);
    this.#hashes = this.#hasher.hashes;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Takes a message as the next leaf.
   * @throws ImsError `signing.bad-batch` if the tree is full, `signing.message-too-long`
   */
  add(message: Uint8Array): void {
    this.#requireRoom();
    if (message.length > MESSAGE_BYTES_MAX) {
      throw fail(
        "signing.message-too-long",
        `the message has ${message.length} octets, ${MESSAGE_BYTES_MAX} at most`,
      );
    }
    this.#hasher.leaf(message, this.#count);
    this.#count++;
    this.#isBuilt = false;
  }

  /**
   * Takes the hash of a leaf in place of its message.
   * @throws ImsError `signing.bad-batch` if the tree is full
   */
  addLeafHash(leafHash: Uint8Array): void {
    this.#requireRoom();
    if (leafHash.length !== DIGEST_BYTES) {
      throw fail("signing.bad-input", `a leaf has ${DIGEST_BYTES} octets, not ${leafHash.length}`);
    }
    this.#hashes.set(leafHash, this.#count * DIGEST_BYTES);
    this.#count++;
    this.#isBuilt = false;
  }

  /**
   * The root, 32 octets of their own.
   * @throws ImsError `signing.bad-batch` if there is no message
   */
  root(): Uint8Array {
    this.#build();
    const { start } = this.#levels.at(-1)!;
    return Uint8Array.prototype.slice.call(this.#hashes, start, start + DIGEST_BYTES);
  }

  /** The hash of a leaf; memory of the tree that changes with the next batch. */
  leafHash(index: number): Uint8Array {
    this.#requireIndex(index);
    this.#hasher.flush();
    return this.#hashes.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES);
  }

  /** The hashes of all leaves, 32 octets each; memory of the tree that changes with the next batch. */
  leafHashes(): Uint8Array {
    this.#hasher.flush();
    return this.#hashes.subarray(0, this.#count * DIGEST_BYTES);
  }

  /**
   * The audit path of a message, RFC 6962 section 2.1.1: the neighbours from the leaf up, 32 octets each.
   * @throws ImsError `signing.bad-batch`
   */
  proof(index: number): Uint8Array {
    this.#requireIndex(index);
    this.#build();
    const path: Uint8Array[] = [];
    let place = index;
    for (const { start, count } of this.#levels) {
      const neighbour = place ^ 1;
      if (neighbour < count) {
        path.push(
          this.#hashes.subarray(start + neighbour * DIGEST_BYTES, start + (neighbour + 1) * DIGEST_BYTES),
        );
      }
      place >>= 1;
    }
    return new Uint8Array(Buffer.concat(path));
  }

  /** Begins the next batch. */
  clear(): void {
    this.#count = 0;
    this.#isBuilt = false;
    this.#hasher.clear();
  }

  #build(): void {
    if (this.#isBuilt) return;
    if (this.#count === 0) throw fail("signing.bad-batch", "the batch has no message");
    this.#hasher.flush();
    this.#levels.length = 0;
    let start = 0;
    let count = this.#count;
    this.#levels.push({ start, count });
    while (count > 1) {
      const next = start + count * DIGEST_BYTES;
      const pairs = count >> 1;
      this.#hasher.nodes(start / DIGEST_BYTES, pairs, next / DIGEST_BYTES);
      if ((count & 1) === 1) {
        this.#hashes.copy(this.#hashes, next + pairs * DIGEST_BYTES, next - DIGEST_BYTES, next);
      }
      start = next;
      count = pairs + (count & 1);
      this.#levels.push({ start, count });
    }
    this.#isBuilt = true;
  }

  #requireRoom(): void {
    if (this.#count < this.capacity) return;
    throw fail("signing.bad-batch", `the batch has ${this.capacity} messages already`);
  }

  #requireIndex(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.#count) return;
    throw fail("signing.bad-batch", `there is no message ${index} in a batch of ${this.#count}`);
  }
}

import { DIGEST_BYTES } from "../schemes.js";
import { LEAF_PREFIX, NodeHasher } from "./node-hasher.js";
import {
  BLOCK_BYTES,
  FREE_START,
  LEAF_BLOCKS_MAX,
  LEAF_STRIDE,
  openSha256Lanes,
  type Sha256Lanes,
} from "./sha256-lanes.js";

const LANES = 4;
const PAGE_BYTES = 65_536;
const PADDING = 0x80;
/** Octets of padding at least: its first octet and the length. */
const PADDING_BYTES_LEAST = 9;

/** Addresses in the memory: where digests of lanes without a message go, and tables, messages and hashes. */
const SPARE = FREE_START;
const TABLES = SPARE + DIGEST_BYTES;
const TABLE_BYTES = LANES * 4;
const MESSAGES = TABLES + (LEAF_BLOCKS_MAX + 1) * TABLE_BYTES;
const HASHES = MESSAGES + LEAF_BLOCKS_MAX * LANES * LEAF_STRIDE;

/**
 * The hashes of a Merkle tree in one memory, computed four at a time. Short messages wait until four of as many blocks are
 * there; long ones go to the system's hash, which is the faster one for them.
 */
export class TreeHasher {
  /** The hashes; only behind `flush` all leaves are there. */
  readonly hashes: Buffer;
  readonly #lanes: Sha256Lanes;
  readonly #bytes: Buffer;
  readonly #tables: Uint32Array;
  /** Messages that wait, by their number of blocks. */
  readonly #waiting = new Uint8Array(LEAF_BLOCKS_MAX + 1);
  readonly #long = new NodeHasher();

  /** @param hashCount hashes that there is room for; some more are written behind them */
  constructor(hashCount: number) {
    this.#lanes = openSha256Lanes();
    const byteCount = HASHES + (hashCount + LANES) * DIGEST_BYTES;
    this.#lanes.grow(Math.ceil(byteCount / PAGE_BYTES) - 1);
    this.#bytes = Buffer.from(this.#lanes.memory.buffer);
    this.#tables = new Uint32Array(this.#lanes.memory.buffer, TABLES, (LEAF_BLOCKS_MAX + 1) * LANES);
    this.hashes = this.#bytes.subarray(HASHES, byteCount);
  }

  /** Writes SHA-256(0 ‖ message) as the hash `index`, at the latest when `flush` is called. */
  leaf(message: Uint8Array, index: number): void {
    const { length } = message;
    const blocks = Math.ceil((1 + length + PADDING_BYTES_LEAST) / BLOCK_BYTES);
    if (blocks > LEAF_BLOCKS_MAX) {
      this.#long.leaf(message, this.hashes, index * DIGEST_BYTES);
      return;
    }
    const lane = this.#waiting[blocks]!++;
    const bytes = this.#bytes;
    const start = messagesOf(blocks) + lane * LEAF_STRIDE;
    const end = start + blocks * BLOCK_BYTES;
    bytes[start] = LEAF_PREFIX;
    bytes.set(message, start + 1);
    bytes[start + 1 + length] = PADDING;
    bytes.fill(0, start + 2 + length, end - 2);
    const bits = (1 + length) * 8;
    bytes[end - 2] = bits >> 8;
    bytes[end - 1] = bits;
    this.#tables[blocks * LANES + lane] = HASHES + index * DIGEST_BYTES;
    if (lane === LANES - 1) this.#hashWaiting(blocks);
  }

  /** Hashes the messages that wait. */
  flush(): void {
    for (let blocks = 1; blocks <= LEAF_BLOCKS_MAX; blocks++) {
      const count = this.#waiting[blocks]!;
      if (count === 0) continue;
      this.#tables.fill(SPARE, blocks * LANES + count, (blocks + 1) * LANES);
      this.#hashWaiting(blocks);
    }
  }

  /** Forgets the messages that wait. */
  clear(): void {
    this.#waiting.fill(0);
  }

  /**
   * Hashes `pairs` pairs of hashes from number `from` on to the hashes from number `to` on, which do not overlap. Up to
   * three more are written behind.
   */
  nodes(from: number, pairs: number, to: number): void {
    if (pairs === 0) return;
    this.#lanes.nodes(HASHES + from * DIGEST_BYTES, Math.ceil(pairs / LANES), HASHES + to * DIGEST_BYTES);
  }

  #hashWaiting(blocks: number): void {
    this.#lanes.leaves(messagesOf(blocks), blocks, TABLES + blocks * TABLE_BYTES);
    this.#waiting[blocks] = 0;
  }
}

function messagesOf(blocks: number): number {
  return MESSAGES + (blocks - 1) * LANES * LEAF_STRIDE;
}

import { DIGEST_BYTES } from "../schemes.js";
import { BATCH_MESSAGES_MAX } from "./merkle-tree.js";
import { NodeHasher } from "./node-hasher.js";

/**
 * Whether a message is the one at `index` of the batch of `count` messages with this root, by its audit path
 * (RFC 9162 section 2.1.3.2). Octets that are no path of this place are none.
 */
export function verifyInclusion(
  message: Uint8Array,
  index: number,
  count: number,
  proof: Uint8Array,
  root: Uint8Array,
): boolean {
  if (!Number.isInteger(index) || !Number.isInteger(count)) return false;
  if (index < 0 || index >= count || count > BATCH_MESSAGES_MAX) return false;
  if (root.length !== DIGEST_BYTES || proof.length % DIGEST_BYTES !== 0) return false;
  const hasher = new NodeHasher();
  const current = Buffer.alloc(DIGEST_BYTES);
  hasher.leaf(message, current, 0);
  let used = 0;
  for (let place = index, last = count - 1; last > 0; place >>= 1, last >>= 1) {
    const isLonelyLast = place === last && (place & 1) === 0;
    if (isLonelyLast) continue;
    if (used === proof.length) return false;
    const neighbour = proof.subarray(used, used + DIGEST_BYTES);
    used += DIGEST_BYTES;
    if ((place & 1) === 1) hasher.node(neighbour, current, current, 0);
    else hasher.node(current, neighbour, current, 0);
  }
  return used === proof.length && current.equals(root);
}

// Memory that grows with the largest batch and is used again for every batch, so that a filter that runs for months
// needs what its first hours needed. Nothing of it is ever given back to the allocator.

const ALIGNMENT: usize = 8;
const CHUNK_BYTES: usize = 65_536;

/** A quarter of what addresses of 32 bits reach: sums of sizes do not come around. */
const REGION_BYTES_MAX: usize = 0x4000_0000;

/** The region that the host writes to. */
let region: usize = 0;
let regionBytes: usize = 0;

/** Chunks for emitted and longer records; each begins with the address of the next and its size. */
const CHUNK_HEAD: usize = 16;
let firstChunk: usize = 0;
let chunk: usize = 0;
let used: usize = 0;

/** A region of at least so many octets, the same one as long as it is large enough; 0 where no memory is that large. */
export function hostRegion(length: usize): usize {
  if (length > REGION_BYTES_MAX) return 0;
  if (length > regionBytes) {
    // Half as much again: growing sizes use up at most three times the largest.
    regionBytes = aligned(max(length, regionBytes + (regionBytes >> 1)));
    region = heap.alloc(regionBytes);
  }
  return region;
}

/** Begins to use all chunks again. */
export function resetArena(): void {
  chunk = firstChunk;
  used = CHUNK_HEAD;
}

/** So many octets of 0 that last until the next batch; the address is divisible by 8. */
export function arenaBytes(length: usize): usize {
  assert(length <= REGION_BYTES_MAX, "no memory is that large");
  const bytes = aligned(length);
  if (chunk == 0) firstChunk = chunk = newChunk(bytes);
  while (used + bytes > load<usize>(chunk, 8)) {
    let next = load<usize>(chunk);
    if (next == 0) {
      next = newChunk(bytes);
      store<usize>(chunk, next);
    }
    chunk = next;
    used = CHUNK_HEAD;
  }
  const address = chunk + used;
  used += bytes;
  memory.fill(address, 0, bytes);
  return address;
}

function newChunk(bytes: usize): usize {
  const size = max(CHUNK_BYTES, CHUNK_HEAD + bytes);
  const address = heap.alloc(size);
  store<usize>(address, 0);
  store<usize>(address, size, 8);
  used = CHUNK_HEAD;
  return address;
}

function aligned(length: usize): usize {
  return (length + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

// XXH3-64 with seed 0 and the default secret (xxHash 0.8), and the walk over the frames of a message batch.
// Compiled by `npm run build:kernel`; the compiled module is committed as src/hash/kernel.gen.ts.

const PRIME32_1: u64 = 0x9e3779b1;
const PRIME32_2: u64 = 0x85ebca77;
const PRIME32_3: u64 = 0xc2b2ae3d;
const PRIME64_1: u64 = ((0x9e3779b1 as u64) << 32) | 0x85ebca87;
const PRIME64_2: u64 = ((0xc2b2ae3d as u64) << 32) | 0x27d4eb4f;
const PRIME64_3: u64 = ((0x165667b1 as u64) << 32) | 0x9e3779f9;
const PRIME64_4: u64 = ((0x85ebca77 as u64) << 32) | 0xc2b2ae63;
const PRIME64_5: u64 = ((0x27d4eb2f as u64) << 32) | 0x165667c5;
const PRIME_MX1: u64 = ((0x16566791 as u64) << 32) | 0x9e3779f9;
const PRIME_MX2: u64 = ((0x9fb21c65 as u64) << 32) | 0x1e98df25;

const SECRET_BYTES: usize = 192;
const SECRET = memory.data<u8>([
  0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4,
  0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e,
  0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21, 0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43,
  0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c, 0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb,
  0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3, 0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19,
  0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8, 0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7,
  0xc7, 0x0b, 0x4f, 0x1d, 0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78,
  0x73, 0x64, 0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
  0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e, 0x2b, 0x16,
  0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce, 0x45, 0xcb, 0x3a, 0x8f,
  0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
]);

function mulFold(a: u64, b: u64): u64 {
  const aLow: u64 = a & 0xffffffff;
  const aHigh: u64 = a >> 32;
  const bLow: u64 = b & 0xffffffff;
  const bHigh: u64 = b >> 32;
  const lowLow: u64 = aLow * bLow;
  const highLow: u64 = aHigh * bLow;
  const lowHigh: u64 = aLow * bHigh;
  const cross: u64 = (lowLow >> 32) + (highLow & 0xffffffff) + lowHigh;
  const upper: u64 = aHigh * bHigh + (highLow >> 32) + (cross >> 32);
  return ((cross << 32) | (lowLow & 0xffffffff)) ^ upper;
}

function avalanche(hash: u64): u64 {
  hash ^= hash >> 37;
  hash *= PRIME_MX1;
  return hash ^ (hash >> 32);
}

function avalanche64(hash: u64): u64 {
  hash ^= hash >> 33;
  hash *= PRIME64_2;
  hash ^= hash >> 29;
  hash *= PRIME64_3;
  return hash ^ (hash >> 32);
}

function mix16(at: usize, secret: usize): u64 {
  return mulFold(
    load<u64>(at) ^ load<u64>(SECRET + secret),
    load<u64>(at, 8) ^ load<u64>(SECRET + secret, 8),
  );
}

function hash0to16(at: usize, length: usize): u64 {
  if (length > 8) {
    const flipLow = load<u64>(SECRET, 24) ^ load<u64>(SECRET, 32);
    const flipHigh = load<u64>(SECRET, 40) ^ load<u64>(SECRET, 48);
    const low = load<u64>(at) ^ flipLow;
    const high = load<u64>(at + length - 8) ^ flipHigh;
    return avalanche((length as u64) + bswap<u64>(low) + high + mulFold(low, high));
  }
  if (length >= 4) {
    const first = load<u32>(at) as u64;
    const last = load<u32>(at + length - 4) as u64;
    let hash = (last + (first << 32)) ^ (load<u64>(SECRET, 8) ^ load<u64>(SECRET, 16));
    hash ^= rotl<u64>(hash, 49) ^ rotl<u64>(hash, 24);
    hash *= PRIME_MX2;
    hash ^= (hash >> 35) + (length as u64);
    hash *= PRIME_MX2;
    return hash ^ (hash >> 28);
  }
  if (length > 0) {
    const first = load<u8>(at) as u32;
    const middle = load<u8>(at + (length >> 1)) as u32;
    const last = load<u8>(at + length - 1) as u32;
    const combined = (first << 16) | (middle << 24) | last | ((length as u32) << 8);
    return avalanche64((combined as u64) ^ ((load<u32>(SECRET) ^ load<u32>(SECRET, 4)) as u64));
  }
  return avalanche64(load<u64>(SECRET, 56) ^ load<u64>(SECRET, 64));
}

function hash17to128(at: usize, length: usize): u64 {
  const end = at + length;
  let sum: u64 = (length as u64) * PRIME64_1;
  if (length > 32) {
    if (length > 64) {
      if (length > 96) sum += mix16(at + 48, 96) + mix16(end - 64, 112);
      sum += mix16(at + 32, 64) + mix16(end - 48, 80);
    }
    sum += mix16(at + 16, 32) + mix16(end - 32, 48);
  }
  return avalanche(sum + mix16(at, 0) + mix16(end - 16, 16));
}

function hash129to240(at: usize, length: usize): u64 {
  let sum: u64 = (length as u64) * PRIME64_1;
  for (let i: usize = 0; i < 128; i += 16) sum += mix16(at + i, i);
  sum = avalanche(sum);
  const rounds = length & ~15;
  for (let i: usize = 128; i < rounds; i += 16) sum += mix16(at + i, i - 128 + 3);
  return avalanche(sum + mix16(at + length - 16, 136 - 17));
}

function accumulate(sum: v128, at: usize, secret: usize): v128 {
  const data = v128.load(at);
  const key = v128.xor(data, v128.load(secret));
  const product = i64x2.extmul_low_i32x4_u(
    v128.shuffle<i32>(key, key, 0, 2, 0, 2),
    v128.shuffle<i32>(key, key, 1, 3, 1, 3),
  );
  return i64x2.add(sum, i64x2.add(product, v128.shuffle<i64>(data, data, 1, 0)));
}

function scramble(sum: v128, secret: usize): v128 {
  const mixed = v128.xor(v128.xor(sum, i64x2.shr_u(sum, 47)), v128.load(SECRET + secret));
  return i64x2.mul(mixed, i64x2.splat(PRIME32_1 as i64));
}

function mergePair(sum: v128, secret: usize): u64 {
  return mulFold(
    (i64x2.extract_lane(sum, 0) as u64) ^ load<u64>(SECRET + secret),
    (i64x2.extract_lane(sum, 1) as u64) ^ load<u64>(SECRET + secret, 8),
  );
}

function hashLong(at: usize, length: usize): u64 {
  let a = i64x2.replace_lane(i64x2.splat(PRIME64_1 as i64), 0, PRIME32_3 as i64);
  let b = i64x2.replace_lane(i64x2.splat(PRIME64_3 as i64), 0, PRIME64_2 as i64);
  let c = i64x2.replace_lane(i64x2.splat(PRIME32_2 as i64), 0, PRIME64_4 as i64);
  let d = i64x2.replace_lane(i64x2.splat(PRIME32_1 as i64), 0, PRIME64_5 as i64);
  const lastStripe = at + length - 64;
  // The last stripe is hashed apart, so a block or stripe that ends exactly at the end does not count as whole.
  const stripes = (length - 1) >> 6;
  let stripe: usize = 0;
  let secret: usize = SECRET;
  for (let i: usize = 0; i < stripes; i++, at += 64, secret += 8) {
    a = accumulate(a, at, secret);
    b = accumulate(b, at + 16, secret + 16);
    c = accumulate(c, at + 32, secret + 32);
    d = accumulate(d, at + 48, secret + 48);
    if (++stripe === 16) {
      a = scramble(a, SECRET_BYTES - 64);
      b = scramble(b, SECRET_BYTES - 48);
      c = scramble(c, SECRET_BYTES - 32);
      d = scramble(d, SECRET_BYTES - 16);
      stripe = 0;
      secret = SECRET - 8;
    }
  }
  a = accumulate(a, lastStripe, SECRET + SECRET_BYTES - 71);
  b = accumulate(b, lastStripe + 16, SECRET + SECRET_BYTES - 55);
  c = accumulate(c, lastStripe + 32, SECRET + SECRET_BYTES - 39);
  d = accumulate(d, lastStripe + 48, SECRET + SECRET_BYTES - 23);
  return avalanche(
    (length as u64) * PRIME64_1 + mergePair(a, 11) + mergePair(b, 27) + mergePair(c, 43) + mergePair(d, 59),
  );
}

/** XXH3-64 of `length` bytes at `at`. */
export function xxh3(at: usize, length: usize): u64 {
  if (length <= 16) return hash0to16(at, length);
  if (length <= 128) return hash17to128(at, length);
  if (length <= 240) return hash129to240(at, length);
  return hashLong(at, length);
}

/** Hashes `count` ranges: `list` holds pairs of u32 (position, length), `results` takes one u64 each. */
export function hashList(list: usize, count: u32, results: usize): void {
  for (let i: u32 = 0; i < count; i++, list += 8, results += 8) {
    store<u64>(results, xxh3(load<u32>(list), load<u32>(list, 4)));
  }
}

// Batch header: fields 0..40, checksum @40, message count @48, 256 bytes in all.
// Frame header: checksum @0, user headers length @32, payload length @36, reserved @40, 48 bytes in all.
const BATCH_HEADER_BYTES: usize = 256;
const FRAME_HEADER_BYTES: usize = 48;

function beginChecksumInput(batch: usize, scratch: usize): void {
  v128.store(scratch, v128.load(batch));
  v128.store(scratch, v128.load(batch, 16), 16);
  store<u64>(scratch, load<u64>(batch, 32), 32);
  store<u32>(scratch, load<u32>(batch, 48), 40);
}

/**
 * Writes the checksum of every frame and of the batch. The frames must be well formed. `scratch` takes
 * 44 + 8 bytes per message.
 */
export function sealBatch(batch: usize, scratch: usize): void {
  const count = load<u32>(batch, 48);
  beginChecksumInput(batch, scratch);
  let frame = batch + BATCH_HEADER_BYTES;
  let sums = scratch + 44;
  for (let i: u32 = 0; i < count; i++, sums += 8) {
    const bytes = FRAME_HEADER_BYTES + load<u32>(frame, 32) + load<u32>(frame, 36);
    const sum = xxh3(frame + 8, bytes - 8);
    store<u64>(frame, sum);
    store<u64>(sums, sum);
    frame += bytes;
  }
  store<u64>(batch, xxh3(scratch, sums - scratch), 40);
}

/**
 * Checks structure and checksums of a batch of `length` bytes. 0 = good, -1 = structure, -2 = batch checksum,
 * n > 0 = checksum of frame n - 1. Nothing beyond `length` is read.
 */
export function checkBatch(batch: usize, length: usize, scratch: usize, scratchBytes: usize): i32 {
  if (length < BATCH_HEADER_BYTES + FRAME_HEADER_BYTES) return -1;
  if (load<u64>(batch, 32) !== (length as u64)) return -1;
  const count = load<u32>(batch, 48);
  if (count === 0 || 44 + 8 * (count as u64) > (scratchBytes as u64)) return -1;
  for (let i: usize = 52; i < BATCH_HEADER_BYTES; i += 4) if (load<u32>(batch + i)) return -1;
  beginChecksumInput(batch, scratch);
  const end = batch + length;
  let frame = batch + BATCH_HEADER_BYTES;
  let sums = scratch + 44;
  for (let i: u32 = 0; i < count; i++, sums += 8) {
    if (end - frame < FRAME_HEADER_BYTES) return -1;
    const bytes = (FRAME_HEADER_BYTES as u64) + (load<u32>(frame, 32) as u64) + (load<u32>(frame, 36) as u64);
    if (bytes > ((end - frame) as u64) || load<u64>(frame, 40)) return -1;
    const sum = xxh3(frame + 8, (bytes as usize) - 8);
    if (sum !== load<u64>(frame)) return (i + 1) as i32;
    store<u64>(sums, sum);
    frame += bytes as usize;
  }
  if (frame !== end) return -1;
  return xxh3(scratch, sums - scratch) === load<u64>(batch, 40) ? 0 : -2;
}

/** Words of the state, and rounds of a block, FIPS 180-4. */
export const DIGEST_WORDS = 8;
export const ROUNDS = 64;

const primes = firstPrimes(ROUNDS);
/** The state to begin with: the first 32 bits of the fractions of the square roots of the first 8 primes. */
export const INITIAL = primes.slice(0, DIGEST_WORDS).map((prime) => fractionOf(prime, 2));
/** One for each round: the same of the cube roots of the first 64 primes. */
export const CONSTANTS = primes.map((prime) => fractionOf(prime, 3));

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

/** Of the root with an exact whole-number search: 2³² · ᵈ√prime, modulo 2³². */
function fractionOf(prime: number, degree: 2 | 3): number {
  const target = BigInt(prime) << BigInt(32 * degree);
  let low = 0n;
  let high = BigInt(prime + 1) << 32n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(degree) <= target) low = middle;
    else high = middle;
  }
  return Number(low & 0xffff_ffffn);
}

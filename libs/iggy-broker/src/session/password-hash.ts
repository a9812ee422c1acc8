import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** Work of one hash: 2^log2N blocks of 128 × r bytes, p times over. */
export interface PasswordCost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and some 80 ms on a small machine. */
export const DEFAULT_PASSWORD_COST: PasswordCost = { log2N: 15, r: 8, p: 1 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** A hash from a damaged or foreign file must not take the memory of the machine. */
const COST_MAX: PasswordCost = { log2N: 20, r: 32, p: 16 };
const FORM =
  /^scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/=]{8,88})\$([A-Za-z0-9+/=]{24,88})$/;

/**
 * `scrypt$ln=<log2 N>,r=<r>,p=<p>$<salt>$<hash>`, both in base64. The work is done by the thread pool.
 * @param random gives that many random bytes
 */
export async function hashPassword(
  password: string,
  cost: PasswordCost,
  random: (byteCount: number) => Buffer = randomBytes,
): Promise<string> {
  const salt = random(SALT_BYTES);
  const hash = await derive(password, salt, HASH_BYTES, cost);
  const { log2N, r, p } = cost;
  return `scrypt$ln=${log2N},r=${r},p=${p}$${salt.toString("base64")}$${hash.toString("base64")}`;
}

/**
 * Whether the password belongs to the hash; compares in constant time.
 * @throws RangeError (rejected) for text that no `hashPassword` wrote
 */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const match = FORM.exec(stored);
  if (match === null) throw new RangeError("a stored password hash has an unknown form");
  const cost = { log2N: Number(match[1]), r: Number(match[2]), p: Number(match[3]) };
  if (!isWithin(cost)) throw new RangeError("a stored password hash asks for too much work");
  const expected = Buffer.from(match[5]!, "base64");
  const actual = await derive(password, Buffer.from(match[4]!, "base64"), expected.length, cost);
  return timingSafeEqual(actual, expected);
}

export function isWithin({ log2N, r, p }: PasswordCost): boolean {
  const isWhole = [log2N, r, p].every((value) => Number.isInteger(value) && value >= 1);
  return isWhole && log2N <= COST_MAX.log2N && r <= COST_MAX.r && p <= COST_MAX.p;
}

function derive(password: string, salt: Buffer, byteCount: number, cost: PasswordCost): Promise<Buffer> {
  const { log2N, r, p } = cost;
  const blockBytes = 128 * r * (2 ** log2N + p);
  return new Promise((resolve, reject) => {
    scrypt(password, salt, byteCount, { N: 2 ** log2N, r, p, maxmem: 2 * blockBytes }, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}

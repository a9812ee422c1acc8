import { fail } from "../errors.js";
import { isZeroScalar, negateScalar, reduceScalar } from "../keys/scalars.js";
import type { SigningKey } from "../keys/signing-key.js";
import type { Secp256k1Addon } from "./secp256k1-addon.js";
import { TaggedHash } from "./tagged-hash.js";

const ODD_Y = 0x03;
const EVEN_Y = 0x02;

/**
 * BIP-340 out of the addon's primitives; the addon itself has no Schnorr signatures. Points are multiplied and scalars
 * added and multiplied by libsecp256k1, what is left here is hashing and the choice of signs.
 */
export class NativeSchnorr {
  readonly #aux = new TaggedHash("BIP0340/aux", 32);
  readonly #nonce = new TaggedHash("BIP0340/nonce", 96);
  readonly #challenge = new TaggedHash("BIP0340/challenge", 96);
  readonly #masked = Buffer.alloc(32);
  readonly #k = Buffer.alloc(32);
  readonly #e = Buffer.alloc(32);
  readonly #s = Buffer.alloc(32);
  readonly #r = Buffer.alloc(33);
  readonly #q = Buffer.alloc(33);
  readonly #point = Buffer.alloc(33);

  constructor(private readonly addon: Secp256k1Addon) {}

  /** "Default Signing" of BIP-340. The key is kept with an even y already. */
  sign(key: SigningKey, message: Uint8Array, aux: Uint8Array, out: Uint8Array, offset: number): void {
    const { secret, publicKey } = key;
    try {
      this.#aux.put(aux).digest(this.#masked);
      for (let index = 0; index < 32; index++) this.#masked[index]! ^= secret[index]!;
      this.#nonce.put(this.#masked).put(publicKey).put(message).digest(this.#k);
      reduceScalar(this.#k);
      if (isZeroScalar(this.#k)) throw fail("signing.backend-failed", "the nonce is 0");
      this.addon.publicKeyCreate(this.#k, true, this.#r);
      if (this.#r[0] === ODD_Y) negateScalar(this.#k);
      const r = this.#r.subarray(1);
      this.#challengeOf(r, publicKey, message);
      this.#s.set(secret);
      if (isZeroScalar(this.#e)) this.#s.set(this.#k);
      else {
        this.addon.privateKeyTweakMul(this.#s, this.#e);
        this.addon.privateKeyTweakAdd(this.#s, this.#k);
      }
      out.set(r, offset);
      out.set(this.#s, offset + 32);
    } finally {
      this.#masked.fill(0);
      this.#k.fill(0);
      this.#s.fill(0);
    }
  }

  /** "Verification" of BIP-340: R = s·G − e·P has an even y and the x of the signature. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    this.#point[0] = EVEN_Y;
    this.#point.set(publicKey, 1);
    if (!this.addon.publicKeyVerify(this.#point)) return false;
    const r = signature.subarray(0, 32);
    this.#challengeOf(r, publicKey, message);
    this.#s.set(signature.subarray(32));
    const hasS = !isZeroScalar(this.#s);
    const hasE = !isZeroScalar(this.#e);
    if (!hasS && !hasE) return false;
    if (hasS) this.addon.publicKeyCreate(this.#s, true, this.#r);
    if (hasE) {
      negateScalar(this.#e);
      const product = hasS ? this.#q : this.#r;
      this.addon.publicKeyTweakMul(this.#point, this.#e, true, product);
    }
    if (hasS && hasE) {
      try {
        this.addon.publicKeyCombine([this.#r, this.#q], true, this.#point);
      } catch {
        // The sum is the point at infinity.
        return false;
      }
      return isEvenPointOf(this.#point, r);
    }
    return isEvenPointOf(this.#r, r);
  }

  #challengeOf(r: Uint8Array, publicKey: Uint8Array, message: Uint8Array): void {
    this.#challenge.put(r).put(publicKey).put(message).digest(this.#e);
    reduceScalar(this.#e);
  }
}

/** An x that is not below the prime, or not on the curve, is that of no point and equals none. */
function isEvenPointOf(point: Buffer, x: Uint8Array): boolean {
  return point[0] === EVEN_Y && point.compare(x, 0, 32, 1) === 0;
}

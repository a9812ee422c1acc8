import { isZeroScalar, negateScalar, reduceScalar } from "../keys/scalars.js";
import type { Secp256k1Addon } from "./secp256k1-addon.js";
import { TaggedHash } from "./tagged-hash.js";

const EVEN_Y = 0x02;

/** "Verification" of BIP-340 out of the addon's primitives; the addon itself has no Schnorr signatures. */
export class NativeSchnorrVerifier {
  readonly #challenge = new TaggedHash("BIP0340/challenge", 96);
  readonly #e = Buffer.alloc(32);
  readonly #s = Buffer.alloc(32);
  readonly #key = Buffer.alloc(33);
  readonly #left = Buffer.alloc(33);
  readonly #right = Buffer.alloc(33);
  readonly #sum = Buffer.alloc(33);

  constructor(private readonly addon: Secp256k1Addon) {}

  /** Whether R = s·G − e·P has an even y and the x of the signature; s is below the order. */
  verify(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
    this.#key[0] = EVEN_Y;
    this.#key.set(publicKey, 1);
    if (!this.addon.publicKeyVerify(this.#key)) return false;
    const r = signature.subarray(0, 32);
    this.#challenge.put(r).put(publicKey).put(digest).digest(this.#e);
    reduceScalar(this.#e);
    this.#s.set(signature.subarray(32));
    const point = this.#point();
    // An x that is not below the prime, or not on the curve, is that of no point and equals none.
    return point !== undefined && point[0] === EVEN_Y && point.compare(r, 0, 32, 1) === 0;
  }

  /** s·G − e·P, or nothing for the point at infinity. The addon takes no scalar 0. */
  #point(): Buffer | undefined {
    const hasLeft = !isZeroScalar(this.#s);
    const hasRight = !isZeroScalar(this.#e);
    if (hasLeft) this.addon.publicKeyCreate(this.#s, true, this.#left);
    if (hasRight) {
      negateScalar(this.#e);
      this.addon.publicKeyTweakMul(this.#key, this.#e, true, this.#right);
    }
    if (!hasLeft) return hasRight ? this.#right : undefined;
    if (!hasRight) return this.#left;
    try {
      this.addon.publicKeyCombine([this.#left, this.#right], true, this.#sum);
    } catch {
      return undefined;
    }
    return this.#sum;
  }
}

import { fail } from "../errors.js";
import { isZeroScalar, negateScalar, reduceScalar } from "../keys/scalars.js";
import type { SigningKey } from "../keys/signing-key.js";
import type { Secp256k1Addon } from "./secp256k1-addon.js";
import { TaggedHash } from "./tagged-hash.js";

const ODD_Y = 0x03;

/** What signing takes of a curve: a multiple of the generator as a compressed point, and scalars changed in place. */
export type SigningArithmetic = Pick<
  Secp256k1Addon,
  "publicKeyCreate" | "privateKeyTweakAdd" | "privateKeyTweakMul"
>;

/**
 * "Default Signing" of BIP-340 over somebody else's arithmetic, for backends whose library has no such signatures or
 * verifies each of them, which takes three times as long as the signature itself. What is here is hashing and the choice
 * of signs. The check of the finished signature that BIP-340 recommends against faulty hardware is left out.
 */
export class Bip340Signer {
  readonly #aux = new TaggedHash("BIP0340/aux", 32);
  readonly #nonce = new TaggedHash("BIP0340/nonce", 96);
  readonly #challenge = new TaggedHash("BIP0340/challenge", 96);
  readonly #masked = Buffer.alloc(32);
  readonly #k = Buffer.alloc(32);
  readonly #e = Buffer.alloc(32);
  readonly #s = Buffer.alloc(32);
  readonly #point = Buffer.alloc(33);
  readonly #r = this.#point.subarray(1);

  constructor(private readonly arithmetic: SigningArithmetic) {}

  /** @param key kept with an even y, as all Schnorr keys are */
  sign(key: SigningKey, digest: Uint8Array, aux: Uint8Array, out: Uint8Array, offset: number): void {
    const { secret, publicKey } = key;
    try {
      this.#aux.put(aux).digest(this.#masked);
      for (let index = 0; index < 32; index++) this.#masked[index]! ^= secret[index]!;
      this.#nonce.put(this.#masked).put(publicKey).put(digest).digest(this.#k);
      reduceScalar(this.#k);
      if (isZeroScalar(this.#k)) throw fail("signing.backend-failed", "the nonce is 0");
      this.arithmetic.publicKeyCreate(this.#k, true, this.#point);
      if (this.#point[0] === ODD_Y) negateScalar(this.#k);
      this.#challenge.put(this.#r).put(publicKey).put(digest).digest(this.#e);
      reduceScalar(this.#e);
      if (isZeroScalar(this.#e)) this.#s.set(this.#k);
      else {
        this.#s.set(secret);
        this.arithmetic.privateKeyTweakMul(this.#s, this.#e);
        this.arithmetic.privateKeyTweakAdd(this.#s, this.#k);
      }
      out.set(this.#r, offset);
      out.set(this.#s, offset + 32);
    } finally {
      this.#masked.fill(0);
      this.#k.fill(0);
      this.#s.fill(0);
    }
  }
}

import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { fail } from "../errors.js";
import { SECRET_BYTES, type SignatureScheme } from "../schemes.js";
import { isScalar, negateScalar } from "./scalars.js";

/** What stands in front of a raw Ed25519 seed in PKCS #8 DER, RFC 8410. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_PREFIX_BYTES = 12;
const KEY_ID_BYTES = 8;
const ODD_Y = 0x03;
const REDACTED = "[private key]";

/** The first 8 octets of the SHA-256 of a public key, 16 hexadecimal digits. */
export function keyIdOf(publicKey: Uint8Array): string {
  return createHash("sha256").update(publicKey).digest().subarray(0, KEY_ID_BYTES).toString("hex");
}

/**
 * A private key. Neither printing nor JSON nor `util.inspect` shows it; `dispose` overwrites it with zeros.
 * A Schnorr key whose point has an odd y is kept negated, as BIP-340 signs with it.
 */
export class SigningKey {
  readonly publicKey: Uint8Array;
  readonly keyId: string;
  readonly #secret: Buffer;
  #nodeKey: KeyObject | undefined;
  #isDisposed = false;

  /**
   * @param secret 32 octets, which are copied: the caller overwrites his
   * @throws ImsError `signing.bad-key`
   */
  constructor(
    readonly scheme: SignatureScheme,
    secret: Uint8Array,
  ) {
    if (secret.length !== SECRET_BYTES) {
      throw fail("signing.bad-key", `a private key has ${SECRET_BYTES} octets, not ${secret.length}`);
    }
    if (scheme !== "ed25519" && !isScalar(secret)) {
      throw fail("signing.bad-key", `the ${scheme} key is 0 or not below the order of the group`);
    }
    // Not of the pool that small buffers share.
    this.#secret = Buffer.alloc(SECRET_BYTES);
    this.#secret.set(secret);
    this.publicKey = this.#derivePublicKey();
    this.keyId = keyIdOf(this.publicKey);
  }

  /**
   * The octets of the key, for backends and the hand-over to workers only. Not to be kept, changed or shown.
   * @throws ImsError `signing.key-disposed`
   */
  get secret(): Buffer {
    if (this.#isDisposed) throw fail("signing.key-disposed", `the key ${this.keyId} was zeroed`);
    return this.#secret;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /**
   * An Ed25519 key as Node's own cryptography wants it.
   * @throws ImsError `signing.key-disposed`
   */
  get nodeKey(): KeyObject {
    const { secret } = this;
    this.#nodeKey ??= nodeKeyOf(secret);
    return this.#nodeKey;
  }

  /** Overwrites the key. The copy that Node's cryptography has of an Ed25519 key is overwritten when it is collected. */
  dispose(): void {
    this.#secret.fill(0);
    this.#nodeKey = undefined;
    this.#isDisposed = true;
  }

  toJSON(): unknown {
    return { scheme: this.scheme, keyId: this.keyId, secret: REDACTED };
  }

  toString(): string {
    return `${this.scheme} key ${this.keyId}`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `SigningKey(${this.toString()})`;
  }

  #derivePublicKey(): Uint8Array {
    if (this.scheme === "ed25519") {
      const spki = createPublicKey(this.nodeKey).export({ format: "der", type: "spki" });
      return new Uint8Array(spki.subarray(SPKI_PREFIX_BYTES));
    }
    const curve = createECDH("secp256k1");
    curve.setPrivateKey(this.#secret);
    const point = new Uint8Array(curve.getPublicKey(null, "compressed"));
    if (this.scheme === "ecdsa") return point;
    if (point[0] === ODD_Y) negateScalar(this.#secret);
    return point.slice(1);
  }
}

function nodeKeyOf(seed: Uint8Array): KeyObject {
  const der = Buffer.alloc(PKCS8_PREFIX.length + SECRET_BYTES);
  try {
    der.set(PKCS8_PREFIX);
    der.set(seed, PKCS8_PREFIX.length);
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } finally {
    der.fill(0);
  }
}

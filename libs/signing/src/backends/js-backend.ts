import { createHash } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import type { SigningKey } from "../keys/signing-key.js";
import type { SignatureScheme } from "../schemes.js";
import { BACKEND_SCHEMES, type SigningBackend } from "./backend.js";
import { Bip340Signer, type SigningArithmetic } from "./bip340-signer.js";

const ECDSA_OPTIONS = { prehash: false, lowS: true } as const;
const { Point } = secp256k1;

/** The library's own `schnorr.sign` verifies each signature that it makes. */
const arithmetic: SigningArithmetic = {
  publicKeyCreate: (secret, isCompressed, output) => {
    output.set(Point.BASE.multiply(Point.Fn.fromBytes(secret)).toBytes(isCompressed));
    return output;
  },
  privateKeyTweakAdd: (secret, tweak) => {
    secret.set(Point.Fn.toBytes(Point.Fn.add(Point.Fn.fromBytes(secret), Point.Fn.fromBytes(tweak))));
    return secret;
  },
  privateKeyTweakMul: (secret, tweak) => {
    secret.set(Point.Fn.toBytes(Point.Fn.mul(Point.Fn.fromBytes(secret), Point.Fn.fromBytes(tweak))));
    return secret;
  },
};

const ED25519_ORDER = ed25519.Point.Fn.ORDER;

/** Plain JavaScript, `@noble/curves`: needs no addon and no module. */
export class JsBackend implements SigningBackend {
  readonly name = "js";
  readonly schemes = BACKEND_SCHEMES.js;
  readonly #schnorr = new Bip340Signer(arithmetic);

  constructor() {
    // The libraries make their tables with the first multiplication, which takes a hundred times as long as the next.
    Point.BASE.multiply(1n);
    ed25519.Point.BASE.multiply(1n);
  }

  sign(key: SigningKey, input: Uint8Array, aux: Uint8Array, out: Uint8Array, offset: number): void {
    switch (key.scheme) {
      case "ecdsa":
        out.set(secp256k1.sign(input, key.secret, ECDSA_OPTIONS), offset);
        return;
      case "schnorr":
        this.#schnorr.sign(key, input, aux, out, offset);
        return;
      case "ed25519":
        out.set(ed25519.sign(input, key.secret), offset);
    }
  }

  verify(scheme: SignatureScheme, publicKey: Uint8Array, input: Uint8Array, signature: Uint8Array): boolean {
    switch (scheme) {
      case "ecdsa":
        return secp256k1.verify(signature, input, publicKey, ECDSA_OPTIONS);
      case "schnorr":
        return schnorr.verify(signature, input, publicKey);
      case "ed25519":
        return verifyEd25519(publicKey, input, signature);
    }
  }

  close(): void {}
}

/**
 * Without the cofactor, as OpenSSL does: RFC 8032 section 5.1.7 allows both, and they differ for keys that somebody made
 * with a part of small order. The library's own function multiplies by the cofactor.
 */
function verifyEd25519(publicKey: Uint8Array, input: Uint8Array, signature: Uint8Array): boolean {
  const r = signature.subarray(0, 32);
  let point: InstanceType<typeof ed25519.Point>;
  try {
    point = ed25519.Point.fromBytes(publicKey, false);
  } catch {
    return false;
  }
  const hash = createHash("sha512").update(r).update(publicKey).update(input).digest();
  const challenge = littleEndian(hash) % ED25519_ORDER;
  const s = littleEndian(signature.subarray(32));
  const expected = ed25519.Point.BASE.multiplyUnsafe(s).add(point.negate().multiplyUnsafe(challenge));
  return Buffer.compare(expected.toBytes(), r) === 0;
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
}

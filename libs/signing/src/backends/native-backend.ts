import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { SigningKey } from "../keys/signing-key.js";
import { SIGNATURE_BYTES, type SignatureScheme } from "../schemes.js";
import { BACKEND_SCHEMES, type SigningBackend } from "./backend.js";
import { Bip340Signer } from "./bip340-signer.js";
import { NativeSchnorrVerifier } from "./native-schnorr-verifier.js";
import { loadSecp256k1Addon, type Secp256k1Addon } from "./secp256k1-addon.js";

/** What stands in front of a raw Ed25519 public key in its DER form, RFC 8410. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
/** Public keys whose parsed form is kept. */
const PUBLIC_KEYS_KEPT = 64;
const NO_OPTIONS = {};

/** Native code: the addon of libsecp256k1, and Node's own OpenSSL for Ed25519. */
export class NativeBackend implements SigningBackend {
  readonly name = "native";
  readonly schemes = BACKEND_SCHEMES.native;
  readonly #schnorrSigner: Bip340Signer;
  readonly #schnorrVerifier: NativeSchnorrVerifier;
  readonly #signature = new Uint8Array(SIGNATURE_BYTES);
  readonly #publicKeys = new Map<string, KeyObject>();

  /** @throws ImsError `signing.backend-unavailable` */
  constructor(private readonly addon: Secp256k1Addon = loadSecp256k1Addon()) {
    this.#schnorrSigner = new Bip340Signer(addon);
    this.#schnorrVerifier = new NativeSchnorrVerifier(addon);
  }

  sign(key: SigningKey, input: Uint8Array, aux: Uint8Array, out: Uint8Array, offset: number): void {
    switch (key.scheme) {
      case "ecdsa":
        this.addon.ecdsaSign(input, key.secret, NO_OPTIONS, this.#signature);
        out.set(this.#signature, offset);
        return;
      case "schnorr":
        this.#schnorrSigner.sign(key, input, aux, out, offset);
        return;
      case "ed25519":
        out.set(sign(null, input, key.nodeKey), offset);
    }
  }

  verify(scheme: SignatureScheme, publicKey: Uint8Array, input: Uint8Array, signature: Uint8Array): boolean {
    switch (scheme) {
      case "ecdsa":
        return this.addon.publicKeyVerify(publicKey) && this.addon.ecdsaVerify(signature, input, publicKey);
      case "schnorr":
        return this.#schnorrVerifier.verify(publicKey, input, signature);
      case "ed25519":
        return verify(null, input, this.#publicKey(publicKey), signature);
    }
  }

  close(): void {
    this.#publicKeys.clear();
  }

  #publicKey(raw: Uint8Array): KeyObject {
    const name = Buffer.from(raw).toString("latin1");
    let key = this.#publicKeys.get(name);
    if (key === undefined) {
      key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
      if (this.#publicKeys.size >= PUBLIC_KEYS_KEPT) this.#publicKeys.clear();
      this.#publicKeys.set(name, key);
    }
    return key;
  }
}

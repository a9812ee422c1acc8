import { fail } from "../errors.js";
import type { SigningKey } from "../keys/signing-key.js";
import { SIGNATURE_SCHEMES, type SignatureScheme } from "../schemes.js";

/**
 * The backends: `native` is libsecp256k1 as an addon, and OpenSSL for Ed25519; `wasm` is libsecp256k1 in WebAssembly;
 * `js` is plain JavaScript. All give equal signatures, and equal answers to any octets.
 */
export const BACKEND_NAMES = ["native", "wasm", "js"] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

/** The schemes of each backend. */
export const BACKEND_SCHEMES: Readonly<Record<BackendName, readonly SignatureScheme[]>> = {
  native: SIGNATURE_SCHEMES,
  wasm: SIGNATURE_SCHEMES,
  js: SIGNATURE_SCHEMES,
};

/** @throws ImsError `signing.unknown-name` */
export function requireBackendName(name: string): BackendName {
  const found = BACKEND_NAMES.find((each) => each === name);
  if (found === undefined) throw fail("signing.unknown-name", `there is no backend ${JSON.stringify(name)}`);
  return found;
}

/**
 * One way to compute signatures. Callers go through `SigningEngine`, which checks lengths and ranges first: a backend is
 * never given octets that its code was not made for.
 */
export interface SigningBackend {
  readonly name: BackendName;
  readonly schemes: readonly SignatureScheme[];
  /**
   * Writes the 64 octets of a signature.
   * @param input what is signed: 32 octets; of any length for Ed25519, up to 1 MiB in `wasm`, and for Schnorr in `native`
   *   and `js`
   * @param aux 32 octets of randomness for Schnorr; the other schemes do not use it
   * @param out has room for 64 octets from `offset` on
   */
  sign(key: SigningKey, input: Uint8Array, aux: Uint8Array, out: Uint8Array, offset: number): void;
  /** Whether a signature is that of the input; lengths and ranges are checked before. */
  verify(scheme: SignatureScheme, publicKey: Uint8Array, input: Uint8Array, signature: Uint8Array): boolean;
  /** Lets go of the backend's memory, zeroed where secrets were in it. */
  close(): void;
}

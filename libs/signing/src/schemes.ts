import { fail } from "./errors.js";

/**
 * The schemes: ECDSA over secp256k1 (RFC 6979 nonces, low S), Schnorr over secp256k1 (BIP-340), Ed25519 (RFC 8032).
 * Their places in this list, from 1, are their codes on the wire.
 */
export const SIGNATURE_SCHEMES = ["ecdsa", "schnorr", "ed25519"] as const;
export type SignatureScheme = (typeof SIGNATURE_SCHEMES)[number];

/** Octets of a signature of any scheme: r ‖ s, or R ‖ s. */
export const SIGNATURE_BYTES = 64;
/** Octets of a private key: a scalar, big-endian, or the seed of Ed25519. */
export const SECRET_BYTES = 32;
/** Octets of what ECDSA and Schnorr sign, and of every digest of this library: SHA-256. */
export const DIGEST_BYTES = 32;
/** Octets of the randomness that a Schnorr signature takes. */
export const AUX_BYTES = 32;

const PUBLIC_KEY_BYTES: Readonly<Record<SignatureScheme, number>> = { ecdsa: 33, schnorr: 32, ed25519: 32 };

/** Octets of a public key: compressed SEC 1 for ECDSA, x only (BIP-340) for Schnorr, as in RFC 8032 for Ed25519. */
export function publicKeyBytes(scheme: SignatureScheme): number {
  return PUBLIC_KEY_BYTES[scheme];
}

/** @throws ImsError `signing.unknown-name` */
export function requireScheme(name: string): SignatureScheme {
  const scheme = SIGNATURE_SCHEMES.find((each) => each === name);
  if (scheme === undefined) throw fail("signing.unknown-name", `there is no scheme ${JSON.stringify(name)}`);
  return scheme;
}

/** The code of a scheme in headers and signed octets, 1 to 3. */
export function schemeCode(scheme: SignatureScheme): number {
  return SIGNATURE_SCHEMES.indexOf(scheme) + 1;
}

/** @throws ImsError `signing.unknown-name` */
export function schemeOfCode(code: number): SignatureScheme {
  const scheme = SIGNATURE_SCHEMES[code - 1];
  if (scheme === undefined) throw fail("signing.unknown-name", `there is no scheme with the code ${code}`);
  return scheme;
}

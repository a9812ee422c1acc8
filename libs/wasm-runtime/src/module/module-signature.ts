import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { fail } from "../errors.js";

/** What stands in front of a raw Ed25519 key in its DER form. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const SIGNATURE_BYTES = 64;
const HASH_BYTES = 32;

/** Keys whose signatures are believed. */
export type TrustList = readonly KeyObject[];

/**
 * The keys of a trust list: each an Ed25519 public key in PEM form or as 64 hexadecimal digits.
 * @throws ImsError `wasm.bad-key`
 */
export function readTrustList(keys: readonly string[]): TrustList {
  return keys.map((text, index) => {
    const what = `key ${index + 1} of the trust list`;
    try {
      const isRaw = /^[0-9a-f]{64}$/i.test(text.trim());
      const key = isRaw
        ? createPublicKey({
            key: Buffer.concat([SPKI_PREFIX, Buffer.from(text.trim(), "hex")]),
            format: "der",
            type: "spki",
          })
        : createPublicKey(text);
      return requireEd25519(key, what);
    } catch (cause) {
      throw fail("wasm.bad-key", `${what} cannot be read`, { cause });
    }
  });
}

/**
 * Signs a module by the 32 octets of its SHA-256.
 * @param hash 64 hexadecimal digits
 * @param privateKey Ed25519, PKCS #8 in PEM form
 * @returns 64 octets
 * @throws ImsError `wasm.bad-key`
 */
export function signModule(hash: string, privateKey: string): Uint8Array {
  let key: KeyObject;
  try {
    key = requireEd25519(createPrivateKey(privateKey), "the private key");
  } catch {
    // The cause may quote the key.
    throw fail("wasm.bad-key", "the private key cannot be read");
  }
  return new Uint8Array(sign(null, hashOctets(hash), key));
}

/**
 * @param hash SHA-256 of the module, 64 hexadecimal digits
 * @throws ImsError `wasm.untrusted` unless a key of the list made the signature
 */
export function requireTrusted(hash: string, signature: Uint8Array | undefined, trusted: TrustList): void {
  if (signature === undefined) throw fail("wasm.untrusted", `the module ${hash} is not signed`);
  const octets = hashOctets(hash);
  const isTrusted =
    octets.length === HASH_BYTES &&
    signature.length === SIGNATURE_BYTES &&
    trusted.some((key) => verify(null, octets, key, signature));
  if (!isTrusted) {
    throw fail("wasm.untrusted", `no key of the trust list signed the module ${hash}`);
  }
}

function hashOctets(hash: string): Buffer {
  return Buffer.from(hash, "hex");
}

function requireEd25519(key: KeyObject, what: string): KeyObject {
  if (key.asymmetricKeyType === "ed25519") return key;
  throw fail("wasm.bad-key", `${what} is of the type ${key.asymmetricKeyType}`);
}

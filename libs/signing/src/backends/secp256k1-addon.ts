import { createRequire } from "node:module";
import { fail } from "../errors.js";

/** What is used of the addon. All throw for what they cannot use; the results go into `output` where it is given. */
export interface Secp256k1Addon {
  ecdsaSign(digest: Uint8Array, secret: Uint8Array, options: object, output: Uint8Array): unknown;
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
  publicKeyVerify(publicKey: Uint8Array): boolean;
  publicKeyCreate(secret: Uint8Array, isCompressed: boolean, output: Uint8Array): Uint8Array;
  publicKeyTweakMul(
    publicKey: Uint8Array,
    tweak: Uint8Array,
    isCompressed: boolean,
    output: Uint8Array,
  ): Uint8Array;
  publicKeyCombine(publicKeys: Uint8Array[], isCompressed: boolean, output: Uint8Array): Uint8Array;
  /** Both change the secret that they are given. */
  privateKeyTweakAdd(secret: Uint8Array, tweak: Uint8Array): Uint8Array;
  privateKeyTweakMul(secret: Uint8Array, tweak: Uint8Array): Uint8Array;
}

/**
 * Loads the addon itself: the package's own entry would take plain JavaScript in its place without a word.
 * @param load how modules are loaded; tests put another in
 * @throws ImsError `signing.backend-unavailable`
 */
export function loadSecp256k1Addon(
  load: (id: string) => unknown = createRequire(import.meta.url),
): Secp256k1Addon {
  try {
    return load("secp256k1/bindings") as Secp256k1Addon;
  } catch (cause) {
    throw fail("signing.backend-unavailable", "the native addon of secp256k1 could not be loaded", { cause });
  }
}

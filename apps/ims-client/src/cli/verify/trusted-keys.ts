import { readFile } from "node:fs/promises";
import { describeError } from "@ims/common";
import type { Signing, TrustedKey } from "./signing-package.js";
import { fail } from "./verify-errors.js";

const KEY_FORM = /^(?:([a-z0-9]+):)?([0-9a-fA-F]+)$/;
const COMPRESSED_DIGITS = 66;
const X_ONLY_DIGITS = 64;
const FILE_BYTES_MAX = 1 << 20;

/**
 * A public key: hexadecimal digits, 66 for ECDSA and 64 for Schnorr and Ed25519, with the scheme and a colon before them
 * where only one of the two is to be believed.
 * @throws ImsError `verify.bad-key`
 */
export function readPublicKey(signing: Signing, text: string): TrustedKey {
  const form = KEY_FORM.exec(text.trim());
  const digits = form?.[2] ?? "";
  if (!form || (digits.length !== COMPRESSED_DIGITS && digits.length !== X_ONLY_DIGITS)) {
    throw fail("verify.bad-key", `${JSON.stringify(text.slice(0, 80))} is no public key`);
  }
  const publicKey = Buffer.from(digits, "hex");
  if (form[1] === undefined) return { publicKey };
  const scheme = signing.requireScheme(form[1]);
  if (publicKey.length !== signing.publicKeyBytes(scheme)) {
    throw fail("verify.bad-key", `a key of ${scheme} has ${2 * signing.publicKeyBytes(scheme)} digits`);
  }
  return { scheme, publicKey };
}

/**
 * A key of each line of a file; what stands behind a space or `#` is a remark.
 * @throws ImsError (rejected) `verify.bad-key`
 */
export async function readKeyList(signing: Signing, path: string): Promise<TrustedKey[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw fail("verify.bad-key", `${path}: ${describeError(cause)}`, { cause });
  }
  if (text.length > FILE_BYTES_MAX) throw fail("verify.bad-key", `${path} is larger than 1 MiB`);
  const words = text.split("\n").map((line) => line.trim().split(/[\s#]/)[0] ?? "");
  return words.filter((word) => word !== "").map((word) => readPublicKey(signing, word));
}

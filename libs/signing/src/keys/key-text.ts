import { createPrivateKey } from "node:crypto";
import { fail } from "../errors.js";
import { SECRET_BYTES, type SignatureScheme } from "../schemes.js";
import { SigningKey } from "./signing-key.js";

const PEM_START = "-----BEGIN";
/** Octets in front of the seed in the PKCS #8 form of an Ed25519 key, RFC 8410. */
const PKCS8_PREFIX_BYTES = 16;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Reads a key as it stands in a file or variable: 64 hexadecimal digits, or PKCS #8 PEM for Ed25519. The octets are
 * overwritten in any case.
 * @param where for messages, never the content
 * @throws ImsError `signing.bad-key`
 */
export function parseKey(scheme: SignatureScheme, text: Buffer, where: string): SigningKey {
  const secret = Buffer.alloc(SECRET_BYTES);
  try {
    if (text.subarray(0, PEM_START.length).toString("latin1") === PEM_START) {
      readPem(scheme, text, secret, where);
    } else {
      readHex(text, secret, where);
    }
    return new SigningKey(scheme, secret);
  } finally {
    secret.fill(0);
    text.fill(0);
  }
}

/** Digit by digit, because a string of the digits could not be overwritten. */
function readHex(text: Buffer, secret: Buffer, where: string): void {
  let length = text.length;
  while (length > 0 && (text[length - 1] === NEWLINE || text[length - 1] === RETURN)) length--;
  if (length !== 2 * SECRET_BYTES) {
    throw fail(
      "signing.bad-key",
      `${where} holds ${length} characters, not ${2 * SECRET_BYTES} hexadecimal digits`,
    );
  }
  for (let index = 0; index < SECRET_BYTES; index++) {
    const high = digit(text[2 * index]!);
    const low = digit(text[2 * index + 1]!);
    if (high < 0 || low < 0)
      throw fail("signing.bad-key", `${where} holds something else than hexadecimal digits`);
    secret[index] = high * 16 + low;
  }
}

function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}

function readPem(scheme: SignatureScheme, text: Buffer, secret: Buffer, where: string): void {
  if (scheme !== "ed25519") {
    throw fail("signing.bad-key", `${where} holds PEM, which is read for ed25519 only`);
  }
  let der: Buffer | undefined;
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === "ed25519") der = key.export({ format: "der", type: "pkcs8" });
  } catch {
    // The cause may quote the key.
  }
  if (der === undefined) throw fail("signing.bad-key", `${where} holds no Ed25519 key in PKCS #8 PEM`);
  secret.set(der.subarray(PKCS8_PREFIX_BYTES, PKCS8_PREFIX_BYTES + SECRET_BYTES));
  der.fill(0);
}

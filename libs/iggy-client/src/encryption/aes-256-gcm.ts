import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomFillSync,
} from "node:crypto";
import { encryptionError } from "./encryption-errors.js";
import type { Encryptor } from "./encryptor.js";

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Nonces drawn at once: one call of the random source costs about as much as one encryption. */
const NONCES_PER_DRAW = 256;
const BASE64_KEY = /^[A-Za-z0-9+/]{43}=$/;

/**
 * AES-256-GCM in the layout of the Rust SDK (sdk-features.md section 3): `[nonce 12][ciphertext][tag 16]`, a new random
 * nonce each time, no additional data. With random nonces one key should encrypt at most 2^32 payloads and header
 * blocks; change it before that.
 */
export class Aes256GcmEncryptor implements Encryptor {
  readonly addedBytes = NONCE_BYTES + TAG_BYTES;
  private readonly key: KeyObject;
  private readonly nonces = new Uint8Array(NONCE_BYTES * NONCES_PER_DRAW);
  private nextNonceAt = this.nonces.length;

  /**
   * Throws `iggy-client.encryption-key` for anything but 32 bytes. The bytes are copied.
   * @param fillRandom fills the array with bytes that nobody can foresee; tests may pass their own
   */
  constructor(
    key: Uint8Array,
    private readonly fillRandom: (bytes: Uint8Array) => void = randomFillSync,
  ) {
    if (!(key instanceof Uint8Array) || key.length !== KEY_BYTES) {
      const given = key instanceof Uint8Array ? `${key.length} bytes` : `a ${typeof key}`;
      throw encryptionError("iggy-client.encryption-key", `the key is ${given}, not ${KEY_BYTES} bytes`);
    }
    this.key = createSecretKey(key);
  }

  /** From the standard base64 form with padding, which is 44 characters long. */
  static fromBase64(key: string): Aes256GcmEncryptor {
    if (!BASE64_KEY.test(key)) {
      throw encryptionError(
        "iggy-client.encryption-key",
        `the key text of ${key.length} characters is not the base64 form of ${KEY_BYTES} bytes`,
      );
    }
    return new Aes256GcmEncryptor(Buffer.from(key, "base64"));
  }

  encrypt(plain: Uint8Array): Uint8Array {
    const encrypted = new Uint8Array(plain.length + this.addedBytes);
    this.drawNonce(encrypted);
    const cipher = createCipheriv(ALGORITHM, this.key, encrypted.subarray(0, NONCE_BYTES));
    encrypted.set(cipher.update(plain), NONCE_BYTES);
    cipher.final();
    encrypted.set(cipher.getAuthTag(), NONCE_BYTES + plain.length);
    return encrypted;
  }

  decrypt(encrypted: Uint8Array): Uint8Array {
    const tagAt = encrypted.length - TAG_BYTES;
    if (tagAt < NONCE_BYTES) {
      throw encryptionError(
        "iggy-client.decryption",
        `${encrypted.length} bytes are too short for a nonce of ${NONCE_BYTES} and a tag of ${TAG_BYTES}`,
      );
    }
    const decipher = createDecipheriv(ALGORITHM, this.key, encrypted.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(encrypted.subarray(tagAt));
    const plain = decipher.update(encrypted.subarray(NONCE_BYTES, tagAt));
    try {
      decipher.final();
    } catch (cause) {
      throw encryptionError("iggy-client.decryption", `the tag of ${encrypted.length} bytes does not match`, {
        cause,
      });
    }
    return new Uint8Array(plain.buffer, plain.byteOffset, plain.length);
  }

  private drawNonce(target: Uint8Array): void {
    const { nonces } = this;
    if (this.nextNonceAt === nonces.length) {
      this.fillRandom(nonces);
      this.nextNonceAt = 0;
    }
    const at = this.nextNonceAt;
    for (let i = 0; i < NONCE_BYTES; i++) target[i] = nonces[at + i]!;
    this.nextNonceAt = at + NONCE_BYTES;
  }
}

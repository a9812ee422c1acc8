/**
 * Encrypts what a message carries: the payload and, apart from it, the encoded user headers when there are any. Sender
 * and reader need the same one; nothing on the wire says that a message is encrypted.
 */
export interface Encryptor {
  /** Bytes that {@link encrypt} adds, whatever the length. */
  readonly addedBytes: number;
  encrypt(plain: Uint8Array): Uint8Array;
  /** Throws `iggy-client.decryption` when the bytes are too short, were changed, or belong to another key. */
  decrypt(encrypted: Uint8Array): Uint8Array;
}

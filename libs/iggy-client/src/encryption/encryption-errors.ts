import { type ErrorTable, errorFactory } from "@ims/common";

/** What encrypting or decrypting a message can end in. No message or context ever holds key or content bytes. */
export const ENCRYPTION_ERRORS = {
  "iggy-client.encryption-key": {
    summary: "An encryption key is not usable.",
    action: "Give 32 random bytes, or their standard base64 form of 44 characters",
    retryable: false,
  },
  "iggy-client.decryption": {
    summary: "An encrypted payload or header block cannot be decrypted.",
    action: "Use the key that the sender used; if the key is right, the bytes were changed on the way",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const encryptionError = errorFactory(ENCRYPTION_ERRORS);

import { type ErrorTable, errorFactory } from "@ims/common/core";

/** What signing and verifying can report. */
export const SIGNING_ERRORS = {
  "signing.unknown-name": {
    summary: "A scheme or backend is named that does not exist.",
    action: "Use a scheme of ecdsa, schnorr, ed25519 and a backend of native, wasm, js.",
    retryable: false,
  },
  "signing.backend-unavailable": {
    summary: "A backend cannot be loaded on this machine.",
    action: "Install the dependencies again on this machine, or choose another backend.",
    retryable: false,
  },
  "signing.backend-not-open": {
    summary: "A backend is asked for that was not opened at the start.",
    action: "Name the backend among those that are opened.",
    retryable: false,
  },
  "signing.scheme-unsupported": {
    summary: "A backend does not have the scheme of the key.",
    action: "Choose a backend that has the scheme.",
    retryable: false,
  },
  "signing.backend-failed": {
    summary: "A backend failed while signing.",
    action: "Switch to another backend, and report it with the cause.",
    retryable: false,
  },
  "signing.bad-key": {
    summary: "Octets are no private key of the scheme.",
    action:
      "Give 64 hexadecimal digits of a number from 1 to below the order of the curve, or PKCS #8 PEM for Ed25519.",
    retryable: false,
  },
  "signing.key-file": {
    summary: "A key file cannot be read or written.",
    action: "Check the path, that it is a plain file of at most 4 KiB, and who may read it.",
    retryable: false,
  },
  "signing.key-permissions": {
    summary: "Others than its owner may use a key file, or its owner is another user.",
    action: "Make the file yours and run chmod 600 on it; if others could read it, make a new key.",
    retryable: false,
  },
  "signing.key-missing": {
    summary: "No key is in the environment variable named.",
    action: "Set the variable, or name a key file instead.",
    retryable: false,
  },
  "signing.key-disposed": {
    summary: "A key is used that was zeroed already.",
    action: "Keep the key until everything that signs with it is closed.",
    retryable: false,
  },
  "signing.bad-input": {
    summary: "An argument has a wrong length or value.",
    action: "Pass what the documentation of the function says.",
    retryable: false,
  },
  "signing.message-too-long": {
    summary: "A message is longer than can be signed.",
    action: "Split the message, or sign its hash as a message of its own.",
    retryable: false,
  },
  "signing.bad-batch": {
    summary: "A Merkle batch, proof or its metadata is not usable.",
    action:
      "Give as many messages as the metadata says, at most the batch's bound, and proofs of that batch.",
    retryable: false,
  },
  "signing.pool-full": {
    summary: "As many messages wait for signatures as the ring holds.",
    action: "Wait for results before handing over more, or use more workers.",
    retryable: true,
  },
  "signing.pool-closed": {
    summary: "The worker pool is closed.",
    action: "Open a new pool.",
    retryable: false,
  },
  "signing.worker-failed": {
    summary: "Workers of the pool die again and again.",
    action: "Look at the cause, and open a new pool with another backend.",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(SIGNING_ERRORS);

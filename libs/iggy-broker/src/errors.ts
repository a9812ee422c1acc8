import { type ErrorTable, errorFactory } from "@ims/common";

/** Everything the broker can refuse to its owner (not to its clients: those get protocol codes). */
export const BROKER_ERRORS = {
  "broker.address-in-use": {
    summary: "Another process listens on the address.",
    action: "Stop that process, choose another port, or point IGGY_URL at the broker that is already there.",
    retryable: false,
  },
  "broker.address-unavailable": {
    summary: "The address cannot be listened on.",
    action: "Use an address of this machine, 127.0.0.1 by default, and a port that this user may open.",
    retryable: false,
  },
  "broker.data-dir-unwritable": {
    summary: "The data folder cannot be created or written.",
    action: "Give this user write permission on the folder or choose another one.",
    retryable: false,
  },
  "broker.data-dir-locked": {
    summary: "Another broker uses the data folder.",
    action: "Stop that process or choose another data folder.",
    retryable: false,
  },
  "broker.data-dir-missing": {
    summary: "There is no data of a broker in the folder.",
    action: "Name the folder that the broker was started with.",
    retryable: false,
  },
  "broker.data-dir-version": {
    summary: "The data folder was written by a version with another format.",
    action: "Start the version that wrote it, or choose an empty data folder.",
    retryable: false,
  },
  "broker.data-corrupt": {
    summary: "Stored metadata or messages are damaged outside the part that recovery may cut off.",
    action: "Restore the named file from a backup, or move it away and accept the loss of its content.",
    retryable: false,
  },
  "broker.default-credentials": {
    summary: "The broker would be reachable from other machines with the default user and password.",
    action:
      "Set a user name and password, listen on 127.0.0.1, or allow it: --allow-default-credentials, in a program allowDefaultCredentials.",
    retryable: false,
  },
  "broker.tls-file": {
    summary: "The TLS certificate or key cannot be read or is not usable.",
    action: "Give the paths of a certificate and of a private key without passphrase, both in PEM form.",
    retryable: false,
  },
  "broker.tls-mismatch": {
    summary: "The TLS key does not belong to the certificate.",
    action:
      "Give the key that the certificate was issued for; the server's certificate comes first in its file.",
    retryable: false,
  },
  "broker.invalid-option": {
    summary: "An option of the broker is out of range.",
    action: "Correct the named option.",
    retryable: false,
  },
  "broker.worker-failed": {
    summary: "The worker thread that runs the broker ended unexpectedly.",
    action: "Read the cause and the log lines before it, then start the broker again.",
    retryable: true,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(BROKER_ERRORS);

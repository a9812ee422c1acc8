import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { describeError, type ErrorTable, errorFactory } from "@ims/common";

export const DERIBIT_ERRORS = {
  "deribit.secret-file": {
    summary: "The file of the client secret cannot be used.",
    action: "Name a regular file of at most 4096 bytes that only its owner may read (chmod 600)",
    retryable: false,
  },
  "deribit.credentials-incomplete": {
    summary: "A client id without a secret, a secret without an id, or two secrets.",
    action: "Set DERIBIT_CLIENT_ID, and one of DERIBIT_CLIENT_SECRET and DERIBIT_CLIENT_SECRET_FILE",
    retryable: false,
  },
} as const satisfies ErrorTable;

const deribitError = errorFactory(DERIBIT_ERRORS);

/** With them the raw channels are read: every change at once, in place of batches of 100 ms. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const FILE_BYTES_MAX = 4096;
const OTHERS_MAY_READ = 0o077;

/**
 * The login, or undefined where nothing is set. Throws `deribit.credentials-incomplete` and `deribit.secret-file`,
 * neither of which ever says a secret.
 */
export function readCredentials(
  clientId: string | undefined,
  clientSecret: string | undefined,
  secretFile: string | undefined,
): Credentials | undefined {
  if (clientSecret !== undefined && secretFile !== undefined)
    throw deribitError("deribit.credentials-incomplete", "The secret is set twice, in a file and beside it");
  const secret = secretFile === undefined ? clientSecret : readSecretFile(secretFile);
  if (clientId === undefined && secret === undefined) return undefined;
  if (clientId === undefined)
    throw deribitError("deribit.credentials-incomplete", "The client id is missing");
  if (secret === undefined)
    throw deribitError("deribit.credentials-incomplete", "The client secret is missing");
  return { clientId, clientSecret: secret };
}

function readSecretFile(path: string): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    throw deribitError("deribit.secret-file", `${path} cannot be opened (${describeError(error)})`);
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw deribitError("deribit.secret-file", `${path} is not a file`);
    // Windows keeps no such bits: there the folder's access list has to do.
    if (process.platform !== "win32" && (stats.mode & OTHERS_MAY_READ) !== 0)
      throw deribitError("deribit.secret-file", `${path} may be read by others than its owner`);
    const bytes = Buffer.alloc(FILE_BYTES_MAX + 1);
    const length = readSync(file, bytes);
    const text = bytes.toString("utf8", 0, length).trim();
    if (length > FILE_BYTES_MAX || text === "")
      throw deribitError("deribit.secret-file", `${path} is empty or larger than ${FILE_BYTES_MAX} bytes`);
    return text;
  } finally {
    closeSync(file);
  }
}

import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  type Stats,
  unlinkSync,
  writeSync,
} from "node:fs";
import { type RandomFill, systemRandom } from "../engine/random-source.js";
import { fail } from "../errors.js";
import { SECRET_BYTES, type SignatureScheme } from "../schemes.js";
import { parseKey } from "./key-text.js";
import { isScalar } from "./scalars.js";
import { SigningKey } from "./signing-key.js";

const KEY_FILE_BYTES_MAX = 4_096;
const OTHERS = 0o077;
const OWNER_ONLY = 0o600;
const ROOT = 0;

/**
 * Reads a key from a file that its owner alone may use: mode 0600 or less, of the user that this process runs as. What is
 * checked is the file that was opened, so a link may lead to it. On Windows, which has no such modes, nothing is checked.
 * @throws ImsError `signing.key-file`, `signing.key-permissions`, `signing.bad-key`
 */
export function readKeyFile(scheme: SignatureScheme, path: string): SigningKey {
  let file: number;
  try {
    // Opening a named pipe would wait for somebody who writes.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw fail("signing.key-file", `the key file ${path} cannot be opened`, { cause });
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw fail("signing.key-file", `${path} is no plain file`);
    if (stats.size > KEY_FILE_BYTES_MAX) {
      throw fail(
        "signing.key-file",
        `the key file ${path} has ${stats.size} octets, ${KEY_FILE_BYTES_MAX} at most`,
      );
    }
    requirePrivate(path, stats);
    const content = Buffer.alloc(KEY_FILE_BYTES_MAX);
    const length = readSync(file, content, 0, KEY_FILE_BYTES_MAX, 0);
    return parseKey(scheme, content.subarray(0, length), `the key file ${path}`);
  } finally {
    closeSync(file);
  }
}

function requirePrivate(path: string, stats: Stats): void {
  const user = process.getuid?.();
  if (user === undefined) return;
  if (stats.uid !== user && stats.uid !== ROOT) {
    throw fail(
      "signing.key-permissions",
      `the key file ${path} belongs to the user ${stats.uid}, not ${user}`,
    );
  }
  if ((stats.mode & OTHERS) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
    throw fail("signing.key-permissions", `the key file ${path} has the mode ${mode}`);
  }
}

/**
 * Reads a key from an environment variable, and takes the variable away, so that processes started later do not inherit
 * it. The string itself cannot be overwritten, and the system may show a process's first environment: prefer files.
 * @throws ImsError `signing.key-missing`, `signing.bad-key`
 */
export function readKeyVariable(
  scheme: SignatureScheme,
  name: string,
  environment: NodeJS.ProcessEnv = process.env,
): SigningKey {
  const text = environment[name];
  if (text === undefined || text === "") {
    throw fail("signing.key-missing", `the environment variable ${name} is not set`);
  }
  delete environment[name];
  // A buffer of its own rather than a part of the pool.
  const content = Buffer.alloc(Buffer.byteLength(text));
  content.write(text);
  return parseKey(scheme, content, `the environment variable ${name}`);
}

/** A new key of random octets. */
export function generateKey(scheme: SignatureScheme, random: RandomFill = systemRandom): SigningKey {
  const secret = Buffer.alloc(SECRET_BYTES);
  try {
    do random(secret);
    while (scheme !== "ed25519" && !isScalar(secret));
    return new SigningKey(scheme, secret);
  } finally {
    secret.fill(0);
  }
}

/**
 * Writes a key to a new file with the mode 0600, 64 hexadecimal digits and a newline. A file that exists is left as it is.
 * @throws ImsError `signing.key-file`
 */
export function writeKeyFile(key: SigningKey, path: string): void {
  const content = Buffer.alloc(2 * SECRET_BYTES + 1, "\n");
  let file: number | undefined;
  try {
    writeHex(key.secret, content);
    file = openSync(path, "wx", OWNER_ONLY);
    fchmodSync(file, OWNER_ONLY);
    for (let done = 0; done < content.length; ) done += writeSync(file, content, done);
    fsyncSync(file);
  } catch (cause) {
    if (file !== undefined) unlinkSync(path);
    throw fail("signing.key-file", `the key file ${path} cannot be written`, { cause });
  } finally {
    content.fill(0);
    if (file !== undefined) closeSync(file);
  }
}

const DIGITS = Buffer.from("0123456789abcdef", "latin1");

function writeHex(secret: Uint8Array, out: Buffer): void {
  for (let index = 0; index < secret.length; index++) {
    out[2 * index] = DIGITS[secret[index]! >> 4]!;
    out[2 * index + 1] = DIGITS[secret[index]! & 15]!;
  }
}

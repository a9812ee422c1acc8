import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { describeError } from "@ims/common";
import { binanceError } from "../errors/binance-errors.js";

const KEY_LENGTH_MAX = 256;
/** Room for more than a key, so that what else a file holds can be named in the error. */
const FILE_BYTES_MAX = 4096;
const OTHERS_MAY_READ = 0o077;
const KEY = /^[A-Za-z0-9_\-+/=]{16,256}$/;

/**
 * The API key of a file. Throws `binance.api-key-file` and `binance.api-key-malformed`, neither of which ever says what
 * the file holds.
 */
export function readApiKeyFile(path: string): string {
  return checkApiKey(readSmallFile(path).replace(/\r?\n$/, ""), path);
}

/**
 * Throws `binance.api-key-malformed`, without the text itself.
 *
 * @param source where the text was found, for the error
 */
export function checkApiKey(text: string, source: string): string {
  if (text.startsWith("-----BEGIN"))
    throw binanceError("binance.api-key-malformed", `${source} holds a PEM block`);
  if (!KEY.test(text)) {
    const detail = `${source} holds ${text.length} characters that are not the 16 to ${KEY_LENGTH_MAX} of a key`;
    throw binanceError("binance.api-key-malformed", detail);
  }
  return text;
}

function readSmallFile(path: string): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    throw binanceError("binance.api-key-file", `${path} cannot be opened (${describeError(error)})`);
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw binanceError("binance.api-key-file", `${path} is not a file`);
    // Windows keeps no such bits: there the folder's access list has to do.
    if (process.platform !== "win32" && (stats.mode & OTHERS_MAY_READ) !== 0) {
      const bits = (stats.mode & 0o777).toString(8).padStart(4, "0");
      throw binanceError("binance.api-key-file", `${path} has mode ${bits}`);
    }
    if (stats.size > FILE_BYTES_MAX) {
      throw binanceError("binance.api-key-malformed", `${path} has ${stats.size} bytes, more than a key`);
    }
    const bytes = Buffer.alloc(FILE_BYTES_MAX);
    return bytes.toString("utf8", 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

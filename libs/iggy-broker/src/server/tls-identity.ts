import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { type Clock, describeError } from "@ims/common";
import type { BrokerLogger, BrokerTls } from "../broker-options.js";
import { fail } from "../errors.js";

/** What a server shows to its clients. */
export interface TlsIdentity {
  /** PEM: the certificate of the server, then those that vouch for it. */
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: "TLSv1.2";
}

/**
 * Reads certificate and key and checks that they can be used together. A certificate that is not valid at this time is
 * only warned about, since clients judge that.
 * @throws ImsError (rejected) `broker.tls-file`, `broker.tls-mismatch`, each with the file
 */
export async function readTlsIdentity(
  { certFile, keyFile }: BrokerTls,
  clock: Clock,
  logger: BrokerLogger,
): Promise<TlsIdentity> {
  const [cert, key] = await Promise.all([readPem(certFile), readPem(keyFile)]);
  const certificate = parse(certFile, "no certificate in PEM form", () => new X509Certificate(cert));
  const privateKey = parse(
    keyFile,
    "no private key in PEM form that can be read without a passphrase",
    (): KeyObject => createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw fail(
      "broker.tls-mismatch",
      `the key in ${keyFile} does not belong to the certificate in ${certFile}`,
      {
        context: { certFile, keyFile },
      },
    );
  }
  warnOfValidity(certificate, certFile, clock, logger);
  const identity: TlsIdentity = { cert, key, minVersion: "TLSv1.2" };
  // Keys and chains that OpenSSL finds too weak or broken are refused here and not at the first client.
  parse(certFile, "nothing that TLS can use", () => createSecureContext(identity));
  return identity;
}

async function readPem(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw fail("broker.tls-file", `${file} cannot be read: ${describeError(cause)}`, {
      cause,
      context: { file },
    });
  }
}

function parse<Value>(file: string, lack: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    // The cause stays out of the message: parsers quote what they were given, which may be a key.
    throw fail("broker.tls-file", `${file} holds ${lack}`, { cause, context: { file } });
  }
}

function warnOfValidity(
  { validFrom, validTo }: X509Certificate,
  certFile: string,
  clock: Clock,
  logger: BrokerLogger,
): void {
  const nowMillis = clock.nowMicros() / 1000;
  if (nowMillis >= Date.parse(validFrom) && nowMillis <= Date.parse(validTo)) return;
  logger.warn(
    { certFile, validFrom, validTo },
    "the TLS certificate is not valid now; clients will refuse it",
  );
}

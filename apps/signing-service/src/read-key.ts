import { isImsError } from "@ims/common";
import { readKeyFile, readKeyVariable, type SignatureScheme, type SigningKey } from "@ims/signing";
import { fail } from "./errors.js";

/** The variable that holds the key itself where no file is named. */
export const KEY_VARIABLE = "IMS_SIGN_KEY";

/**
 * Reads the key of the service from its file, or from the environment, where it is taken away.
 * @throws ImsError `signing-service.no-key`, `signing.key-permissions`, `signing.bad-key`
 */
export function readKey(
  scheme: SignatureScheme,
  keyFile: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): SigningKey {
  try {
    if (keyFile === undefined) return readKeyVariable(scheme, KEY_VARIABLE, environment);
    return readKeyFile(scheme, keyFile);
  } catch (cause) {
    const isAbsent = isImsError(cause, "signing.key-missing") || isImsError(cause, "signing.key-file");
    if (!isAbsent) throw cause;
    throw fail("signing-service.no-key", cause.message, { cause });
  }
}

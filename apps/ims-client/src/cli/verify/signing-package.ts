import { fail } from "./verify-errors.js";

/** The package; an installation may lack it. */
export type Signing = typeof import("@ims/signing");
export type StreamVerifier = InstanceType<Signing["StreamVerifier"]>;
export type StreamFault = import("@ims/signing").StreamFault;
export type TrustedKey = import("@ims/signing").TrustedKey;
export type SigningEngine = InstanceType<Signing["SigningEngine"]>;

export const INSTALLED_SIGNING = (): Promise<Signing> => import("@ims/signing");

/** @throws ImsError (rejected) `verify.no-package` */
export async function loadSigning(from: () => Promise<Signing>): Promise<Signing> {
  try {
    return await from();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw fail("verify.no-package", "@ims/signing is not installed", { cause: error });
  }
}

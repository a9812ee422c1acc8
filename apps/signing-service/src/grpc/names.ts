import { BACKEND_NAMES, type BackendName, SIGNATURE_SCHEMES, type SignatureScheme } from "@ims/signing";
import type { BackendLabel, SchemeName } from "@ims/signing-proto";

/** The enums of `signing.proto` are the names of the library in capitals. */
export function schemeLabel(scheme: SignatureScheme): SchemeName {
  return scheme.toUpperCase() as SchemeName;
}

export function schemeOf(label: SchemeName): SignatureScheme | undefined {
  return SIGNATURE_SCHEMES.find((scheme) => schemeLabel(scheme) === label);
}

export function backendLabel(backend: BackendName): BackendLabel {
  return backend.toUpperCase() as BackendLabel;
}

export function backendOf(label: BackendLabel): BackendName | undefined {
  return BACKEND_NAMES.find((backend) => backendLabel(backend) === label);
}

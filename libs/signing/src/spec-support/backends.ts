import { BACKEND_NAMES, type BackendName, type SigningBackend } from "../backends/backend.js";
import { openBackend } from "../backends/open-backend.js";
import { SigningEngine } from "../engine/signing-engine.js";
import { SIGNATURE_SCHEMES, type SignatureScheme } from "../schemes.js";

const opened = new Map<BackendName, SigningBackend>();

/** A backend that specs share, because compiling one takes a while. */
export function sharedBackend(name: BackendName): SigningBackend {
  const backend = opened.get(name) ?? openBackend(name);
  opened.set(name, backend);
  return backend;
}

/** An engine of all backends. */
export function engineOfAll(random?: (octets: Uint8Array) => void): SigningEngine {
  return new SigningEngine({ backends: BACKEND_NAMES, random, open: sharedBackend });
}

/** Each scheme with each backend that has it. */
export function schemesAndBackends(): [SignatureScheme, BackendName][] {
  return SIGNATURE_SCHEMES.flatMap((scheme) =>
    BACKEND_NAMES.filter((name) => sharedBackend(name).schemes.includes(scheme)).map(
      (name): [SignatureScheme, BackendName] => [scheme, name],
    ),
  );
}

import { isImsError } from "@ims/common/core";
import type { BackendName, SigningBackend } from "../backends/backend.js";
import { openBackend } from "../backends/open-backend.js";
import { isWellFormed } from "../backends/verification-rules.js";
import { fail } from "../errors.js";
import { isBelowOrder, reduceScalar } from "../keys/scalars.js";
import type { SigningKey } from "../keys/signing-key.js";
import { AUX_BYTES, DIGEST_BYTES, SIGNATURE_BYTES, type SignatureScheme } from "../schemes.js";
import { type RandomFill, RandomPieces, systemRandom } from "./random-source.js";

export interface SigningEngineOptions {
  /** Loaded at once, so that a switch costs nothing; at least one. */
  readonly backends: readonly BackendName[];
  /** The one to begin with; the first of `backends` where it is left out. */
  readonly use?: BackendName;
  /** Where the randomness of Schnorr signatures comes from; a cryptographic source. */
  readonly random?: RandomFill;
  /** How backends are loaded; tests put another in. */
  readonly open?: (name: BackendName) => SigningBackend;
}

/** Signs and verifies digests by one of several backends, which may be switched between any two calls. */
export class SigningEngine {
  readonly #backends = new Map<BackendName, SigningBackend>();
  readonly #random: RandomPieces;
  readonly #aux = new Uint8Array(AUX_BYTES);
  #current: SigningBackend;

  /** @throws ImsError `signing.backend-unavailable`, `signing.backend-not-open`, `signing.bad-input` */
  constructor({ backends, use, random = systemRandom, open = openBackend }: SigningEngineOptions) {
    const first = use ?? backends[0];
    if (first === undefined) throw fail("signing.bad-input", "no backend is named");
    for (const name of backends) if (!this.#backends.has(name)) this.#backends.set(name, open(name));
    this.#random = new RandomPieces(random);
    this.#current = this.#opened(first);
  }

  /** The backend of the next call. */
  get backend(): BackendName {
    return this.#current.name;
  }

  /** Those that were opened, in the order in which they were named. */
  get backends(): readonly BackendName[] {
    return [...this.#backends.keys()];
  }

  /**
   * Switches the backend, from the next call on.
   * @throws ImsError `signing.backend-not-open`
   */
  use(name: BackendName): void {
    this.#current = this.#opened(name);
  }

  /**
   * Puts a backend in the place of the one with its name, from the next call on, and closes that one: another version of
   * its module, for example. One that was not there is added.
   */
  replace(backend: SigningBackend): void {
    const before = this.#backends.get(backend.name);
    if (before === backend) return;
    this.#backends.set(backend.name, backend);
    if (this.#current === before) this.#current = backend;
    before?.close();
  }

  /** Whether the backend of the next call has a scheme. */
  has(scheme: SignatureScheme): boolean {
    return this.#current.schemes.includes(scheme);
  }

  /**
   * Signs a digest: 64 octets into `out` from `offset` on. Digests are those of `DigestMaker` and of batches; one made
   * otherwise gives a signature without their separation of purposes.
   * @param aux 32 octets in place of randomness, for known answers; Schnorr only
   * @throws ImsError `signing.bad-input`, `signing.scheme-unsupported`, `signing.key-disposed`, `signing.backend-failed`
   */
  sign(key: SigningKey, digest: Uint8Array, out: Uint8Array, offset = 0, aux?: Uint8Array): void {
    if (digest.length !== DIGEST_BYTES) {
      throw fail("signing.bad-input", `a digest has ${DIGEST_BYTES} octets, not ${digest.length}`);
    }
    if (!(offset >= 0 && offset + SIGNATURE_BYTES <= out.length)) {
      throw fail(
        "signing.bad-input",
        `there is no room for a signature at ${offset} of ${out.length} octets`,
      );
    }
    if (aux !== undefined && aux.length !== AUX_BYTES) {
      throw fail("signing.bad-input", `the randomness has ${AUX_BYTES} octets, not ${aux.length}`);
    }
    this.#requireScheme(key.scheme);
    if (aux !== undefined) this.#aux.set(aux);
    else if (key.scheme === "schnorr") this.#random.take(this.#aux);
    try {
      const input = key.scheme === "ecdsa" ? this.#reduced(digest) : digest;
      this.#current.sign(key, input, this.#aux, out, offset);
    } catch (cause) {
      if (isImsError(cause)) throw cause;
      throw fail("signing.backend-failed", `the backend ${this.backend} could not sign`, { cause });
    }
  }

  /**
   * Whether a signature is that of a digest under a public key. Octets that are no signature, or no key, are not.
   * @throws ImsError `signing.scheme-unsupported`, `signing.backend-failed`
   */
  verify(scheme: SignatureScheme, publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
    this.#requireScheme(scheme);
    if (digest.length !== DIGEST_BYTES || !isWellFormed(scheme, publicKey, digest, signature)) return false;
    try {
      return this.#current.verify(scheme, publicKey, digest, signature);
    } catch (cause) {
      if (isImsError(cause)) throw cause;
      throw fail("signing.backend-failed", `the backend ${this.backend} could not verify`, { cause });
    }
  }

  /** Closes all backends. Keys stay with whoever made them. */
  close(): void {
    for (const backend of this.#backends.values()) backend.close();
    this.#aux.fill(0);
  }

  /**
   * RFC 6979 makes the nonce of the digest modulo the order (section 2.3.4); libsecp256k1 leaves that to its callers. The
   * signature is one of either.
   */
  #reduced(digest: Uint8Array): Uint8Array {
    if (isBelowOrder(digest)) return digest;
    const reduced = digest.slice();
    reduceScalar(reduced);
    return reduced;
  }

  #opened(name: BackendName): SigningBackend {
    const backend = this.#backends.get(name);
    if (backend === undefined) {
      throw fail(
        "signing.backend-not-open",
        `the backend ${name} is not among ${[...this.#backends.keys()].join(", ")}`,
      );
    }
    return backend;
  }

  #requireScheme(scheme: SignatureScheme): void {
    if (this.has(scheme)) return;
    throw fail("signing.scheme-unsupported", `the backend ${this.backend} has no ${scheme}`);
  }
}

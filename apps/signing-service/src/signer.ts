import { BACKEND_SCHEMES, type BackendName, type SigningKey, type SigningPool } from "@ims/signing";
import { fail } from "./errors.js";

/** One key and the workers that sign with it, counted. */
export class Signer {
  /** Signatures made, and switches of the backend, since the start. */
  signatureCount = 0;
  switchCount = 0;

  constructor(
    readonly key: SigningKey,
    readonly backends: readonly BackendName[],
    private readonly pool: Pick<SigningPool, "sign" | "use" | "backend" | "waiting" | "deaths">,
  ) {}

  get backend(): BackendName {
    return this.pool.backend;
  }

  /** Backends that have the scheme of the key. */
  get available(): readonly BackendName[] {
    return this.backends.filter((name) => BACKEND_SCHEMES[name].includes(this.key.scheme));
  }

  get waiting(): number {
    return this.pool.waiting;
  }

  get workerDeaths(): number {
    return this.pool.deaths;
  }

  /**
   * Signs digests of 32 octets into 64 octets each; what is handed over is signed by the backend of this moment.
   * @throws ImsError (rejected) what `SigningPool.sign` rejects with
   */
  async sign(digests: Uint8Array, out: Uint8Array): Promise<void> {
    await this.pool.sign(0, digests, out);
    this.signatureCount += digests.length / 32;
  }

  /**
   * Switches the backend of what is handed over from now on.
   * @returns the one before
   * @throws ImsError `signing-service.bad-setting` for one that is not open or lacks the scheme
   */
  use(name: BackendName): BackendName {
    const { available, backend } = this;
    if (!available.includes(name)) {
      throw fail(
        "signing-service.bad-setting",
        `the backend ${name} cannot sign here; ${available.join(", ")} can`,
      );
    }
    if (name !== backend) {
      this.pool.use(name);
      this.switchCount++;
    }
    return backend;
  }
}

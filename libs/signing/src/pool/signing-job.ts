import { fail } from "../errors.js";
import { DIGEST_BYTES, SIGNATURE_BYTES } from "../schemes.js";
import { type SigningRing, SlotState } from "./signing-ring.js";

/** The digests of one call, on their way through the rings. */
export class SigningJob {
  readonly finished: Promise<void>;
  #resolve!: () => void;
  #reject!: (error: Error) => void;
  #put = 0;
  #taken = 0;
  #failed = 0;
  #firstFailed = -1;

  constructor(
    private readonly keyIndex: number,
    private readonly digests: Uint8Array,
    private readonly out: Uint8Array,
    private readonly backendCodes: Uint8Array,
  ) {
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isPut(): boolean {
    return this.#put === this.backendCodes.length;
  }

  get isTaken(): boolean {
    return this.#taken === this.backendCodes.length;
  }

  /** Hands the next digest over; false if the ring is full. */
  putInto(ring: SigningRing): boolean {
    const start = this.#put * DIGEST_BYTES;
    const digest = this.digests.subarray(start, start + DIGEST_BYTES);
    if (!ring.put(digest, this.keyIndex, this.backendCodes[this.#put]!)) return false;
    this.#put++;
    return true;
  }

  /** Takes the signature of the next digest over. */
  takeFrom(ring: SigningRing): void {
    if (ring.take(this.out, this.#taken * SIGNATURE_BYTES) !== SlotState.Signed) {
      if (this.#failed++ === 0) this.#firstFailed = this.#taken;
    }
    this.#taken++;
  }

  settle(): void {
    if (this.#failed === 0) this.#resolve();
    else {
      this.#reject(
        fail(
          "signing.backend-failed",
          `${this.#failed} of ${this.#taken} digests could not be signed, first that at ${this.#firstFailed}`,
        ),
      );
    }
  }

  reject(error: Error): void {
    this.#reject(error);
  }
}

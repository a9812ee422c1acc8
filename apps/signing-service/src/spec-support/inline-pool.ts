import {
  type BackendName,
  generateKey,
  type SignatureScheme,
  SigningEngine,
  type SigningKey,
} from "@ims/signing";
import { Signer } from "../signer.js";

/** In place of worker threads: signs in the calling one, with the same signatures. */
export class InlinePool {
  readonly waiting = 0;
  readonly deaths = 0;
  readonly engine: SigningEngine;

  constructor(
    private readonly key: SigningKey,
    backends: readonly BackendName[],
  ) {
    this.engine = new SigningEngine({ backends });
  }

  get backend(): BackendName {
    return this.engine.backend;
  }

  use(name: BackendName): void {
    this.engine.use(name);
  }

  async sign(_keyIndex: number, digests: Uint8Array, out: Uint8Array): Promise<void> {
    const aux = new Uint8Array(32);
    for (let index = 0; 32 * index < digests.length; index++) {
      const digest = digests.subarray(32 * index, 32 * index + 32);
      this.engine.sign(this.key, digest, out, 64 * index, aux);
    }
  }
}

/** A signer with a new key. */
export function inlineSigner(
  scheme: SignatureScheme,
  backends: readonly BackendName[] = ["native", "js"],
): Signer {
  const key = generateKey(scheme);
  return new Signer(key, backends, new InlinePool(key, backends));
}

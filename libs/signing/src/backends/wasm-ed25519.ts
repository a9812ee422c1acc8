import { fail } from "../errors.js";
import type { SigningKey } from "../keys/signing-key.js";
import { SIGNATURE_BYTES } from "../schemes.js";
import { type Ed25519Exports, instantiateEd25519Module } from "./ed25519-module.js";
import { type CompiledSigningModule, usedStack } from "./signing-module.js";

/** Octets of the longest message; the module's memory is capped. */
export const WASM_MESSAGE_BYTES_MAX = 1 << 20;

/** Address and length of a signature. */
const RESULT_BYTES = 8;

/**
 * Ed25519 in WebAssembly. The module allocates, copies keys about and frees without overwriting: so behind each call
 * its stack is zeroed and all that is above the stack is written over with what was there before.
 */
export class WasmEd25519 {
  #exports!: Ed25519Exports;
  #memory!: ArrayBuffer;
  #octets!: Uint8Array;
  #stack!: Uint8Array;
  /** Everything above the stack: the module's data and its heap. */
  #writable!: Uint8Array;
  #before!: Uint8Array;

  /** @param module of `compileEd25519Module` */
  constructor(private readonly module: CompiledSigningModule) {
    this.#begin();
  }

  /** The running instance, for tests of what is in its memory. */
  get exports(): Ed25519Exports {
    return this.#exports;
  }

  /** @throws ImsError `signing.message-too-long`, `signing.backend-failed` */
  sign(key: SigningKey, message: Uint8Array, out: Uint8Array, offset: number): void {
    const { publicKey, secret } = key;
    this.#call(message, (at) => {
      const result = this.#exports.__wbindgen_malloc(RESULT_BYTES);
      const [keyAt, secretAt] = [this.#put(publicKey), this.#put(secret)];
      this.#exports.ext_ed_sign(result, keyAt, publicKey.length, secretAt, secret.length, at, message.length);
      const [address, length] = new Uint32Array(this.#exports.memory.buffer, result, 2);
      if (length !== SIGNATURE_BYTES) {
        throw fail("signing.backend-failed", `the module gave a signature of ${length} octets`);
      }
      out.set(new Uint8Array(this.#exports.memory.buffer, address, SIGNATURE_BYTES), offset);
    });
  }

  /** @throws ImsError `signing.message-too-long` */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    return this.#call(message, (at) => {
      const [keyAt, signatureAt] = [this.#put(publicKey), this.#put(signature)];
      return (
        this.#exports.ext_ed_verify(
          signatureAt,
          signature.length,
          at,
          message.length,
          keyAt,
          publicKey.length,
        ) === 1
      );
    });
  }

  /** Overwrites all of the module's memory. */
  close(): void {
    new Uint8Array(this.#exports.memory.buffer).fill(0);
  }

  /** Runs the module with the message in its memory, and leaves nothing of the call behind. */
  #call<Result>(message: Uint8Array, run: (messageAt: number) => Result): Result {
    if (message.length > WASM_MESSAGE_BYTES_MAX) {
      throw fail(
        "signing.message-too-long",
        `the backend wasm takes ${WASM_MESSAGE_BYTES_MAX} octets, not ${message.length}`,
      );
    }
    let isWhole = false;
    try {
      const result = run(this.#put(message));
      isWhole = true;
      return result;
    } finally {
      // A trap leaves the stack where it was, and memory that has grown does not shrink: such an instance is not used again.
      if (isWhole && this.#memory === this.#exports.memory.buffer) this.#rewind();
      else this.#beginAnew();
    }
  }

  #put(bytes: Uint8Array): number {
    const address = this.#exports.__wbindgen_malloc(bytes.length);
    const { buffer } = this.#exports.memory;
    const octets = buffer === this.#memory ? this.#octets : new Uint8Array(buffer);
    octets.set(bytes, address);
    return address;
  }

  #rewind(): void {
    this.#stack.fill(0);
    this.#writable.set(this.#before);
  }

  #beginAnew(): void {
    this.close();
    this.#begin();
  }

  #begin(): void {
    this.#exports = instantiateEd25519Module(this.module);
    // The module makes its heap, one more page, when it allocates for the first time.
    this.#exports.__wbindgen_malloc(1);
    this.#memory = this.#exports.memory.buffer;
    this.#octets = new Uint8Array(this.#memory);
    this.#stack = usedStack(this.#memory, this.module.stackTop);
    this.#stack.fill(0);
    this.#writable = this.#octets.subarray(this.module.stackTop);
    this.#before = this.#writable.slice();
  }
}

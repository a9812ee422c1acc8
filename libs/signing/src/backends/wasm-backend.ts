import { randomFillSync } from "node:crypto";
import type { SigningKey } from "../keys/signing-key.js";
import { AUX_BYTES, DIGEST_BYTES, SECRET_BYTES, SIGNATURE_BYTES, type SignatureScheme } from "../schemes.js";
import { BACKEND_SCHEMES, type SigningBackend } from "./backend.js";
import {
  type CompiledSigningModule,
  compileSigningModule,
  instantiateSigningModule,
  readInstalledModule,
  type Secp256k1Exports,
} from "./secp256k1-module.js";

const COMPRESSED_BYTES = 33;
const X_ONLY_BYTES = 32;
/** Octets of the stack that are overwritten behind a signature; signing takes about 9,000. */
const STACK_BYTES = 16_384;

/**
 * libsecp256k1 in WebAssembly. Keys are in the module's memory only while it signs: its input and its stack are overwritten
 * behind each signature, all of its memory when the backend closes.
 */
export class WasmBackend implements SigningBackend {
  readonly name = "wasm";
  readonly schemes = BACKEND_SCHEMES.wasm;
  #exports: Secp256k1Exports;
  #memory: ArrayBuffer;
  #secret!: Uint8Array;
  #digest!: Uint8Array;
  #aux!: Uint8Array;
  #signature!: Uint8Array;
  #publicKey!: Uint8Array;
  #xOnlyKey!: Uint8Array;
  #stack!: Uint8Array;

  /**
   * @param module of `compileSigningModule`; the installed module where it is left out
   * @throws ImsError `signing.backend-unavailable`, and what the check of modules throws
   */
  constructor(private readonly module: CompiledSigningModule = compileSigningModule(readInstalledModule())) {
    this.#exports = this.#instantiate();
    this.#memory = this.#exports.memory.buffer;
    this.#mapInputs();
  }

  /** The running instance, for tests of what is in its memory. */
  get exports(): Secp256k1Exports {
    return this.#exports;
  }

  sign(key: SigningKey, input: Uint8Array, aux: Uint8Array, out: Uint8Array, offset: number): void {
    if (this.#memory !== this.#exports.memory.buffer) this.#mapInputs();
    try {
      this.#digest.set(input);
      this.#secret.set(key.secret);
      if (key.scheme === "schnorr") {
        this.#aux.set(aux);
        this.#exports.signSchnorr(1);
      } else {
        this.#exports.sign(0);
      }
      out.set(this.#signature, offset);
    } catch (error) {
      this.#beginAnew();
      throw error;
    } finally {
      this.#secret.fill(0);
      this.#aux.fill(0);
      this.#stack.fill(0);
    }
  }

  verify(scheme: SignatureScheme, publicKey: Uint8Array, input: Uint8Array, signature: Uint8Array): boolean {
    if (this.#memory !== this.#exports.memory.buffer) this.#mapInputs();
    try {
      this.#digest.set(input);
      this.#signature.set(signature);
      if (scheme === "schnorr") {
        if (!this.#isPoint(publicKey)) return false;
        this.#xOnlyKey.set(publicKey);
        return this.#exports.verifySchnorr() === 1;
      }
      this.#publicKey.set(publicKey);
      if (this.#exports.isPoint(COMPRESSED_BYTES) !== 1) return false;
      return this.#exports.verify(COMPRESSED_BYTES, 1) === 1;
    } catch (error) {
      this.#beginAnew();
      throw error;
    }
  }

  close(): void {
    new Uint8Array(this.#exports.memory.buffer).fill(0);
  }

  /** The module throws for an x of no point; so it is asked about the point with that x and an even y before. */
  #isPoint(x: Uint8Array): boolean {
    this.#publicKey[0] = 2;
    this.#publicKey.set(x, 1);
    return this.#exports.isPoint(COMPRESSED_BYTES) === 1;
  }

  /** A trap leaves the module's stack where it was: the instance is not used again. */
  #beginAnew(): void {
    this.close();
    this.#exports = this.#instantiate();
    this.#mapInputs();
  }

  #instantiate(): Secp256k1Exports {
    const bits = new Int32Array(1);
    const exports = instantiateSigningModule(this.module, () => randomFillSync(bits)[0]!);
    exports.initializeContext();
    return exports;
  }

  #mapInputs(): void {
    const exports = this.#exports;
    this.#memory = exports.memory.buffer;
    const at = (global: { readonly value: number }, length: number) =>
      new Uint8Array(this.#memory, global.value, length);
    this.#secret = at(exports.PRIVATE_INPUT, SECRET_BYTES);
    this.#digest = at(exports.HASH_INPUT, DIGEST_BYTES);
    this.#aux = at(exports.EXTRA_DATA_INPUT, AUX_BYTES);
    this.#signature = at(exports.SIGNATURE_INPUT, SIGNATURE_BYTES);
    this.#publicKey = at(exports.PUBLIC_KEY_INPUT, COMPRESSED_BYTES);
    this.#xOnlyKey = at(exports.X_ONLY_PUBLIC_KEY_INPUT, X_ONLY_BYTES);
    const stackStart = Math.max(0, this.module.stackTop - STACK_BYTES);
    this.#stack = new Uint8Array(this.#memory, stackStart, this.module.stackTop - stackStart);
  }
}

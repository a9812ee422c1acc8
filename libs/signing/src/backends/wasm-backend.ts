import { randomFillSync } from "node:crypto";
import type { SigningKey } from "../keys/signing-key.js";
import { AUX_BYTES, DIGEST_BYTES, SECRET_BYTES, SIGNATURE_BYTES, type SignatureScheme } from "../schemes.js";
import { BACKEND_SCHEMES, type SigningBackend } from "./backend.js";
import { compileEd25519Module, type Ed25519Exports, readInstalledEd25519Module } from "./ed25519-module.js";
import {
  compileSigningModule,
  instantiateSigningModule,
  readInstalledModule,
  type Secp256k1Exports,
} from "./secp256k1-module.js";
import { type CompiledSigningModule, usedStack } from "./signing-module.js";
import { WasmEd25519 } from "./wasm-ed25519.js";

const COMPRESSED_BYTES = 33;
const X_ONLY_BYTES = 32;

/**
 * libsecp256k1 in WebAssembly, and `WasmEd25519` beside it. Keys are in the memory of their module only while it signs:
 * inputs and stack are overwritten behind each signature, all of both memories when the backend closes.
 */
export class WasmBackend implements SigningBackend {
  readonly name = "wasm";
  readonly schemes = BACKEND_SCHEMES.wasm;
  readonly #ed25519: WasmEd25519;
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
   * @param ed25519Module of `compileEd25519Module`, likewise
   * @throws ImsError `signing.backend-unavailable`, and what the check of modules throws
   */
  constructor(
    private readonly module: CompiledSigningModule = compileSigningModule(readInstalledModule()),
    ed25519Module: CompiledSigningModule = compileEd25519Module(readInstalledEd25519Module()),
  ) {
    this.#ed25519 = new WasmEd25519(ed25519Module);
    this.#exports = this.#instantiate();
    this.#memory = this.#exports.memory.buffer;
    this.#mapInputs();
  }

  /** The running instances, for tests of what is in their memory. */
  get exports(): Secp256k1Exports {
    return this.#exports;
  }

  get ed25519Exports(): Ed25519Exports {
    return this.#ed25519.exports;
  }

  sign(key: SigningKey, input: Uint8Array, aux: Uint8Array, out: Uint8Array, offset: number): void {
    if (key.scheme === "ed25519") {
      this.#ed25519.sign(key, input, out, offset);
      return;
    }
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
    if (scheme === "ed25519") return this.#ed25519.verify(publicKey, input, signature);
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
    this.#ed25519.close();
    this.#overwrite();
  }

  #overwrite(): void {
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
    this.#overwrite();
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
    this.#stack = usedStack(this.#memory, this.module.stackTop);
  }
}

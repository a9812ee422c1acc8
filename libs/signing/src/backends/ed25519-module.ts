import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { inflateSync } from "node:zlib";
import {
  type EngineMemory,
  type HostFunctions,
  instantiateModule,
  type ModuleLimits,
  type ModuleProfile,
} from "@ims/wasm-runtime";
import { fail } from "../errors.js";
import { type CompiledSigningModule, compileChecked, type SigningModule } from "./signing-module.js";

/**
 * What is used of the module. Arguments are addresses in its memory, each with a length behind it, of pieces that it
 * allocated before; it frees them.
 */
export interface Ed25519Exports {
  readonly memory: EngineMemory;
  __wbindgen_malloc(length: number): number;
  /** Writes address and length of the signature, two i32, to `result`. */
  ext_ed_sign(
    result: number,
    publicKey: number,
    publicKeyLength: number,
    seed: number,
    seedLength: number,
    message: number,
    messageLength: number,
  ): void;
  ext_ed_verify(
    signature: number,
    signatureLength: number,
    message: number,
    messageLength: number,
    publicKey: number,
    publicKeyLength: number,
  ): number;
}

const IMPORT_MODULE = "wbg";

/**
 * Modules with the interface of `@polkadot/wasm-crypto-wasm`. They import ways to the host's randomness, which Ed25519 has
 * no use for: all of them are refused when they are called.
 */
export const ED25519_PROFILE: ModuleProfile = {
  name: "ed25519",
  imports: {
    "wbg.__wbindgen_is_undefined": "(i32) -> (i32)",
    "wbg.__wbindgen_object_drop_ref": "(i32) -> ()",
    "wbg.__wbg_self_1b7a39e3a92c949c": "() -> (i32)",
    "wbg.__wbg_crypto_968f1772287e2df0": "(i32) -> (i32)",
    "wbg.__wbg_getRandomValues_a3d34b4fee3c2869": "(i32) -> (i32)",
    "wbg.__wbg_require_604837428532a733": "(i32, i32) -> (i32)",
    "wbg.__wbg_randomFillSync_d5bd2d655fdf256a": "(i32, i32, i32) -> ()",
    "wbg.__wbg_getRandomValues_f5e14ab7ac8e995d": "(i32, i32, i32) -> ()",
  },
  exports: {
    memory: "memory",
    __wbindgen_malloc: "(i32) -> (i32)",
    ext_ed_sign: "(i32, i32, i32, i32, i32, i32, i32) -> ()",
    ext_ed_verify: "(i32, i32, i32, i32, i32, i32) -> (i32)",
  },
  optionalExports: {},
};

/** The module begins with 19 pages; the others are for messages. */
const MODULE_LIMITS: ModuleLimits = { moduleBytes: 1 << 20, memoryPages: 40, tableElements: 1_000 };

/** SHA-256 of the module of `@polkadot/wasm-crypto-wasm` 7.5.4, inflated. */
const MODULE_HASH = "7edb3158a3ec97e5bd72f35476128a1c09273a109887fd445b366ad1ebc21b06";

/** Where the stack of that build begins; it grows down from there. */
const STACK_TOP = 1_048_576;

/** How the package keeps its module: deflated, in base 64, as the one long text of a file. */
const MODULE_TEXT = /bytes = '([A-Za-z0-9+/]+=*)'/;

/**
 * The module of the package `@polkadot/wasm-crypto-wasm`. Its file is read as text; nothing of the package runs.
 * @throws ImsError `signing.backend-unavailable`
 */
export function readInstalledEd25519Module(): SigningModule {
  try {
    const file = createRequire(import.meta.url).resolve("@polkadot/wasm-crypto-wasm/cjs/bytes");
    const [, text] = MODULE_TEXT.exec(readFileSync(file, "latin1")) ?? [];
    if (text === undefined) throw new Error("the file holds no module");
    const bytes = inflateSync(Buffer.from(text, "base64"), { maxOutputLength: MODULE_LIMITS.moduleBytes });
    return { bytes: new Uint8Array(bytes), hash: MODULE_HASH, stackTop: STACK_TOP };
  } catch (cause) {
    throw fail("signing.backend-unavailable", "the module of @polkadot/wasm-crypto-wasm could not be read", {
      cause,
    });
  }
}

/**
 * Checks, caps and compiles a module; nothing of it runs.
 * @throws ImsError `signing.bad-input`, and the codes of `checkModule` of `@ims/wasm-runtime`
 */
export function compileEd25519Module(module: SigningModule): CompiledSigningModule {
  return compileChecked(module, ED25519_PROFILE, MODULE_LIMITS);
}

export function instantiateEd25519Module({ compiled }: CompiledSigningModule): Ed25519Exports {
  return instantiateModule<Ed25519Exports>(compiled, REFUSED);
}

const REFUSED: HostFunctions = {
  [IMPORT_MODULE]: Object.fromEntries(
    Object.keys(ED25519_PROFILE.imports).map((key) => {
      const name = key.slice(IMPORT_MODULE.length + 1);
      return [
        name,
        () => {
          throw fail("signing.backend-failed", `the module asks for ${name}, which it is not given`);
        },
      ];
    }),
  ),
};

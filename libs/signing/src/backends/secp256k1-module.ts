import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  type EngineMemory,
  instantiateModule,
  type ModuleLimits,
  type ModuleProfile,
} from "@ims/wasm-runtime";
import { fail } from "../errors.js";
import { type CompiledSigningModule, compileChecked, type SigningModule } from "./signing-module.js";

interface Global {
  readonly value: number;
}

/** What is used of the module. The globals hold addresses in its memory. */
export interface Secp256k1Exports {
  readonly memory: EngineMemory;
  readonly PRIVATE_INPUT: Global;
  readonly HASH_INPUT: Global;
  readonly EXTRA_DATA_INPUT: Global;
  readonly SIGNATURE_INPUT: Global;
  readonly PUBLIC_KEY_INPUT: Global;
  readonly X_ONLY_PUBLIC_KEY_INPUT: Global;
  initializeContext(): void;
  /** `hasExtra` 0 is RFC 6979 alone. */
  sign(hasExtra: number): void;
  signSchnorr(hasExtra: number): void;
  isPoint(length: number): number;
  verify(publicKeyLength: number, isStrict: number): number;
  verifySchnorr(): number;
}

const INPUT = "global i32";
const PROCEDURE = "(i32) -> ()";

/** Signing modules with the interface of `tiny-secp256k1`: random numbers and the report of an error come in, no more. */
export const SECP256K1_PROFILE: ModuleProfile = {
  name: "secp256k1",
  imports: {
    "./rand.js.generateInt32": "() -> (i32)",
    "./validate_error.js.throwError": PROCEDURE,
  },
  exports: {
    memory: "memory",
    PRIVATE_INPUT: INPUT,
    HASH_INPUT: INPUT,
    EXTRA_DATA_INPUT: INPUT,
    SIGNATURE_INPUT: INPUT,
    PUBLIC_KEY_INPUT: INPUT,
    X_ONLY_PUBLIC_KEY_INPUT: INPUT,
    initializeContext: "() -> ()",
    sign: PROCEDURE,
    signSchnorr: PROCEDURE,
    isPoint: "(i32) -> (i32)",
    verify: "(i32, i32) -> (i32)",
    verifySchnorr: "() -> (i32)",
  },
  optionalExports: {},
};

/** The module begins with 18 pages and has no need of more. */
const MODULE_LIMITS: ModuleLimits = { moduleBytes: 4 << 20, memoryPages: 32, tableElements: 1_000 };

/** SHA-256 of `secp256k1.wasm` of `tiny-secp256k1` 2.2.4. */
const MODULE_HASH = "5cbbcb8adc7acc3b78a3fd31c76d573302705ff5fd714d03f5a2602591197cb5";

/** Where the stack of that build begins; it grows down from there. */
const STACK_TOP = 655_360;

/**
 * The module of the package `tiny-secp256k1`, without the package's own code.
 * @throws ImsError `signing.backend-unavailable`
 */
export function readInstalledModule(): SigningModule {
  try {
    const entry = createRequire(import.meta.url).resolve("tiny-secp256k1");
    const file = join(dirname(entry), "../secp256k1.wasm");
    return { bytes: new Uint8Array(readFileSync(file)), hash: MODULE_HASH, stackTop: STACK_TOP };
  } catch (cause) {
    throw fail("signing.backend-unavailable", "the module of tiny-secp256k1 could not be read", { cause });
  }
}

/**
 * Checks, caps and compiles a module; nothing of it runs.
 * @throws ImsError `signing.bad-input`, and the codes of `checkModule` of `@ims/wasm-runtime`
 */
export function compileSigningModule(module: SigningModule): CompiledSigningModule {
  return compileChecked(module, SECP256K1_PROFILE, MODULE_LIMITS);
}

/** @param random 32 random bits as a signed number, from a cryptographic source */
export function instantiateSigningModule(
  { compiled }: CompiledSigningModule,
  random: () => number,
): Secp256k1Exports {
  return instantiateModule<Secp256k1Exports>(compiled, {
    "./rand.js": { generateInt32: random },
    "./validate_error.js": {
      throwError: (code: number) => {
        throw fail("signing.backend-failed", `the module reports error ${code}`);
      },
    },
  });
}

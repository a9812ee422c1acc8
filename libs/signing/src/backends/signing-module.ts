import {
  type CompiledModule,
  checkModule,
  compileModule,
  type ModuleLimits,
  type ModuleProfile,
  PAGE_BYTES,
} from "@ims/wasm-runtime";
import { fail } from "../errors.js";

/** A module that signs, the installed one or another with its interface. */
export interface SigningModule {
  readonly bytes: Uint8Array;
  /** SHA-256 that the octets have to have, 64 hexadecimal digits. */
  readonly hash: string;
  /** Address from which its stack grows down. What signing leaves there is overwritten. */
  readonly stackTop: number;
}

export interface CompiledSigningModule {
  readonly compiled: CompiledModule;
  readonly stackTop: number;
}

/** Octets of the stack that are overwritten behind a call; ECDSA takes about 9,000, Ed25519 about 4,000. */
const STACK_BYTES = 16_384;

/**
 * Checks, caps and compiles a module; nothing of it runs.
 * @throws ImsError `signing.bad-input`, and the codes of `checkModule` of `@ims/wasm-runtime`
 */
export function compileChecked(
  { bytes, hash, stackTop }: SigningModule,
  profile: ModuleProfile,
  limits: ModuleLimits,
): CompiledSigningModule {
  const checked = checkModule(bytes, profile, limits, hash);
  const memoryBytes = checked.memoryPages.least * PAGE_BYTES;
  if (!(Number.isInteger(stackTop) && stackTop >= 0 && stackTop <= memoryBytes)) {
    throw fail(
      "signing.bad-input",
      `the stack at ${stackTop} is not in the ${memoryBytes} octets of the module`,
    );
  }
  return { compiled: compileModule(checked), stackTop };
}

/** The part of a stack in which signing leaves what it worked with. */
export function usedStack(memory: ArrayBuffer, stackTop: number): Uint8Array {
  const start = Math.max(0, stackTop - STACK_BYTES);
  return new Uint8Array(memory, start, stackTop - start);
}

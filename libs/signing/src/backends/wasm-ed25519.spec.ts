import { createHash } from "node:crypto";
import { compileModule } from "@ims/wasm-runtime";
import { describe, expect, it } from "vitest";
import { generateKey } from "../keys/key-sources.js";
import type { SigningKey } from "../keys/signing-key.js";
import { sharedBackend } from "../spec-support/backends.js";
import { hexOf } from "../spec-support/hex.js";
import {
  compileEd25519Module,
  instantiateEd25519Module,
  readInstalledEd25519Module,
} from "./ed25519-module.js";
import { WasmBackend } from "./wasm-backend.js";
import { WASM_MESSAGE_BYTES_MAX, WasmEd25519 } from "./wasm-ed25519.js";

const module = readInstalledEd25519Module();
const compiled = compileEd25519Module(module);
const digest = new Uint8Array(32).fill(7);

/** What signing makes of a key: the seed, its hash, and the scalar that is the clamped half of that. */
function secretsOf(key: SigningKey): Buffer[] {
  const hash = createHash("sha512").update(key.secret).digest();
  const scalar = Buffer.from(hash.subarray(0, 32));
  scalar[0]! &= 0xf8;
  scalar[31]! = (scalar[31]! & 0x7f) | 0x40;
  return [Buffer.from(key.secret), hash, scalar];
}

/** Whether any 8 octets of a secret in a row are in a memory. */
function holdsAnyOf(memory: ArrayBuffer, secrets: readonly Buffer[]): boolean {
  const octets = Buffer.from(memory);
  return secrets.some((secret) =>
    Array.from({ length: secret.length - 7 }, (_, start) => secret.subarray(start, start + 8)).some((piece) =>
      octets.includes(piece),
    ),
  );
}

/** A module that calls an import of the type `() -> (i32)` when it starts. */
function moduleThatCalls(name: string): Uint8Array<ArrayBuffer> {
  const importName = [3, ...Buffer.from("wbg"), name.length, ...Buffer.from(name), 0, 0];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 8, 2, 0x60, 0, 1, 0x7f, 0x60, 0, 0],
    ...[2, importName.length + 1, 1, ...importName],
    ...[3, 2, 1, 1],
    ...[8, 1, 1],
    ...[0x0a, 7, 1, 5, 0, 0x10, 0, 0x1a, 0x0b],
  ]);
}

function signatureOf(backend: WasmEd25519, key: SigningKey, message: Uint8Array): string {
  const out = new Uint8Array(64);
  backend.sign(key, message, out, 0);
  return hexOf(out);
}

function nativeSignature(key: SigningKey, message: Uint8Array): string {
  const out = new Uint8Array(64);
  sharedBackend("native").sign(key, message, new Uint8Array(32), out, 0);
  return hexOf(out);
}

describe("the Ed25519 module", () => {
  it("is refused with other octets than expected", () => {
    const bytes = module.bytes.slice();
    bytes[bytes.length - 1]! ^= 1;
    expect(() => compileEd25519Module({ ...module, bytes })).toThrow(
      expect.objectContaining({ code: "wasm.hash-mismatch" }),
    );
  });

  it("is refused with a stack that is not in its memory", () => {
    expect(() => compileEd25519Module({ ...module, stackTop: 1 << 30 })).toThrow(
      expect.objectContaining({ code: "signing.bad-input" }),
    );
  });

  it("has no use for its imports, and is given none of them", () => {
    const key = generateKey("ed25519");
    expect(signatureOf(new WasmEd25519(compiled), key, digest)).toBe(nativeSignature(key, digest));
    const bytes = moduleThatCalls("__wbg_self_1b7a39e3a92c949c");
    expect(() => instantiateEd25519Module({ compiled: compileModule({ bytes }), stackTop: 0 })).toThrow(
      expect.objectContaining({ code: "signing.backend-failed" }),
    );
  });
});

describe("Ed25519 in WebAssembly", () => {
  it("leaves its memory as it was: no key, nothing made of it, no message", () => {
    const backend = new WasmEd25519(compiled);
    const { memory } = backend.exports;
    const before = Buffer.from(memory.buffer.slice(0));
    const key = generateKey("ed25519");
    const out = new Uint8Array(64);
    for (const length of [0, 32, 3_000]) {
      backend.sign(key, new Uint8Array(length).fill(9), out, 0);
      expect(holdsAnyOf(memory.buffer, secretsOf(key))).toBe(false);
      backend.verify(key.publicKey, digest, out);
      expect(before.equals(Buffer.from(memory.buffer))).toBe(true);
    }
  });

  it("holds the key until then: the search would find it", () => {
    const backend = new WasmEd25519(compiled);
    const key = generateKey("ed25519");
    const exports = backend.exports;
    const put = (bytes: Uint8Array) => {
      const address = exports.__wbindgen_malloc(bytes.length);
      new Uint8Array(exports.memory.buffer).set(bytes, address);
      return address;
    };
    exports.ext_ed_sign(put(new Uint8Array(8)), put(key.publicKey), 32, put(key.secret), 32, put(digest), 32);
    expect(holdsAnyOf(exports.memory.buffer, secretsOf(key))).toBe(true);
    backend.sign(key, digest, new Uint8Array(64), 0);
    expect(holdsAnyOf(exports.memory.buffer, secretsOf(key))).toBe(false);
  });

  it("takes long messages in memory that it gives back, and refuses longer ones", () => {
    const backend = new WasmEd25519(compiled);
    const key = generateKey("ed25519");
    const { memory } = backend.exports;
    const bytes = memory.buffer.byteLength;
    for (let round = 0; round < 3; round++) {
      const message = new Uint8Array(WASM_MESSAGE_BYTES_MAX).fill(round);
      expect(signatureOf(backend, key, message)).toBe(nativeSignature(key, message));
      expect(backend.exports.memory.buffer.byteLength).toBe(bytes);
      // The memory that had grown is overwritten before it is let go of.
      expect(Buffer.from(memory.buffer).every((octet) => octet === 0)).toBe(true);
    }
    const longer = new Uint8Array(WASM_MESSAGE_BYTES_MAX + 1);
    expect(() => signatureOf(backend, key, longer)).toThrow(
      expect.objectContaining({ code: "signing.message-too-long" }),
    );
  });

  it("begins anew behind a trap", () => {
    const backend = new WasmEd25519(compiled);
    const before = backend.exports;
    const key = generateKey("ed25519");
    // The module panics for a seed of another length. No `SigningKey` has one.
    const short = { publicKey: key.publicKey, secret: key.secret.subarray(1) } as unknown as SigningKey;
    expect(() => backend.sign(short, digest, new Uint8Array(64), 0)).toThrow("unreachable");
    expect(backend.exports).not.toBe(before);
    expect(Buffer.from(before.memory.buffer).every((octet) => octet === 0)).toBe(true);
    expect(signatureOf(backend, key, digest)).toBe(nativeSignature(key, digest));
  });

  it("is overwritten when its backend closes", () => {
    const backend = new WasmBackend();
    const { memory } = backend.ed25519Exports;
    expect(Buffer.from(memory.buffer).some((octet) => octet !== 0)).toBe(true);
    backend.close();
    expect(Buffer.from(memory.buffer).every((octet) => octet === 0)).toBe(true);
  });
});

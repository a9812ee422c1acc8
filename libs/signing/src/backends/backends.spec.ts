import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { generateKey } from "../keys/key-sources.js";
import { BACKEND_NAMES, BACKEND_SCHEMES, requireBackendName } from "./backend.js";
import { NativeBackend } from "./native-backend.js";
import { openBackend } from "./open-backend.js";
import { loadSecp256k1Addon } from "./secp256k1-addon.js";
import { compileSigningModule, instantiateSigningModule, readInstalledModule } from "./secp256k1-module.js";
import { WasmBackend } from "./wasm-backend.js";

describe("native backend", () => {
  it("is refused where the addon does not load, rather than replaced by JavaScript", () => {
    const load = () => {
      throw new Error("No native build was found");
    };
    expect(() => loadSecp256k1Addon(load)).toThrow(
      expect.objectContaining({
        code: "signing.backend-unavailable",
        message: expect.stringMatching(/another backend/),
      }),
    );
  });

  it("loads the addon itself, not the entry that may stand in JavaScript for it", () => {
    const asked: string[] = [];
    const load = (id: string) => {
      asked.push(id);
      return createRequire(import.meta.url)(id) as unknown;
    };
    new NativeBackend(loadSecp256k1Addon(load)).close();
    expect(asked).toEqual(["secp256k1/bindings"]);
  });
});

describe("wasm backend", () => {
  const module = readInstalledModule();

  it("refuses a module of other octets than expected", () => {
    const bytes = module.bytes.slice();
    bytes[bytes.length - 1]! ^= 1;
    expect(() => compileSigningModule({ ...module, bytes })).toThrow(
      expect.objectContaining({ code: "wasm.hash-mismatch" }),
    );
  });

  it("refuses a module of another interface", () => {
    const other = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    const hash = "93a44bbb96c751218e4c00d479e4c14358122a389acca16205b1e4d0dc5f9476";
    expect(() => compileSigningModule({ bytes: other, hash, stackTop: 0 })).toThrow(
      expect.objectContaining({ code: "wasm.bad-export" }),
    );
  });

  it("is given nothing but random numbers and a way to report an error", () => {
    let draws = 0;
    const exports = instantiateSigningModule(compileSigningModule(module), () => ++draws);
    exports.initializeContext();
    expect(draws).toBeGreaterThan(0);
  });

  it("leaves no key in the module's memory behind a signature, and none at all behind close", () => {
    const compiled = compileSigningModule(module);
    const backend = new WasmBackend(compiled);
    const { memory } = backend.exports;
    for (const scheme of ["ecdsa", "schnorr"] as const) {
      const key = generateKey(scheme);
      backend.sign(key, new Uint8Array(32), new Uint8Array(32), new Uint8Array(64), 0);
      expect(Buffer.from(memory.buffer).includes(key.secret)).toBe(false);
      expect(Buffer.from(memory.buffer, 0, module.stackTop).every((octet) => octet === 0)).toBe(true);
    }
    backend.close();
    expect(Buffer.from(memory.buffer).every((octet) => octet === 0)).toBe(true);
  });

  it("begins anew behind a trap", () => {
    const backend = new WasmBackend(compileSigningModule(module));
    const key = generateKey("ecdsa");
    const out = new Uint8Array(64);
    const before = backend.exports;
    // Addresses of the module's stack and tables: what a fault inside would leave behind.
    new Uint8Array(before.memory.buffer).fill(0xff);
    try {
      backend.sign(key, new Uint8Array(32), new Uint8Array(32), out, 0);
    } catch {
      // Whether it traps or signs nonsense is the module's choice.
    }
    const isReplaced = backend.exports !== before;
    if (isReplaced) {
      backend.sign(key, new Uint8Array(32), new Uint8Array(32), out, 0);
      expect(backend.verify("ecdsa", key.publicKey, new Uint8Array(32), out)).toBe(true);
    }
    expect(isReplaced).toBe(true);
  });
});

describe("backends", () => {
  it.each(BACKEND_NAMES)("%s has the schemes that the table names", (name) => {
    const backend = openBackend(name);
    expect(backend.schemes).toEqual(BACKEND_SCHEMES[name]);
    backend.close();
    backend.close();
  });

  it("are named", () => {
    expect(requireBackendName("wasm")).toBe("wasm");
    expect(() => requireBackendName("wasmtime")).toThrow(
      expect.objectContaining({ code: "signing.unknown-name" }),
    );
  });
});

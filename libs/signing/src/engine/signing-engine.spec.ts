import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { SigningBackend } from "../backends/backend.js";
import { compileSigningModule, readInstalledModule } from "../backends/secp256k1-module.js";
import { WasmBackend } from "../backends/wasm-backend.js";
import { generateKey } from "../keys/key-sources.js";
import { SigningKey } from "../keys/signing-key.js";
import { SIGNATURE_SCHEMES } from "../schemes.js";
import { engineOfAll, sharedBackend } from "../spec-support/backends.js";
import { hexOf } from "../spec-support/hex.js";
import { RandomPieces } from "./random-source.js";
import { batchDigest, CONTEXT_BYTES_MAX, DigestMaker, MESSAGE_BYTES_MAX } from "./signed-message.js";
import { SigningEngine } from "./signing-engine.js";

const code = (name: string) => expect.objectContaining({ code: `signing.${name}` });
const digest = new Uint8Array(32).fill(1);

describe("the engine", () => {
  it("switches between any two signatures", () => {
    const engine = engineOfAll();
    const key = generateKey("ecdsa");
    const texts = new Set<string>();
    for (const name of ["js", "wasm", "native", "wasm", "js"] as const) {
      engine.use(name);
      expect(engine.backend).toBe(name);
      const out = new Uint8Array(64);
      engine.sign(key, digest, out);
      texts.add(hexOf(out));
    }
    expect(texts.size).toBe(1);
  });

  it("refuses what it cannot do, each with an error of its own", () => {
    const engine = new SigningEngine({ backends: ["js", "wasm"], use: "wasm", open: sharedBackend });
    const key = generateKey("ecdsa");
    const out = new Uint8Array(64);
    expect(() => engine.use("native")).toThrow(code("backend-not-open"));
    expect(() => engine.sign(key, new Uint8Array(33), out)).toThrow(code("bad-input"));
    expect(() => engine.sign(key, digest, out, 1)).toThrow(code("bad-input"));
    expect(() => engine.sign(key, digest, out, -1)).toThrow(code("bad-input"));
    expect(() => engine.sign(key, digest, out, 0, new Uint8Array(31))).toThrow(code("bad-input"));
    expect(() => new SigningEngine({ backends: [] })).toThrow(code("bad-input"));
    key.dispose();
    expect(() => engine.sign(key, digest, out)).toThrow(code("key-disposed"));
    expect(hexOf(out)).toBe("00".repeat(64));
  });

  it("refuses a scheme that its backend does not have", () => {
    const partial: SigningBackend = {
      name: "wasm",
      schemes: ["ecdsa", "schnorr"],
      sign: () => expect.unreachable("asked to sign"),
      verify: () => expect.unreachable("asked to verify"),
      close: () => {},
    };
    const engine = new SigningEngine({ backends: ["wasm"], open: () => partial });
    const out = new Uint8Array(64);
    expect(() => engine.sign(generateKey("ed25519"), digest, out)).toThrow(code("scheme-unsupported"));
    expect(() => engine.verify("ed25519", out, digest, out)).toThrow(code("scheme-unsupported"));
    expect(engine.has("ecdsa")).toBe(true);
  });

  it("names the backend that failed", () => {
    const broken: SigningBackend = {
      name: "native",
      schemes: SIGNATURE_SCHEMES,
      sign: () => {
        throw new Error("out of luck");
      },
      verify: () => {
        throw new Error("out of luck");
      },
      close: () => {},
    };
    const engine = new SigningEngine({ backends: ["native"], open: () => broken });
    const key = generateKey("ecdsa");
    const good = new Uint8Array(64);
    engineOfAll().sign(key, digest, good);
    expect(() => engine.sign(key, digest, new Uint8Array(64))).toThrow(/backend native could not sign/);
    expect(() => engine.verify("ecdsa", key.publicKey, digest, good)).toThrow(
      /backend native could not verify/,
    );
  });

  it("gives each Schnorr signature randomness of its own, and takes a given one", () => {
    const draws: Uint8Array[] = [];
    const engine = engineOfAll((octets) => {
      octets.fill(draws.length + 1);
      draws.push(octets.slice());
    });
    const key = generateKey("schnorr");
    const sign = (aux?: Uint8Array) => {
      const out = new Uint8Array(64);
      engine.sign(key, digest, out, 0, aux);
      return hexOf(out);
    };
    const given = sign(new Uint8Array(32).fill(1));
    expect(draws.length).toBe(0);
    expect(sign()).toBe(given);
    for (let index = 1; index < 128; index++) expect(sign()).toBe(given);
    // 4,096 octets are used up: the next draw is of other octets.
    expect(sign()).not.toBe(given);
    expect(draws.length).toBe(2);
  });

  it("takes another version of a backend between two calls, and closes the one before", () => {
    const module = compileSigningModule(readInstalledModule());
    const [first, second] = [new WasmBackend(module), new WasmBackend(module)];
    const engine = new SigningEngine({ backends: ["wasm"], open: () => first });
    const key = generateKey("ecdsa");
    const [before, after] = [new Uint8Array(64), new Uint8Array(64)];
    engine.sign(key, digest, before);
    engine.replace(second);
    engine.sign(key, digest, after);
    expect(hexOf(after)).toBe(hexOf(before));
    expect(Buffer.from(first.exports.memory.buffer).every((octet) => octet === 0)).toBe(true);
    engine.replace(second);
    engine.sign(key, digest, after);
    expect(() => engine.use("js")).toThrow(code("backend-not-open"));
    engine.replace(sharedBackend("js"));
    engine.use("js");
    expect(engine.verify("ecdsa", key.publicKey, digest, after)).toBe(true);
  });

  it("closes its backends", () => {
    const closed: string[] = [];
    const open = (name: "js" | "native" | "wasm") => ({
      ...sharedBackend(name),
      schemes: [],
      name,
      sign: () => {},
      verify: () => false,
      close: () => void closed.push(name),
    });
    new SigningEngine({ backends: ["js", "native", "js"], open }).close();
    expect(closed).toEqual(["js", "native"]);
  });
});

describe("random pieces", () => {
  it("are never given out twice", () => {
    let next = 0;
    const pieces = new RandomPieces((octets) => {
      const words = new Uint32Array(octets.buffer, octets.byteOffset, octets.length / 4);
      for (let index = 0; index < words.length; index++) words[index] = ++next;
    });
    const seen = new Set<string>();
    for (let index = 0; index < 1_000; index++) {
      const piece = new Uint8Array(32);
      pieces.take(piece);
      seen.add(hexOf(piece));
    }
    expect(seen.size).toBe(1_000);
  });
});

describe("the example of docs/formats/signatures.md", () => {
  const page = readFileSync(new URL("../../../../docs/formats/signatures.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(\w+)` \| `([0-9a-f]{16})` \| `([0-9a-f]{128})` \|$/gm)];
  const [, hash] = /give the digest\n`([0-9a-f]{64})`/.exec(page)!;

  it.each(SIGNATURE_SCHEMES)("is true: %s", (scheme) => {
    const [, , keyId, signature] = rows.find(([, name]) => name === scheme)!;
    const message = Buffer.alloc(32);
    new DigestMaker().digest(Buffer.from("abc"), message);
    expect(hexOf(message)).toBe(hash);
    const key = new SigningKey(scheme, new Uint8Array(32).fill(1, 31));
    const out = new Uint8Array(64);
    const engine = engineOfAll();
    engine.sign(key, message, out, 0, new Uint8Array(32));
    expect([key.keyId, hexOf(out)]).toEqual([keyId, signature]);
  });
});

describe("what is signed", () => {
  const tag = Buffer.from("ims-signature-1\0");
  const sha = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest("hex");

  it.each([0, 1, 100, 16_384, 16_385, 100_000])("is as documented, message of %i octets", (length) => {
    const message = Buffer.alloc(length, 7);
    const context = Buffer.from("stream/topic/1");
    const out = Buffer.alloc(40);
    new DigestMaker(context).digest(message, out, 8);
    const header = Buffer.concat([tag, Uint8Array.of(1, context.length, 0), context]);
    expect(out.subarray(8).toString("hex")).toBe(sha(header, message));
    new DigestMaker().digest(message, out);
    expect(out.subarray(0, 32).toString("hex")).toBe(sha(tag, Uint8Array.of(1, 0, 0), message));
  });

  it("keeps messages, contexts and batches apart", () => {
    const digestOf = (context: string, message: string) => {
      const out = Buffer.alloc(32);
      new DigestMaker(Buffer.from(context)).digest(Buffer.from(message), out);
      return out.toString("hex");
    };
    const all = [
      digestOf("ab", "c"),
      digestOf("a", "bc"),
      digestOf("", "abc"),
      batchDigest(Buffer.from("abc")).toString("hex"),
      batchDigest(Buffer.from("\0\0abc")).toString("hex"),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(all[3]).toBe(sha(tag, Uint8Array.of(2), Buffer.from("abc")));
  });

  it("does not let a long message show in the digest of a short one behind it", () => {
    const maker = new DigestMaker();
    const out = Buffer.alloc(32);
    maker.digest(Buffer.alloc(500, 9), out);
    maker.digest(Buffer.from("x"), out);
    expect(out.toString("hex")).toBe(sha(tag, Uint8Array.of(1, 0, 0), Buffer.from("x")));
  });

  it("is bounded", () => {
    expect(() => new DigestMaker(new Uint8Array(CONTEXT_BYTES_MAX + 1))).toThrow(code("bad-input"));
    expect(() => new DigestMaker().digest(new Uint8Array(MESSAGE_BYTES_MAX + 1), Buffer.alloc(32))).toThrow(
      code("message-too-long"),
    );
  });
});

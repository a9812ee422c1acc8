import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SigningKey } from "../keys/signing-key.js";
import { engineOfAll, sharedBackend } from "../spec-support/backends.js";
import bip340 from "../spec-support/bip340-vectors.json" with { type: "json" };
import { hexOf, octets } from "../spec-support/hex.js";
import answers from "../spec-support/known-answers.json" with { type: "json" };
import { BACKEND_NAMES, type BackendName } from "./backend.js";
import { isWellFormed } from "./verification-rules.js";

const NO_AUX = new Uint8Array(32);

function signatureOf(
  name: BackendName,
  key: SigningKey,
  input: Uint8Array,
  aux: Uint8Array = NO_AUX,
): string {
  const out = new Uint8Array(64);
  sharedBackend(name).sign(key, input, aux, out, 0);
  return hexOf(out);
}

describe.each(BACKEND_NAMES)("known answers of secp256k1, backend %s", (name) => {
  it.each(bip340.vectors)(
    "BIP-340 vector $index",
    ({ secret, aux, publicKey, message, signature, isValid }) => {
      const [key, input, given] = [octets(publicKey), octets(message), octets(signature)];
      if (secret !== undefined) {
        const signing = new SigningKey("schnorr", octets(secret));
        expect(hexOf(signing.publicKey)).toBe(publicKey);
        expect(signatureOf(name, signing, input, octets(aux!))).toBe(signature);
      }
      const isVerified =
        isWellFormed("schnorr", key, input, given) &&
        sharedBackend(name).verify("schnorr", key, input, given);
      expect(isVerified).toBe(isValid);
    },
  );

  it.each(answers.rfc6979.vectors)("RFC 6979: $message", ({ secret, message, signature }) => {
    const key = new SigningKey("ecdsa", octets(secret));
    const digest = createHash("sha256").update(message).digest();
    expect(signatureOf(name, key, digest)).toBe(signature);
    expect(sharedBackend(name).verify("ecdsa", key.publicKey, digest, octets(signature))).toBe(true);
  });
});

// The module of `wasm` has an input of 32 octets, and so has everything that the engine signs.
describe.each(["native", "js"] as const)("BIP-340 of messages of other lengths, backend %s", (name) => {
  it.each(bip340.otherLengths)(
    "vector $index: $comment",
    ({ secret, aux, publicKey, message, signature, isValid }) => {
      const [key, input, given] = [octets(publicKey), octets(message), octets(signature)];
      const signing = new SigningKey("schnorr", octets(secret));
      expect(hexOf(signing.publicKey)).toBe(publicKey);
      expect(signatureOf(name, signing, input, octets(aux))).toBe(signature);
      expect(sharedBackend(name).verify("schnorr", key, input, given)).toBe(isValid);
      const longer = Buffer.concat([input, Uint8Array.of(0)]);
      expect(sharedBackend(name).verify("schnorr", key, longer, given)).toBe(false);
    },
  );
});

describe.each(BACKEND_NAMES)("an engine with the backend %s", (name) => {
  it.each(bip340.otherLengths)("takes no $comment", ({ secret, publicKey, message, signature }) => {
    const engine = engineOfAll();
    engine.use(name);
    const [input, given] = [octets(message), octets(signature)];
    const key = new SigningKey("schnorr", octets(secret));
    expect(() => engine.sign(key, input, new Uint8Array(64))).toThrow(
      expect.objectContaining({ code: "signing.bad-input" }),
    );
    expect(engine.verify("schnorr", octets(publicKey), input, given)).toBe(false);
  });
});

describe.each(BACKEND_NAMES)("known answers of Ed25519, backend %s", (name) => {
  it.each(answers.rfc8032.vectors)(
    "RFC 8032 section 7.1: $secret",
    ({ secret, publicKey, message, signature }) => {
      const key = new SigningKey("ed25519", octets(secret));
      expect(hexOf(key.publicKey)).toBe(publicKey);
      expect(signatureOf(name, key, octets(message))).toBe(signature);
      expect(sharedBackend(name).verify("ed25519", key.publicKey, octets(message), octets(signature))).toBe(
        true,
      );
    },
  );
});

import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Aes256GcmEncryptor } from "./aes-256-gcm.js";

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
const code = (expected: string) => expect.objectContaining({ code: expected });

describe("Aes256GcmEncryptor", () => {
  it("lays out nonce, ciphertext and tag as published for AES-256-GCM", () => {
    // Test case 14 of the GCM specification (McGrew and Viega): zero key, zero nonce, one zero block.
    const zero = new Aes256GcmEncryptor(new Uint8Array(32), (bytes) => bytes.fill(0));
    const encrypted = zero.encrypt(new Uint8Array(16));
    expect(Buffer.from(encrypted).toString("hex")).toBe(
      `${"00".repeat(12)}cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919`,
    );
    // Test case 13: nothing to encrypt.
    expect(Buffer.from(zero.encrypt(new Uint8Array(0))).toString("hex")).toBe(
      `${"00".repeat(12)}530f8afbc74536b9a963b4f1c4cb738b`,
    );
    expect(
      zero.decrypt(hex(`${"00".repeat(12)}cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919`)),
    ).toEqual(new Uint8Array(16));
  });

  it("gives back what was encrypted, with a base64 key as well", () => {
    const sender = new Aes256GcmEncryptor(KEY);
    const reader = Aes256GcmEncryptor.fromBase64(Buffer.from(KEY).toString("base64"));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (plain) => {
        const encrypted = sender.encrypt(plain);
        expect(encrypted.length).toBe(plain.length + sender.addedBytes);
        expect(Buffer.compare(reader.decrypt(encrypted), plain)).toBe(0);
      }),
    );
  });

  it("never repeats a nonce, also behind the end of a draw", () => {
    const encryptor = new Aes256GcmEncryptor(KEY);
    const nonces = new Set<string>();
    for (let i = 0; i < 1000; i++) {
      nonces.add(Buffer.from(encryptor.encrypt(new Uint8Array(1)).subarray(0, 12)).toString("hex"));
    }
    expect(nonces.size).toBe(1000);
  });

  it("refuses any changed byte, a cut end and a foreign key", () => {
    const encryptor = new Aes256GcmEncryptor(KEY);
    const encrypted = encryptor.encrypt(randomBytes(40));
    for (let at = 0; at < encrypted.length; at++) {
      const changed = encrypted.slice();
      changed[at]! ^= 1;
      expect(() => encryptor.decrypt(changed)).toThrow(code("iggy-client.decryption"));
    }
    for (let length = 0; length < encrypted.length; length++) {
      expect(() => encryptor.decrypt(encrypted.subarray(0, length))).toThrow(code("iggy-client.decryption"));
    }
    expect(() => new Aes256GcmEncryptor(randomBytes(32)).decrypt(encrypted)).toThrow(
      code("iggy-client.decryption"),
    );
  });

  it("refuses keys of other lengths and never shows them", () => {
    for (const length of [0, 16, 31, 33]) {
      expect(() => new Aes256GcmEncryptor(new Uint8Array(length))).toThrow(
        code("iggy-client.encryption-key"),
      );
    }
    expect(() => new Aes256GcmEncryptor("text" as unknown as Uint8Array)).toThrow(
      code("iggy-client.encryption-key"),
    );
    const secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";
    for (const text of ["", secret, `${"A".repeat(43)}!`, `${"A".repeat(42)}==`]) {
      expect(() => Aes256GcmEncryptor.fromBase64(text)).toThrow(code("iggy-client.encryption-key"));
      expect(() => Aes256GcmEncryptor.fromBase64(text)).not.toThrow(secret);
    }
  });

  it("keeps its own copy of the key", () => {
    const bytes = KEY.slice();
    const encryptor = new Aes256GcmEncryptor(bytes);
    const encrypted = encryptor.encrypt(new Uint8Array(8));
    bytes.fill(0);
    expect(encryptor.decrypt(encrypted)).toEqual(new Uint8Array(8));
  });
});

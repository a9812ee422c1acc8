import { createHash } from "node:crypto";
import { seededMillis, seededRuns } from "@ims/spec-kit";
import { ed25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GROUP_ORDER, negateScalar } from "../keys/scalars.js";
import { SigningKey } from "../keys/signing-key.js";
import { publicKeyBytes, SIGNATURE_SCHEMES, type SignatureScheme } from "../schemes.js";
import { engineOfAll, schemesAndBackends, sharedBackend } from "../spec-support/backends.js";
import { ed25519Field, ed25519Order, field, ones, put, zero } from "../spec-support/edge-octets.js";
import { hexOf, octets } from "../spec-support/hex.js";
import { BACKEND_NAMES } from "./backend.js";

const engine = engineOfAll();
const digest = createHash("sha256").update("edge").digest();
const keys = Object.fromEntries(
  SIGNATURE_SCHEMES.map((scheme) => [scheme, new SigningKey(scheme, new Uint8Array(32).fill(0x2a))]),
) as Record<SignatureScheme, SigningKey>;

function goodSignature(scheme: SignatureScheme): Uint8Array {
  const out = new Uint8Array(64);
  engine.use("js");
  engine.sign(keys[scheme], digest, out, 0, new Uint8Array(32));
  return out;
}

const good = Object.fromEntries(SIGNATURE_SCHEMES.map((scheme) => [scheme, goodSignature(scheme)])) as Record<
  SignatureScheme,
  Uint8Array
>;

function highS(signature: Uint8Array): Uint8Array {
  const s = signature.slice(32);
  negateScalar(s);
  return put(signature, s, 32);
}

/** S + L of Ed25519: the same point, another text. */
function unreducedS(signature: Uint8Array): Uint8Array {
  const copy = signature.slice();
  let carry = 0;
  for (let index = 0; index < 32; index++) {
    const sum = copy[32 + index]! + ed25519Order[index]! + carry;
    copy[32 + index] = sum;
    carry = sum >> 8;
  }
  return copy;
}

const badSignatures: Record<SignatureScheme, [string, Uint8Array][]> = {
  ecdsa: [
    ["r = 0", put(good.ecdsa, zero, 0)],
    ["s = 0", put(good.ecdsa, zero, 32)],
    ["r = s = 0", new Uint8Array(64)],
    ["r = n", put(good.ecdsa, GROUP_ORDER, 0)],
    ["s = n", put(good.ecdsa, GROUP_ORDER, 32)],
    ["r = 2^256 - 1", put(good.ecdsa, ones, 0)],
    ["s = 2^256 - 1", put(good.ecdsa, ones, 32)],
    ["high S", highS(good.ecdsa)],
    ["r is p", put(good.ecdsa, field, 0)],
  ],
  schnorr: [
    ["r = 0", put(good.schnorr, zero, 0)],
    ["s = 0", put(good.schnorr, zero, 32)],
    ["r = p", put(good.schnorr, field, 0)],
    ["s = n", put(good.schnorr, GROUP_ORDER, 32)],
    ["s = 2^256 - 1", put(good.schnorr, ones, 32)],
    ["negated s", highS(good.schnorr)],
  ],
  ed25519: [
    ["R = 0", put(good.ed25519, zero, 0)],
    ["S = 0", put(good.ed25519, zero, 32)],
    ["S = L", put(good.ed25519, ed25519Order, 32)],
    ["S + L", unreducedS(good.ed25519)],
    ["S = 2^256 - 1", put(good.ed25519, ones, 32)],
    ["R = p", put(good.ed25519, ed25519Field, 0)],
    ["the sign of R", put(good.ed25519, Uint8Array.of(good.ed25519[31]! ^ 0x80), 31)],
  ],
};

const badKeys: Record<SignatureScheme, [string, Uint8Array][]> = {
  ecdsa: [
    ["the point at infinity", new Uint8Array(33)],
    ["x = p", put(keys.ecdsa.publicKey, field, 1)],
    ["x not on the curve", put(keys.ecdsa.publicKey, Uint8Array.of(5), 32).fill(0, 1, 32)],
    ["the prefix of an uncompressed key", put(keys.ecdsa.publicKey, Uint8Array.of(4), 0)],
    ["an uncompressed key", secp256k1.Point.fromBytes(keys.ecdsa.publicKey).toBytes(false)],
    ["the other y", put(keys.ecdsa.publicKey, Uint8Array.of(keys.ecdsa.publicKey[0]! ^ 1), 0)],
  ],
  schnorr: [
    ["x = 0", zero],
    ["x = p", field],
    ["x not on the curve", octets("eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34")],
    ["a compressed key", keys.ecdsa.publicKey],
  ],
  ed25519: [
    ["y = p", ed25519Field],
    ["y = p + 1", put(ed25519Field, Uint8Array.of(0xee), 0)],
    ["y = 1, the neutral element", put(zero, Uint8Array.of(1), 0)],
    ["y = 1 with the sign", put(put(zero, Uint8Array.of(1), 0), Uint8Array.of(0x80), 31)],
    ["y = 0, order 4", zero],
    ["order 8", octets("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")],
    ["not on the curve", put(zero, Uint8Array.of(2), 0)],
  ],
};

describe.each(schemesAndBackends())("%s, backend %s", (scheme, backend) => {
  const verify = (publicKey: Uint8Array, signature: Uint8Array, input: Uint8Array = digest) => {
    engine.use(backend);
    return engine.verify(scheme, publicKey, input, signature);
  };

  it("takes the good signature", () => {
    expect(verify(keys[scheme].publicKey, good[scheme])).toBe(true);
  });

  it.each(badSignatures[scheme])("refuses a signature with %s", (_, signature) => {
    expect(verify(keys[scheme].publicKey, signature)).toBe(false);
  });

  it.each(badKeys[scheme])("refuses a key: %s", (_, publicKey) => {
    expect(verify(publicKey, good[scheme])).toBe(false);
  });

  it("refuses other lengths", () => {
    for (const length of [0, 1, 63, 65, 72]) {
      expect(verify(keys[scheme].publicKey, new Uint8Array(length))).toBe(false);
    }
    for (const length of [0, 31, 34, 64, 65])
      expect(verify(new Uint8Array(length), good[scheme])).toBe(false);
    expect(verify(keys[scheme].publicKey, good[scheme], new Uint8Array(31))).toBe(false);
  });

  it("refuses each signature with one bit turned", () => {
    for (let bit = 0; bit < 512; bit += 7) {
      const signature = good[scheme].slice();
      signature[bit >> 3]! ^= 1 << (bit & 7);
      expect(verify(keys[scheme].publicKey, signature)).toBe(false);
    }
  });
});

describe("all backends", () => {
  const verdicts = (scheme: SignatureScheme, key: Uint8Array, input: Uint8Array, signature: Uint8Array) =>
    engine.backends
      .filter((name) => {
        engine.use(name);
        return engine.has(scheme);
      })
      .map((name) => {
        engine.use(name);
        return engine.verify(scheme, key, input, signature);
      });

  it(
    "give equal signatures, and take each other's",
    () => {
      const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
      const anyInput = fc.oneof(bytes32, fc.constantFrom(zero, ones, GROUP_ORDER, field, ed25519Order));
      const secret = bytes32.filter((bytes) => bytes[0]! < 0xff && bytes[31]! > 0);
      fc.assert(
        fc.property(
          fc.constantFrom(...SIGNATURE_SCHEMES),
          secret,
          anyInput,
          anyInput,
          (scheme, octets32, input, aux) => {
            const key = new SigningKey(scheme, octets32);
            const texts = new Set<string>();
            for (const name of engine.backends) {
              engine.use(name);
              if (!engine.has(scheme)) continue;
              const out = Buffer.alloc(70);
              engine.sign(key, input, out, 3, aux);
              texts.add(out.toString("hex"));
              expect(verdicts(scheme, key.publicKey, input, out.subarray(3, 67))).not.toContain(false);
            }
            expect(texts.size).toBe(1);
          },
        ),
        { numRuns: seededRuns(40) },
      );
    },
    seededMillis(40),
  );

  it(
    "give equal Ed25519 signatures of messages of any length",
    () => {
      const message = fc.uint8Array({ maxLength: 3_000, size: "max" });
      fc.assert(
        fc.property(message, (input) => {
          const texts = BACKEND_NAMES.map((name) => {
            const out = new Uint8Array(64);
            sharedBackend(name).sign(keys.ed25519, input, zero, out, 0);
            expect(sharedBackend(name).verify("ed25519", keys.ed25519.publicKey, input, out)).toBe(true);
            return hexOf(out);
          });
          expect(new Set(texts).size).toBe(1);
        }),
        { numRuns: seededRuns(20) },
      );
    },
    seededMillis(20),
  );

  it("give equal signatures with the least and the greatest keys", () => {
    const least = put(zero, Uint8Array.of(1), 31);
    const greatest = put(GROUP_ORDER, Uint8Array.of(0x40), 31);
    for (const secret of [least, greatest]) {
      for (const scheme of ["ecdsa", "schnorr"] as const) {
        const key = new SigningKey(scheme, secret);
        const texts = engine.backends.map((name) => {
          engine.use(name);
          const out = new Uint8Array(64);
          engine.sign(key, digest, out, 0, zero);
          expect(verdicts(scheme, key.publicKey, digest, out)).toEqual([true, true, true]);
          return hexOf(out);
        });
        expect(new Set(texts).size).toBe(1);
      }
    }
  });

  it(
    "say the same of any octets, and go on",
    () => {
      const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
      const edges = fc.constantFrom(zero, ones, GROUP_ORDER, field, ed25519Field, ed25519Order);
      const part = fc.oneof(bytes(32), edges);
      fc.assert(
        fc.property(
          fc.constantFrom(...SIGNATURE_SCHEMES),
          part,
          part,
          fc.oneof(part, bytes(33)),
          part,
          fc.boolean(),
          (scheme, r, s, anyKey, input, hasGoodKey) => {
            const key = hasGoodKey ? keys[scheme].publicKey : anyKey.slice(0, publicKeyBytes(scheme));
            const answers = verdicts(scheme, key, input, Buffer.concat([r, s]));
            expect(new Set(answers).size).toBe(1);
          },
        ),
        { numRuns: seededRuns(150) },
      );
      for (const scheme of SIGNATURE_SCHEMES) {
        expect(verdicts(scheme, keys[scheme].publicKey, digest, good[scheme])).not.toContain(false);
      }
    },
    seededMillis(150),
  );

  it.each([
    ["y = 1", "0100000000000000000000000000000000000000000000000000000000000000"],
    ["y = -1", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
    ["y = 0", "0000000000000000000000000000000000000000000000000000000000000000"],
    ["y = 0, other sign", "0000000000000000000000000000000000000000000000000000000000000080"],
    ["order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"],
    ["order 8, other sign", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"],
    ["order 8, other y", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"],
  ])("refuse a signature that anybody can make under an Ed25519 key of small order: %s", (_, hex) => {
    const publicKey = octets(hex);
    // Where the challenge is a multiple of 8 the key drops out, and R = S·B is a signature of everything.
    for (let s = 1n; s < 100n; s++) {
      const r = ed25519.Point.BASE.multiply(s).toBytes();
      const hash = createHash("sha512").update(r).update(publicKey).update(digest).digest();
      const challenge = BigInt(`0x${hash.reverse().toString("hex")}`) % ed25519.Point.Fn.ORDER;
      if (challenge % 8n !== 0n) continue;
      const signature = Buffer.concat([r, ed25519.Point.Fn.toBytes(s)]);
      expect(verdicts("ed25519", publicKey, digest, signature)).toEqual([false, false, false]);
      // The rule is what refuses it: the libraries themselves do not.
      for (const name of BACKEND_NAMES)
        expect(sharedBackend(name).verify("ed25519", publicKey, digest, signature)).toBe(true);
      return;
    }
    expect.unreachable("no such challenge");
  });

  it("agree on Ed25519 keys with a part of small order", () => {
    const { BASE, Fn } = ed25519.Point;
    const small = ed25519.Point.fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
    const seen = new Set<boolean>();
    for (let round = 1; round <= 40; round++) {
      const [a, r] = [BigInt(1_000 + round), BigInt(77_777 * round)];
      const publicKey = BASE.multiply(a).add(small).toBytes();
      const point = BASE.multiply(r).toBytes();
      const hash = createHash("sha512").update(point).update(publicKey).update(digest).digest();
      const challenge = BigInt(`0x${Buffer.from(hash).reverse().toString("hex")}`) % Fn.ORDER;
      const s = Buffer.from(Fn.toBytes(Fn.create(r + challenge * a)));
      const answers = verdicts("ed25519", publicKey, digest, Buffer.concat([point, s]));
      expect(new Set(answers).size).toBe(1);
      seen.add(answers[0]!);
    }
    // Some challenges are a multiple of 8, and the small part falls out: the samples tell the two rules apart.
    expect(seen.size).toBe(2);
  });
});

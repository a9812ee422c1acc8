import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { seededMillis, seededRuns } from "@ims/spec-kit";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SIGNATURE_SCHEMES } from "../schemes.js";
import { hexOf, octets } from "../spec-support/hex.js";
import { generateKey, readKeyFile, readKeyVariable, writeKeyFile } from "./key-sources.js";
import { GROUP_ORDER, isBelowOrder, isLow, isScalar, negateScalar, reduceScalar } from "./scalars.js";
import { keyIdOf, SigningKey } from "./signing-key.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ims-keys-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(content: string | Uint8Array, mode = 0o600): string {
  const path = join(folder, `key-${files++}`);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const SECRET = "0b432b2677937381aef05bb02a66ecd012773062cf3fa2549e44f58ed2401710";
const code = (name: string) => expect.objectContaining({ code: `signing.${name}` });

describe("key files", () => {
  it.each(SIGNATURE_SCHEMES)("are written for their owner alone and read back: %s", (scheme) => {
    const path = join(folder, `new-${scheme}`);
    const key = generateKey(scheme);
    writeKeyFile(key, path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const read = readKeyFile(scheme, path);
    expect(hexOf(read.secret)).toBe(hexOf(key.secret));
    expect(read.keyId).toBe(key.keyId);
    expect(() => writeKeyFile(key, path)).toThrow(code("key-file"));
    expect(readFileSync(path, "latin1")).toBe(`${hexOf(key.secret)}\n`);
  });

  it.each([0o640, 0o604, 0o660, 0o610, 0o601, 0o644, 0o777, 0o602])(
    "with the mode %o are refused",
    (mode) => {
      const error = code("key-permissions");
      expect(() => readKeyFile("ecdsa", file(`${SECRET}\n`, mode))).toThrow(error);
      expect(() => readKeyFile("ecdsa", file(`${SECRET}\n`, mode))).toThrow(/chmod 600/);
    },
  );

  it.each([0o600, 0o400])("with the mode %o are taken", (mode) => {
    expect(hexOf(readKeyFile("ecdsa", file(`${SECRET}\n`, mode)).secret)).toBe(SECRET);
  });

  it("behind a link are judged by what the link leads to", () => {
    const link = join(folder, "link");
    symlinkSync(file(SECRET, 0o644), link);
    expect(() => readKeyFile("ecdsa", link)).toThrow(code("key-permissions"));
  });

  it.skipIf(process.getuid?.() !== 0)("of another user are refused", async () => {
    const { chownSync } = await import("node:fs");
    const path = file(SECRET);
    chownSync(path, 12_345, 12_345);
    expect(() => readKeyFile("ecdsa", path)).toThrow(code("key-permissions"));
  });

  it.each([
    ["nothing", ""],
    ["too few digits", SECRET.slice(1)],
    ["too many digits", `${SECRET}0`],
    ["other characters", `${SECRET.slice(1)}g`],
    ["a prefix", `0x${SECRET.slice(2)}`],
    ["a blank", ` ${SECRET.slice(1)}`],
    ["0", "0".repeat(64)],
    ["the order", hexOf(GROUP_ORDER)],
    ["PEM of nothing", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"],
  ])("with %s are refused, and the message shows nothing of them", (_, content) => {
    try {
      readKeyFile("ecdsa", file(content));
      expect.unreachable();
    } catch (error) {
      expect(error).toEqual(code("bad-key"));
      if (content.length > 8) expect(inspect(error)).not.toContain(content.trim().slice(0, 12));
    }
  });

  it("that are missing, folders or large are refused", () => {
    expect(() => readKeyFile("ecdsa", join(folder, "missing"))).toThrow(code("key-file"));
    expect(() => readKeyFile("ecdsa", folder)).toThrow(code("key-file"));
    expect(() => readKeyFile("ecdsa", file("0".repeat(5_000)))).toThrow(code("key-file"));
  });

  it("hold Ed25519 keys in PEM, too, and no other keys", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const pem = privateKey.export({ format: "pem", type: "pkcs8" });
    const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    expect(hexOf(readKeyFile("ed25519", file(pem)).publicKey)).toBe(raw.toString("hex"));
    expect(() => readKeyFile("ecdsa", file(pem))).toThrow(code("bad-key"));
    const other = generateKeyPairSync("x25519").privateKey.export({ format: "pem", type: "pkcs8" });
    expect(() => readKeyFile("ed25519", file(other))).toThrow(code("bad-key"));
  });
});

describe("keys in the environment", () => {
  it("are taken out of it", () => {
    const environment = { IMS_KEY: SECRET.toUpperCase(), OTHER: "1" };
    expect(hexOf(readKeyVariable("ecdsa", "IMS_KEY", environment).secret)).toBe(SECRET);
    expect(environment).toEqual({ OTHER: "1" });
    expect(() => readKeyVariable("ecdsa", "IMS_KEY", environment)).toThrow(code("key-missing"));
  });

  it("are not shown when they are bad", () => {
    const text = `${SECRET.slice(0, 60)}zzzz`;
    expect(() => readKeyVariable("ecdsa", "IMS_KEY", { IMS_KEY: text })).toThrow(
      expect.objectContaining({ code: "signing.bad-key", message: expect.not.stringContaining("zzzz") }),
    );
  });
});

describe("a key", () => {
  it.each(SIGNATURE_SCHEMES)("is shown nowhere: %s", (scheme) => {
    const key = generateKey(scheme);
    const secret = hexOf(key.secret);
    const shown = [
      inspect(key, { showHidden: true, depth: 9 }),
      inspect({ nested: [key] }, { depth: 9 }),
      JSON.stringify({ key }),
      `${key}`,
      JSON.stringify(Object.entries(key)),
      JSON.stringify(structuredClone(Object.assign({}, key))),
    ];
    for (const text of shown) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain([...key.secret].join(","));
      expect(text).not.toContain([...key.secret].join(", "));
    }
    expect(shown[2]).toContain(key.keyId);
  });

  it("is zeroed, and refuses to be used then", () => {
    const key = generateKey("ed25519");
    const { secret } = key;
    key.dispose();
    key.dispose();
    expect(hexOf(secret)).toBe("00".repeat(32));
    expect(key.isDisposed).toBe(true);
    expect(() => key.secret).toThrow(code("key-disposed"));
    expect(() => key.nodeKey).toThrow(code("key-disposed"));
  });

  it("has a copy of the octets, which stay the caller's", () => {
    const given = octets(SECRET);
    const key = new SigningKey("ecdsa", given);
    given.fill(0);
    expect(hexOf(key.secret)).toBe(SECRET);
    expect(() => new SigningKey("ecdsa", new Uint8Array(31))).toThrow(code("bad-key"));
  });

  it("is named by the hash of its public key", () => {
    // SHA-256 of the compressed generator, the public key of 1.
    const key = new SigningKey("ecdsa", octets(`${"00".repeat(31)}01`));
    expect(key.keyId).toBe(
      keyIdOf(octets("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")),
    );
    expect(key.keyId).toBe("0f715baf5d4c2ed3");
  });

  it("is drawn again while it is out of range", () => {
    const draws = [new Uint8Array(32), Uint8Array.from(GROUP_ORDER), octets(SECRET)];
    const key = generateKey("ecdsa", (out) => out.set(draws.shift()!));
    expect(hexOf(key.secret)).toBe(SECRET);
  });
});

describe("scalars", () => {
  const order = BigInt(`0x${hexOf(GROUP_ORDER)}`);
  const number = (bytes: Uint8Array) => BigInt(`0x${hexOf(bytes)}`);
  const bytesOf = (value: bigint) => octets(value.toString(16).padStart(64, "0"));
  const near = fc.bigInt(-3n, 3n);
  const value = fc.oneof(
    fc.bigInt(0n, (1n << 256n) - 1n),
    near.map((distance) => order + distance),
    near.map((distance) => order / 2n + distance),
    fc.bigInt(0n, 3n),
  );

  it(
    "are compared, negated and reduced as numbers",
    () => {
      fc.assert(
        fc.property(value, (each) => {
          const bytes = bytesOf(each);
          expect(isBelowOrder(bytes)).toBe(each < order);
          expect(isScalar(bytes)).toBe(each > 0n && each < order);
          expect(isLow(bytes)).toBe(each <= order / 2n);
          const reduced = bytes.slice();
          reduceScalar(reduced);
          expect(number(reduced)).toBe(each % order);
          if (each === 0n || each >= order) return;
          negateScalar(bytes);
          expect(number(bytes)).toBe(order - each);
        }),
        { numRuns: seededRuns(300) },
      );
    },
    seededMillis(300),
  );
});

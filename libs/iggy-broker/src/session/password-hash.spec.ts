import { describe, expect, it } from "vitest";
import { hashPassword, verifyPassword } from "./password-hash.js";

const COST = { log2N: 4, r: 1, p: 2 };

describe("a password hash", () => {
  it("names its parameters and salt, and differs each time", async () => {
    const [first, second] = [await hashPassword("secret", COST), await hashPassword("secret", COST)];
    expect(first).toMatch(/^scrypt\$ln=4,r=1,p=2\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$/);
    expect(first).not.toBe(second);
  });

  it.each(["", "x", "pass\u0000word", "ü".repeat(127)])(
    "belongs to its password alone: %j",
    async (secret) => {
      const stored = await hashPassword(secret, COST);
      expect(await verifyPassword(secret, stored)).toBe(true);
      expect(await verifyPassword(`${secret}!`, stored)).toBe(false);
    },
  );

  it("agrees with the test vector of RFC 7914", async () => {
    const salt = Buffer.from("NaCl").toString("base64");
    const hash =
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640";
    const stored = `scrypt$ln=10,r=8,p=16$${salt}$${Buffer.from(hash, "hex").toString("base64")}`;
    expect(await verifyPassword("password", stored)).toBe(true);
    expect(await verifyPassword("Password", stored)).toBe(false);
  });

  it.each([
    "plain",
    "scrypt$ln=4,r=1,p=2$short$AAAA",
    "scrypt$ln=31,r=8,p=1$AAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAA",
    "scrypt$ln=0,r=8,p=1$AAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAA",
  ])("of unknown form or with too much work is refused: %s", async (stored) => {
    await expect(verifyPassword("x", stored)).rejects.toThrow(RangeError);
  });
});

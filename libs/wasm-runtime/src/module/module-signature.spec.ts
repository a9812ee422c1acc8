import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkedLab } from "../spec-support/lab-host.js";
import { readTrustList, requireTrusted, signModule } from "./module-signature.js";

const { hash } = checkedLab();
const other = checkedLab({ version: 2 }).hash;
const pair = () => generateKeyPairSync("ed25519");
const privatePem = (keys: ReturnType<typeof pair>) =>
  keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const publicPem = (keys: ReturnType<typeof pair>) =>
  keys.publicKey.export({ type: "spki", format: "pem" }).toString();
const untrusted = expect.objectContaining({ code: "wasm.untrusted" });
const badKey = expect.objectContaining({ code: "wasm.bad-key" });

describe("signatures of modules", () => {
  const mine = pair();
  const theirs = pair();
  const signature = signModule(hash, privatePem(mine));

  it("are believed by any key of the trust list", () => {
    requireTrusted(hash, signature, readTrustList([publicPem(theirs), publicPem(mine)]));
    const raw = mine.publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
    requireTrusted(hash, signature, readTrustList([raw]));
  });

  it("are not believed for another module, by another key, changed, cut or missing", () => {
    const trusted = readTrustList([publicPem(mine)]);
    const changed = signature.slice();
    changed[5]! ^= 1;
    expect(() => requireTrusted(other, signature, trusted)).toThrow(untrusted);
    expect(() => requireTrusted(hash, signature, readTrustList([publicPem(theirs)]))).toThrow(untrusted);
    expect(() => requireTrusted(hash, changed, trusted)).toThrow(untrusted);
    expect(() => requireTrusted(hash, signature.subarray(0, 63), trusted)).toThrow(untrusted);
    expect(() => requireTrusted(hash, new Uint8Array(0), trusted)).toThrow(untrusted);
    expect(() => requireTrusted(hash, undefined, trusted)).toThrow(untrusted);
    expect(() => requireTrusted(hash, signature, [])).toThrow(untrusted);
    expect(() => requireTrusted("", signModule("", privatePem(mine)), trusted)).toThrow(untrusted);
  });

  it("need Ed25519 keys, and say nothing of a private one", () => {
    const curve = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const spki = curve.publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(() => readTrustList([publicPem(mine), spki])).toThrow(badKey);
    expect(() => readTrustList(["nonsense"])).toThrow(badKey);
    expect(() =>
      signModule(hash, curve.privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
    ).toThrow(badKey);
    const secret = privatePem(mine).replace("BEGIN", "BEGUN");
    try {
      signModule(hash, secret);
      expect.unreachable();
    } catch (error) {
      const line = secret.split("\n")[1]!;
      expect(`${(error as Error).message} ${String((error as Error).cause)}`).not.toContain(line);
    }
  });
});

import { randomBytes } from "node:crypto";
import { generateKey, SigningPool } from "@ims/signing";
import { afterEach, describe, expect, it } from "vitest";
import { Signer } from "./signer.js";

const BACKENDS = ["native", "wasm", "js"] as const;
const COUNT = 20;

const pools: SigningPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

async function open(isDeterministic: boolean): Promise<Signer> {
  const key = generateKey("schnorr");
  const pool = await SigningPool.open({ keys: [key], backends: BACKENDS, workers: 2, isDeterministic });
  pools.push(pool);
  return new Signer(key, BACKENDS, pool);
}

async function signatures(signer: Signer, digests: Uint8Array): Promise<string> {
  const out = Buffer.alloc(64 * COUNT);
  await signer.sign(digests, out);
  return out.toString("hex");
}

describe("a signer", () => {
  it("gives the same Schnorr signatures again, by every backend and worker", async () => {
    const signer = await open(true);
    const digests = randomBytes(32 * COUNT);
    const first = await signatures(signer, digests);
    for (const backend of BACKENDS) {
      signer.use(backend);
      expect(await signatures(signer, digests), backend).toBe(first);
    }
    expect(signer).toMatchObject({ signatureCount: 4 * COUNT, switchCount: 2, backend: "js", waiting: 0 });
    const random = await open(false);
    expect(await signatures(random, digests)).not.toBe(await signatures(random, digests));
  });

  it("loses and doubles nothing where the backend is switched while messages wait", async () => {
    const signer = await open(true);
    const digests = Array.from({ length: 30 }, () => randomBytes(32 * COUNT));
    const switched = digests.map((each, index) => {
      const signed = signatures(signer, each);
      signer.use(BACKENDS[index % BACKENDS.length]!);
      return signed;
    });
    const found = await Promise.all(switched);
    signer.use("native");
    for (const [index, each] of digests.entries()) expect(found[index]).toBe(await signatures(signer, each));
  });
});

import { randomBytes } from "node:crypto";
import { SimulatedClock } from "@ims/common";
import { afterEach, describe, expect, it } from "vitest";
import type { BackendName } from "../backends/backend.js";
import { generateKey } from "../keys/key-sources.js";
import { engineOfAll } from "../spec-support/backends.js";
import { hexOf } from "../spec-support/hex.js";
import { handOverKeys, takeKeys } from "./key-handover.js";
import { WORKER_ENTRY } from "./pool-worker.js";
import { SigningPool, type SigningPoolOptions } from "./signing-pool.js";

const engine = engineOfAll();
const ecdsa = generateKey("ecdsa");
const schnorr = generateKey("schnorr");
const ed25519 = generateKey("ed25519");
const pools: SigningPool[] = [];

afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

async function openPool(options: Partial<SigningPoolOptions> = {}): Promise<SigningPool> {
  const pool = await SigningPool.open({
    keys: [ecdsa, schnorr, ed25519],
    backends: ["native", "js", "wasm"],
    ...options,
  });
  pools.push(pool);
  return pool;
}

const digestsOf = (count: number) => new Uint8Array(randomBytes(32 * count));
const code = (name: string) => expect.objectContaining({ code: `signing.${name}` });

/** The signatures as one thread makes them. */
function expected(digests: Uint8Array): string[] {
  engine.use("native");
  return Array.from({ length: digests.length / 32 }, (_, index) => {
    const out = new Uint8Array(64);
    engine.sign(ecdsa, digests.subarray(index * 32, index * 32 + 32), out);
    return hexOf(out);
  });
}

const split = (signatures: Uint8Array) =>
  Array.from({ length: signatures.length / 64 }, (_, index) =>
    hexOf(signatures.subarray(index * 64, index * 64 + 64)),
  );

/** A worker that is made of this code; `setup` is what it is given, `tell` tells the owner. */
function entryOf(body: string): URL {
  const source = `import { parentPort, workerData as setup } from "node:worker_threads";
    const tell = (type) => parentPort.postMessage({ type, reason: "out of luck" });
    ${body}`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

describe("a pool", () => {
  it.each([1, 2, 3])(
    "of %i workers gives each digest its signature, in order, through small rings",
    async (workers) => {
      const pool = await openPool({ workers, ringSlots: 4 });
      const calls = [1, 50, 7, 0, 131].map((count) => {
        const digests = digestsOf(count);
        const out = new Uint8Array(count * 64);
        return { digests, out, done: pool.sign(0, digests, out) };
      });
      for (const { digests, out, done } of calls) {
        await done;
        expect(split(out)).toEqual(expected(digests));
      }
      expect(pool.waiting).toBe(0);
    },
  );

  it("signs with each key and backend, switched between calls and for each message", async () => {
    const pool = await openPool();
    const digests = digestsOf(30);
    for (const [keyIndex, key] of [ecdsa, schnorr, ed25519].entries()) {
      for (const name of ["native", "wasm", "js"] as const) {
        pool.use(name);
        const out = new Uint8Array(30 * 64);
        await pool.sign(keyIndex, digests, out);
        engine.use("native");
        for (let index = 0; index < 30; index++) {
          const [digest, signature] = [
            digests.subarray(index * 32, index * 32 + 32),
            out.subarray(index * 64, index * 64 + 64),
          ];
          expect(engine.verify(key.scheme, key.publicKey, digest, signature)).toBe(true);
        }
      }
    }
    const names: BackendName[] = ["wasm", "native", "js"];
    const out = new Uint8Array(30 * 64);
    await pool.sign(0, digests, out, (index) => names[(index * 7) % 3]!);
    expect(split(out)).toEqual(expected(digests));
  });

  it("refuses what it cannot sign before anything is handed over", async () => {
    const pool = await openPool({ backends: ["wasm", "native"], messagesMax: 10, workers: 1 });
    const out = new Uint8Array(64 * 11);
    await expect(pool.sign(3, digestsOf(1), out)).rejects.toEqual(code("bad-input"));
    await expect(pool.sign(0, new Uint8Array(33), out)).rejects.toEqual(code("bad-input"));
    await expect(pool.sign(0, digestsOf(2), new Uint8Array(127))).rejects.toEqual(code("bad-input"));
    await expect(pool.sign(0, digestsOf(1), out, () => "js")).rejects.toEqual(code("backend-not-open"));
    await expect(pool.sign(0, digestsOf(11), out)).rejects.toEqual(code("pool-full"));
    expect(() => pool.use("js")).toThrow(code("backend-not-open"));
    expect(pool.waiting).toBe(0);
    const first = pool.sign(0, digestsOf(6), out);
    await expect(pool.sign(0, digestsOf(5), new Uint8Array(320))).rejects.toEqual(code("pool-full"));
    await first;
  });

  it.each([{ workers: 0 }, { workers: 65 }, { keys: [] }, { backends: [] }, { ringSlots: 3 }])(
    "with %o is refused",
    async (options) => {
      await expect(openPool(options)).rejects.toEqual(code("bad-input"));
    },
  );

  it("goes on when workers die at any moment: each digest gets its one signature", async () => {
    const deaths: string[] = [];
    // Not native: a thread that is stopped inside an addon takes the process with it.
    const pool = await openPool({
      workers: 2,
      ringSlots: 8,
      backends: ["wasm"],
      use: "wasm",
      onDeath: (reason) => deaths.push(reason),
    });
    for (let round = 0; round < 6; round++) {
      const digests = digestsOf(120);
      const out = new Uint8Array(120 * 64);
      const done = pool.sign(0, digests, out);
      await pool.killWorker(round % 2);
      await done;
      expect(split(out)).toEqual(expected(digests));
    }
    expect(pool.deaths).toBe(6);
    expect(deaths).toHaveLength(6);
  });

  it("is given up, with what waits rejected, when workers die again and again", async () => {
    const pool = await openPool({
      workers: 1,
      entry: entryOf(
        `tell("ready"); Atomics.wait(new Int32Array(setup.ring), 0, 0); throw new Error("poisoned");`,
      ),
    });
    await expect(pool.sign(0, digestsOf(5), new Uint8Array(320))).rejects.toMatchObject({
      code: "signing.worker-failed",
      message: expect.stringMatching(/3 times.*poisoned/),
    });
    await expect(pool.sign(0, digestsOf(1), new Uint8Array(64))).rejects.toEqual(code("worker-failed"));
  });

  it("is not opened when its workers cannot begin", async () => {
    await expect(openPool({ entry: entryOf(`tell("failed");`) })).rejects.toMatchObject({
      code: "signing.worker-failed",
      message: expect.stringMatching(/out of luck/),
    });
  });

  it("is given up when a worker dies and the keys are gone", async () => {
    const key = generateKey("ecdsa");
    const pool = await openPool({ keys: [key], workers: 1, backends: ["wasm"], use: "wasm" });
    key.dispose();
    await pool.killWorker(0);
    await expect(pool.sign(0, digestsOf(1), new Uint8Array(64))).rejects.toMatchObject({
      code: "signing.worker-failed",
      cause: { code: "signing.key-disposed" },
    });
  });

  it("replaces a worker that hangs", async () => {
    const clock = new SimulatedClock();
    // The first thread hangs for good, which the ring's spare octets tell the next one.
    const hangs = `
      const words = new Int32Array(setup.ring);
      if (Atomics.compareExchange(words, 40, 0, 1) === 0) {
        tell("ready");
        Atomics.wait(words, 0, 0);
        for (;;) Atomics.wait(words, 42, 0);
      }
      await import(${JSON.stringify(WORKER_ENTRY.href)});`;
    const reasons: string[] = [];
    const pool = await openPool({
      workers: 1,
      clock,
      stuckMillis: 5_000,
      entry: entryOf(hangs),
      onDeath: (reason) => reasons.push(reason),
    });
    const digests = digestsOf(20);
    const out = new Uint8Array(20 * 64);
    const done = pool.sign(0, digests, out);
    await clock.advance(5_001);
    expect(reasons).toEqual([]);
    await clock.advance(5_000);
    await done;
    expect(split(out)).toEqual(expected(digests));
    expect(reasons).toEqual(["no signature in 5000 ms"]);
  });

  it("lets a worker that is only slow end by itself", async () => {
    const clock = new SimulatedClock();
    // The first thread does nothing until it is told to end, and then comes to the work.
    const slow = `
      const words = new Int32Array(setup.ring);
      if (setup.generation === 0) {
        tell("ready");
        while (Atomics.load(words, 48) === 0) Atomics.wait(words, 0, Atomics.load(words, 0), 10);
      }
      await import(${JSON.stringify(WORKER_ENTRY.href)});`;
    const reasons: string[] = [];
    const pool = await openPool({
      workers: 1,
      clock,
      stuckMillis: 5_000,
      entry: entryOf(slow),
      onDeath: (reason) => reasons.push(reason),
    });
    const digests = digestsOf(20);
    const out = new Uint8Array(20 * 64);
    const done = pool.sign(0, digests, out);
    await clock.advance(5_001);
    await done;
    expect(split(out)).toEqual(expected(digests));
    expect(reasons).toEqual(["no signature in 5000 ms"]);
  });

  it("rejects what waits when it is closed, and everything behind", async () => {
    const pool = await openPool({ workers: 1, ringSlots: 2, use: "js" });
    const done = pool.sign(0, digestsOf(50), new Uint8Array(50 * 64));
    const closed = pool.close();
    await expect(done).rejects.toEqual(code("pool-closed"));
    await closed;
    await expect(pool.sign(0, digestsOf(1), new Uint8Array(64))).rejects.toEqual(code("pool-closed"));
    await pool.close();
  });

  it("leaves no key in the memory of the hand-over", () => {
    const memory = handOverKeys([ecdsa, ed25519]);
    expect(Buffer.from(memory).includes(ecdsa.secret)).toBe(true);
    const taken = takeKeys(memory);
    expect(taken.map(({ keyId }) => keyId)).toEqual([ecdsa.keyId, ed25519.keyId]);
    expect(Buffer.from(memory).every((octet) => octet === 0)).toBe(true);
  });
});

import { createHash } from "node:crypto";
import { seededMillis, seededRuns } from "@ims/spec-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateKey } from "../keys/key-sources.js";
import { SIGNATURE_SCHEMES } from "../schemes.js";
import { engineOfAll } from "../spec-support/backends.js";
import { hexOf, octets } from "../spec-support/hex.js";
import { type BatchRecord, decodeBatchRecord, encodeBatchRecord, encodeMetadata } from "./batch-record.js";
import { signBatch, verifyBatch, verifyBatchRecord } from "./batch-signature.js";
import { verifyInclusion } from "./inclusion-proof.js";
import { BATCH_MESSAGES_MAX, MerkleTree } from "./merkle-tree.js";

/** RFC 6962 section 2.1 word by word. */
function rootByDefinition(messages: readonly Uint8Array[]): Buffer {
  const sha = (prefix: number, ...parts: Uint8Array[]) =>
    createHash("sha256")
      .update(Buffer.concat([Uint8Array.of(prefix), ...parts]))
      .digest();
  if (messages.length === 1) return sha(0, messages[0]!);
  let k = 1;
  while (k * 2 < messages.length) k *= 2;
  return sha(1, rootByDefinition(messages.slice(0, k)), rootByDefinition(messages.slice(k)));
}

function treeOf(messages: readonly Uint8Array[], tree = new MerkleTree(messages.length)): MerkleTree {
  tree.clear();
  for (const message of messages) tree.add(message);
  return tree;
}

const code = (name: string) => expect.objectContaining({ code: `signing.${name}` });
const messagesOf = (min: number, max: number) =>
  fc.array(fc.uint8Array({ maxLength: 90 }), { minLength: min, maxLength: max });

describe("a Merkle tree", () => {
  it("has the roots that Certificate Transparency's own tests have", () => {
    // The leaves of the reference tree of github.com/google/certificate-transparency, merkle_tree_test.cc.
    const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"].map(octets);
    leaves.push(octets("606162636465666768696a6b6c6d6e6f"));
    const roots: [number, string][] = [
      [1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
      [2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
      [3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"],
      [8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"],
    ];
    for (const [count, root] of roots) expect(hexOf(treeOf(leaves.slice(0, count)).root())).toBe(root);
  });

  it(
    "is that of RFC 6962 for any messages, also when it is used again",
    () => {
      const tree = new MerkleTree(70);
      fc.assert(
        fc.property(messagesOf(1, 70), (messages) => {
          expect(Buffer.from(treeOf(messages, tree).root())).toEqual(rootByDefinition(messages));
        }),
        { numRuns: seededRuns(60) },
      );
    },
    seededMillis(60),
  );

  it("hashes long messages, too", () => {
    const messages = [0, 1, 55, 56, 63, 64, 65, 119, 120, 4_095, 4_096, 5_000, 70_000].map((length) =>
      new Uint8Array(length).fill(length),
    );
    expect(Buffer.from(treeOf(messages).root())).toEqual(rootByDefinition(messages));
  });

  it(
    "proves each message at its place and nothing else",
    () => {
      fc.assert(
        fc.property(messagesOf(1, 40), fc.nat(), fc.nat(), fc.nat(), (messages, at, where, bit) => {
          const tree = treeOf(messages);
          const [count, root, index] = [messages.length, tree.root(), at % messages.length];
          const [proof, message] = [tree.proof(index), messages[index]!];
          expect(verifyInclusion(message, index, count, proof, root)).toBe(true);
          expect(verifyInclusion(Buffer.concat([message, Uint8Array.of(0)]), index, count, proof, root)).toBe(
            false,
          );
          expect(verifyInclusion(message, index, count, Buffer.concat([proof, root]), root)).toBe(false);
          expect(verifyInclusion(message, count, count, proof, root)).toBe(false);
          const turned = root.slice();
          turned[where % 32]! ^= 1 << (bit % 8);
          expect(verifyInclusion(message, index, count, proof, turned)).toBe(false);
          if (proof.length === 0) return;
          expect(verifyInclusion(message, index, count, proof.subarray(32), root)).toBe(false);
          const bad = proof.slice();
          bad[where % bad.length]! ^= 1 << (bit % 8);
          expect(verifyInclusion(message, index, count, bad, root)).toBe(false);
        }),
        { numRuns: seededRuns(60) },
      );
    },
    seededMillis(60),
  );

  it("is bounded", () => {
    expect(() => new MerkleTree(BATCH_MESSAGES_MAX + 1)).toThrow(code("bad-input"));
    expect(() => new MerkleTree(0)).toThrow(code("bad-input"));
    const tree = new MerkleTree(2);
    expect(() => tree.root()).toThrow(code("bad-batch"));
    treeOf([octets("00"), octets("01")], tree);
    expect(() => tree.add(octets("02"))).toThrow(code("bad-batch"));
    expect(() => tree.proof(2)).toThrow(code("bad-batch"));
    expect(() => tree.addLeafHash(octets("02"))).toThrow(code("bad-batch"));
  });
});

describe("a signed batch", () => {
  const engine = engineOfAll();
  const place = { stream: "binancespot-market-data", topic: "trades", partition: 3, firstOffset: 1n << 40n };
  const messages = Array.from({ length: 77 }, (_, index) => Buffer.from(`message ${index}`));
  const keys = SIGNATURE_SCHEMES.map((scheme) => generateKey(scheme));
  const [key] = keys as [(typeof keys)[number]];
  const record = signBatch(engine, key, treeOf(messages), place);

  it.each(keys)("is verified, stored and read: %s", (each) => {
    const signed = signBatch(engine, each, treeOf(messages), place);
    const read = decodeBatchRecord(encodeBatchRecord(signed));
    expect(read).toMatchObject({ ...place, count: 77, scheme: each.scheme, keyId: each.keyId });
    expect(verifyBatch(engine, each.publicKey, read, messages)).toBeUndefined();
  });

  it("names the first message that was changed, left out, added or moved", () => {
    const changed = messages.slice();
    changed[50] = Buffer.from("message 51");
    changed[60] = Buffer.from("another");
    const at = (reason: string, index: number) => ({
      reason,
      index,
      offset: place.firstOffset + BigInt(index),
    });
    const check = (given: readonly Uint8Array[], of: BatchRecord = record) =>
      verifyBatch(engine, key.publicKey, of, given);
    expect(check(changed)).toEqual(at("message", 50));
    expect(check(messages.toSpliced(20, 1))).toEqual(at("message", 20));
    expect(check(messages.toSpliced(20, 0, Buffer.from("new")))).toEqual(at("message", 20));
    expect(check(messages.slice(0, 70))).toEqual(at("count", 70));
    expect(check([...messages, Buffer.from("more")])).toEqual(at("count", 77));
    expect(check([])).toEqual(at("count", 0));
    expect(check([messages[1]!, messages[0]!, ...messages.slice(2)])).toEqual(at("message", 0));
  });

  it("says that something is wrong where the leaf hashes are missing or false", () => {
    const bare = signBatch(engine, key, treeOf(messages), place, false);
    const changed = messages.toSpliced(5, 1, Buffer.from("other"));
    expect(verifyBatch(engine, key.publicKey, bare, messages)).toBeUndefined();
    expect(verifyBatch(engine, key.publicKey, bare, changed)).toEqual({ reason: "root" });
    const leafHashes = record.leafHashes.slice();
    leafHashes[40 * 32]! ^= 1;
    const falsified = { ...record, leafHashes };
    expect(verifyBatch(engine, key.publicKey, falsified, messages)).toBeUndefined();
    expect(verifyBatch(engine, key.publicKey, falsified, changed)).toEqual({ reason: "root" });
  });

  it.each<[string, Partial<BatchRecord>]>([
    ["stream", { stream: "other" }],
    ["topic", { topic: "bars" }],
    ["partition", { partition: 4 }],
    ["first offset", { firstOffset: 0n }],
    ["count", { count: 76, leafHashes: new Uint8Array(0) }],
    ["root", { root: new Uint8Array(32) }],
    ["scheme", { scheme: "schnorr" }],
    ["signature", { signature: new Uint8Array(64) }],
  ])("of another %s was not signed", (_, change) => {
    // A public key of the claimed scheme with the claimed id, so that nothing but the signature can refuse.
    const claimed = { ...record, ...change };
    const publicKey = claimed.scheme === "schnorr" ? keys[1]!.publicKey : key.publicKey;
    const keyId = claimed.scheme === "schnorr" ? keys[1]!.keyId : key.keyId;
    expect(verifyBatchRecord(engine, publicKey, { ...claimed, keyId })).toEqual({ reason: "signature" });
  });

  it("of another key is refused", () => {
    expect(verifyBatchRecord(engine, generateKey("ecdsa").publicKey, record)).toEqual({ reason: "key" });
  });

  it(
    "survives broken octets with an error of its own",
    () => {
      const octetsOfRecord = encodeBatchRecord(record);
      fc.assert(
        fc.property(fc.nat(octetsOfRecord.length), fc.nat(140), fc.nat(255), (end, at, value) => {
          const broken = Buffer.from(octetsOfRecord.subarray(0, end));
          if (at < broken.length) broken[at] = value;
          try {
            verifyBatchRecord(engine, key.publicKey, decodeBatchRecord(broken));
          } catch (error) {
            expect(error).toMatchObject({
              code: expect.stringMatching(/^signing\.(bad-batch|unknown-name)$/),
            });
          }
        }),
        { numRuns: seededRuns(300) },
      );
    },
    seededMillis(300),
  );

  it.each<[string, Partial<BatchRecord>]>([
    ["an empty name", { stream: "" }],
    ["a name of 256 octets", { topic: "x".repeat(256) }],
    ["a partition below 0", { partition: -1 }],
    ["an offset below 0", { firstOffset: -1n }],
    ["offsets beyond 64 bits", { firstOffset: (1n << 64n) - 76n }],
    ["no message", { count: 0 }],
    ["a short root", { root: new Uint8Array(31) }],
  ])("with %s is refused", (_, change) => {
    expect(() => encodeMetadata({ ...record, ...change }, "ecdsa")).toThrow(code("bad-batch"));
  });
});

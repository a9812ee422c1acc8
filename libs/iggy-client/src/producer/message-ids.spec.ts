import { describe, expect, it } from "vitest";
import { seededRandom } from "../spec-support/scripted-peer.js";
import { MessageIds } from "./message-ids.js";

const bigintOf = (words: Uint32Array) => words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);

describe("MessageIds", () => {
  it("count up over the borders of words, and the upper half stays", () => {
    const almostOne = 1 - 2 ** -33;
    const ids = new MessageIds(() => almostOne);
    const upper = 0xffff_ffff_ffff_ffffn << 64n;
    expect([bigintOf(ids.next()), bigintOf(ids.next())]).toEqual([upper, upper + 1n]);
    const draws = [0.5, 0, 0.25, 0.75];
    const half = new MessageIds(() => draws.shift()!);
    const start = bigintOf(half.next()) - 1n;
    expect(start).toBe(0xc000_0000_4000_0000_0000_0000_8000_0000n);
    expect(half.next()).toBe(half.next());
  });

  it("carry from the lowest word into the next", () => {
    const draws = [1 - 2 ** -32, 0.5, 0.5, 0.5];
    const ids = new MessageIds(() => draws.shift()!);
    expect(bigintOf(ids.next()) & 0xffff_ffff_ffff_ffffn).toBe(0x8000_0001_0000_0000n);
  });

  it("are never zero and differ between instances", () => {
    expect(bigintOf(new MessageIds(() => 0).next())).toBe((1n << 64n) + 1n);
    const random = seededRandom();
    const seen = new Set<bigint>();
    for (let i = 0; i < 10; i++) {
      const ids = new MessageIds(random);
      for (let k = 0; k < 1000; k++) seen.add(bigintOf(ids.next()));
    }
    expect(seen.size).toBe(10_000);
  });
});

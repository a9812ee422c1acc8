import { xxh3 } from "../hash/heap-hasher.js";
import { xxh32 } from "../hash/xxh32.js";
import type { Report } from "./report.js";
import { integerOf, type Vector } from "./vector.js";

/** Byte i of an input that is given by its length. */
const patternByte = (i: number): number => (i * 7 + 13) & 255;

/** `{text | length, xxh3_64}` */
export function checkXxh3(vectors: readonly Vector[], report: Report): void {
  for (const vector of vectors) {
    report.check(nameOf(vector), () => difference(integerOf(vector, "xxh3_64"), xxh3(inputOf(vector))));
  }
}

/** `{text | length, xxh32}` */
export function checkXxh32(vectors: readonly Vector[], report: Report): void {
  for (const vector of vectors) {
    report.check(nameOf(vector), () =>
      difference(integerOf(vector, "xxh32"), BigInt(xxh32(inputOf(vector)))),
    );
  }
}

function nameOf({ text, length }: Vector): string {
  return typeof text === "string" ? `text "${text}"` : `length ${String(length)}`;
}

function inputOf(vector: Vector): Uint8Array {
  if (typeof vector.text === "string") return new TextEncoder().encode(vector.text);
  return Uint8Array.from({ length: Number(integerOf(vector, "length")) }, (_, i) => patternByte(i));
}

function difference(expected: bigint, actual: bigint): string[] {
  return expected === actual ? [] : [`${actual}, ${expected} expected`];
}

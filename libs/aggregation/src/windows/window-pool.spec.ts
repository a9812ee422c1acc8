import { expect, it } from "vitest";
import { WindowPool } from "./window-pool.js";

it("windows of a pool share no place, and one that is given back is zeros again", () => {
  const pool = new WindowPool(33);
  const taken = Array.from({ length: 200 }, (_, index) => pool.take().fill(index + 1));
  taken.forEach((window, index) => {
    expect(window).toEqual(new Float64Array(33).fill(index + 1));
  });
  pool.give(taken[7]!);
  const again = pool.take();
  expect(again.buffer).toBe(taken[7]!.buffer);
  expect(again).toEqual(new Float64Array(33));
  expect(taken[6]).toEqual(new Float64Array(33).fill(7));
  expect(taken[8]).toEqual(new Float64Array(33).fill(9));
});

/** Heights between the places at which a curve is known. */

import { expect, test } from "vitest";
import { heightAt } from "../src/play/curves";

const xs = Float64Array.of(0, 1, 3);
const ys = Float64Array.of(4, 2, 6);

test("a height is that of the line between two neighbours", () => {
  expect([0, 0.5, 1, 2, 3].map((x) => heightAt(xs, ys, x))).toEqual([4, 3, 2, 4, 6]);
});

test("beyond the ends there is none", () => {
  for (const x of [-0.1, 3.1, NaN, Infinity]) expect(heightAt(xs, ys, x)).toBeNaN();
});

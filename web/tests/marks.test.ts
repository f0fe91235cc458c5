import { expect, it } from "vitest";
import { known } from "../src/play/marks";

it("keeps the numbers that are finite with their places", () => {
  expect(known([NaN, 2, Infinity, 4])).toEqual([
    [1, 3],
    [2, 4],
  ]);
  expect(known([])).toEqual([[], []]);
});

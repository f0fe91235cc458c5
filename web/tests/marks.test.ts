import { expect, it } from "vitest";
import { known, ruleColour } from "../src/play/marks";

it("keeps the numbers that are finite with their places", () => {
  expect(known([NaN, 2, Infinity, 4])).toEqual([
    [1, 3],
    [2, 4],
  ]);
  expect(known([])).toEqual([[], []]);
});

it("gives each rule a colour of its own, and an unknown one some", () => {
  const names = ["gd", "momentum", "adagrad", "rmsprop", "adam", "adam-uncorrected", "amsgrad"];
  expect(new Set(names.map((n) => ruleColour(n, false))).size).toBe(names.length);
  expect(ruleColour("own", true)).toBe(ruleColour("gd", true));
});

import { expect, test } from "vitest";
import type { Picture } from "../src/messages";
import { picturesAt, stepOf, stepsOf, withStep } from "../src/pictures";

const of = (step: number, number = 0): Picture => ({
  step,
  wall: 0,
  index: step,
  number,
  width: 28,
  height: 28,
});

test("steps of several runs are put together", () => {
  expect(stepsOf([[of(5), of(20), of(20, 1)], [of(10)], []])).toEqual([5, 10, 20]);
});

test("a run shows all its images of the last step up to the one chosen", () => {
  const all = [of(5), of(20), of(20, 1)];
  expect(picturesAt(all, 25)).toEqual([of(20), of(20, 1)]);
  expect(picturesAt(all, 19)).toEqual([of(5)]);
  expect(picturesAt(all, 4)).toEqual([]);
});

test("without a choice the newest step is shown, also of a tag with a colon", () => {
  const steps = [0, 10, 20];
  expect(stepOf("a:b", steps, [])).toBe(20);
  expect(stepOf("a:b", steps, ["a%3Ab:10", "a:0"])).toBe(10);
  expect(stepOf("a:b", steps, ["a%3Ab:nonsense"])).toBe(0);
  expect(stepOf("a:b", [], [])).toBe(0);
});

test("a choice is kept by its tag, and the newest step is none", () => {
  const steps = [0, 10, 20];
  expect(withStep("a", steps, 10, ["a:0", "b:3"])).toEqual(["b:3", "a:10"]);
  expect(withStep("a", steps, 20, ["a:0", "b:3"])).toEqual(["b:3"]);
});

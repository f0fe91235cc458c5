import { expect, test } from "vitest";
import { conditions, fulfils, pattern } from "../src/filters";

test.each([
  ["", "anything", true],
  ["ADAM", "runs/adam", true],
  ["adam$", "adam/seed-1", false],
  ["^(adam|sgd)/", "sgd/1", true],
  ["a.c", "abc", true],
  ["seed-1", "seed-12", true],
  ["[", "everything, since it is no pattern", true],
])("pattern %j on %j", (text, name, expected) => {
  expect(pattern(text).test(name)).toBe(expected);
});

test("what is no pattern says so", () => {
  expect(pattern("(").error).not.toBe("");
  expect(pattern("x".repeat(5000)).error).not.toBe("");
});

test("a pattern made to hang others is answered at once", () => {
  const began = performance.now();
  expect(pattern("(a+)+$").test(`${"a".repeat(5000)}!`)).toBe(false);
  expect(performance.now() - began).toBeLessThan(1000);
});

test.each([
  ["lr<0.1", true],
  ["lr<=0.01,rule=Adam", true],
  ["lr>0.01", false],
  ["rule!=sgd", true],
  ["lr=1e-2", true],
  ["nesterov=false", true],
  ["absent=1", false],
  ["absent!=1", true],
  ["", true],
])("conditions %j", (text, expected) => {
  expect(fulfils({ lr: 0.01, rule: "adam", nesterov: false }, conditions(text)!)).toBe(expected);
});

test("what is no condition is none", () => {
  expect(conditions("lr")).toBeNull();
  expect(conditions("=3")).toBeNull();
});

test("conditions that would hang others are answered at once", () => {
  const began = performance.now();
  expect(conditions(`${" ".repeat(50_000)}x${" ".repeat(50_000)}y`)).toEqual([]);
  expect(performance.now() - began).toBeLessThan(500);
});

test("names of every object's own are no hyperparameters", () => {
  expect(fulfils({}, conditions("constructor!=1, toString!=1")!)).toBe(true);
  expect(fulfils({}, conditions("constructor=1")!)).toBe(false);
});

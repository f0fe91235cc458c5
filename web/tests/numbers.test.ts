import { expect, test } from "vitest";
import * as numbers from "../src/numbers";

test.each([
  [0, "0"],
  [0.123456, "0.1235"],
  [-12345.678, "−12345.7"],
  [1e-5, "1e−5"],
  [1.5e7, "1.5e7"],
  [NaN, "NaN"],
  [-Infinity, "−∞"],
  [1000, "1000"],
])("number %d is %s", (value, text) => {
  expect(numbers.shortNumber(value)).toBe(text);
});

test.each([
  [0.5, "0.5 s"],
  [61, "1 min 1 s"],
  [7200, "2 h"],
  [-90061, "−1 d 1 h"],
])("%d seconds are %s", (value, text) => {
  expect(numbers.duration(value)).toBe(text);
});

/** The formulas against the naive results of `tests/test_board_display.py`, which the server's are
 * tested against too. */

import { expect, test } from "vitest";
import golden from "../../tests/fixtures/display.json";
import { decimated, smoothed } from "../src/display";
import { quantiles, ranked } from "../src/quantiles";

const numbers = (values: (number | string)[]) => values.map(Number);

test.each(golden.smoothing.map((c, i) => [i, c.s, c] as const))("smoothing %d by %d", (_, s, c) => {
  const found = smoothed(Float32Array.from(numbers(c.values)), s);
  const wanted = numbers(c.shown);
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, i) => {
    if (Number.isFinite(value)) expect(found[i]).toBeCloseTo(value, 4);
    else expect(found[i]).toBe(value);
  });
});

test.each(golden.decimation.map((c, i) => [i, c] as const))("decimation %d", (_, c) => {
  const y = Float32Array.from(numbers(c.values));
  const x = Float64Array.from(y.keys());
  const kept = decimated(x, y, -Infinity, Infinity, (v) => Math.floor(v / c.size));
  expect([...kept]).toEqual(c.kept);
});

test.each(golden.quantiles.map((c, i) => [i, c] as const))("quantile %d", (_, c) => {
  const at = c.q * (c.values.length - 1);
  expect(ranked(Float64Array.from(c.values), at)).toBeCloseTo(c.quantile, 10);
  expect(quantiles([Float32Array.from(c.values)], [c.q])[0]).toBeCloseTo(c.quantile, 5);
});

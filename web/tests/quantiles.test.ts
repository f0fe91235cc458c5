import { expect, test } from "vitest";
import { quantiles } from "../src/quantiles";

const f4 = (...values: number[]) => Float32Array.from(values);

test("a quantile is NumPy's", () => {
  expect(quantiles([f4(3, 1), f4(), f4(2, 10)], [0.25])[0]).toBeCloseTo(1.75, 12);
  expect(quantiles([f4(5)], [0, 0.9, 1])).toEqual([5, 5, 5]);
  expect(quantiles([], [0.5])).toEqual([NaN]);
  const many = Float32Array.from({ length: 1001 }, (_, i) => (i * 7919) % 1001);
  expect(quantiles([many], [0.05, 0.95])).toEqual([50, 950]);
});

test("outliers do not stretch the range, and what is not finite does not count", () => {
  const calm = Float32Array.from({ length: 1000 }, (_, i) => i / 1000);
  const [low, high] = quantiles([calm, f4(1e9, NaN, -Infinity)], [0.05, 0.95]);
  expect(low).toBeGreaterThan(0.04);
  expect(high).toBeLessThan(0.96);
  const same = quantiles([calm], [0.05, 0.95]);
  const odd = new Float32Array(Int32Array.of(-1, 0x7fffffff, -0x800000, 0x7f800000).buffer);
  expect(quantiles([calm, odd], [0.05, 0.95])).toEqual(same);
});

/** The same of all values, sorted. */
function naive(columns: Float32Array[], q: number): number {
  const all = columns.flatMap((y) => [...y.filter(Number.isFinite)]).sort((a, b) => a - b);
  const at = q * (all.length - 1);
  const [below, above] = [all[Math.floor(at)]!, all[Math.ceil(at)]!];
  return below + (at - Math.floor(at)) * (above - below);
}

test.each([
  ["numbers of every size and both signs", (v: number) => Math.tan(40 * v) ** 9],
  ["a few numbers, many times", (v: number) => Math.round(6 * v) - 3],
  ["numbers that are hard to tell apart", (v: number) => 1 + 1e-6 * v],
  ["the least numbers there are", (v: number) => 1e-45 * Math.round(9 * v - 4)],
  ["gaps", (v: number) => (v < 0.3 ? NaN : v < 0.4 ? Infinity : v - 0.7)],
])("quantiles are those of a sorted column: %s", (_, of) => {
  let seed = 1;
  const draw = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const column = (length: number) => Float32Array.from({ length }, () => of(draw()));
  for (const lengths of [[1], [2], [7, 0, 3], [500, 1, 1234]]) {
    const columns = lengths.map(column);
    const shares = [0, 0.05, 0.31, 0.5, 0.95, 1];
    expect(quantiles(columns, shares)).toEqual(shares.map((q) => naive(columns, q)));
  }
});

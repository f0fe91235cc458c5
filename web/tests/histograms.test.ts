import { expect, test } from "vitest";
import { wholeTicks } from "../src/chart/axes";
import { fanOf, movedStep, stepAt } from "../src/chart/fans";
import { movedSpot, ridgeAt, ridgesOf } from "../src/chart/ridges";
import { binAt, histogramOf, quantiles, reach, rebinned, SHARES, spread } from "../src/histograms";

const made = (edges: (number | null)[], counts: (number | null)[], step = 0) =>
  histogramOf({ step, wall: 0, edges, counts });

test("bins whose edges or count are not finite are left out", () => {
  const h = made([null, 0, 1, 2, null], [5, 1, null, 2]);
  expect([...h.left]).toEqual([0]);
  expect(h.total).toBe(1);
});

test("quantiles take the numbers of a bin as evenly spread", () => {
  const h = made([0, 1, 3], [10, 10]);
  expect(quantiles(h, [0, 0.25, 0.5, 0.75, 1])).toEqual([0, 0.5, 1, 2, 3]);
});

test("the lowest and highest are those of bins that hold something", () => {
  const h = made([-9, 0, 1, 2, 9], [0, 3, 1, 0]);
  expect(quantiles(h, [0, 1])).toEqual([0, 2]);
  expect(reach([h])).toEqual([0, 2]);
});

test("quantiles of many numbers are near to their own", () => {
  const counts = Array.from({ length: 200 }, (_, i) => Math.exp(-(((i - 99.5) / 20) ** 2) / 2));
  const h = made(
    Array.from({ length: 201 }, (_, i) => (i - 100) / 20),
    counts,
  );
  const found = quantiles(h, SHARES);
  [-1.5, -1, -0.5, 0, 0.5, 1, 1.5].forEach((deviation, i) =>
    expect(found[i + 1]).toBeCloseTo(deviation, 2),
  );
});

test("of nothing there are no quantiles, of one number all are the same", () => {
  expect(quantiles(made([], []), [0, 0.5])).toEqual([NaN, NaN]);
  expect(quantiles(made([0, 1], [0]), [0.5])).toEqual([NaN]);
  expect(quantiles(made([2, 2], [7]), [0, 0.5, 1])).toEqual([2, 2, 2]);
});

test("roundings of fractional counts reach no empty bin", () => {
  const h = made([0, 1, 2, 3, 4], [0.1, 0.2, 0.3, 0]);
  expect(quantiles(h, [1])[0]).toBeCloseTo(3, 12);
});

test("putting into even cells loses nothing", () => {
  const h = made([0, 1, 1.5, 4], [4, 2, 6]);
  expect([...rebinned(h, [0, 4], 4)]).toEqual([4, 3.2, 2.4, 2.4].map((n) => expect.closeTo(n, 12)));
  const uneven = rebinned(h, [-0.3, 4.2], 37);
  expect(uneven.reduce((a, b) => a + b)).toBeCloseTo(12, 9);
});

test("numbers that are all the same fall into one cell, at the end too", () => {
  expect([...rebinned(made([2, 2], [7]), [0, 4], 4)]).toEqual([0, 0, 7, 0]);
  expect([...rebinned(made([4, 4], [7]), [0, 4], 4)]).toEqual([0, 0, 0, 7]);
});

test("a range is never of width 0", () => {
  expect(reach([made([2, 2], [7])])).toEqual([1, 3]);
  expect(reach([made([0, 0], [7])])).toEqual([-0.5, 0.5]);
  expect(reach([])).toEqual([0, 1]);
});

test("numbers that are all the same do not stretch the axis of others", () => {
  const same = made([-0.5, 0, 0.5], [0, 9]);
  const wide = made([1, 2, 3], [1, 1]);
  expect(spread([same, wide])).toEqual([wide]);
  expect(spread([same, same])).toEqual([same, same]);
  const ridges = ridgesOf([same, wide]);
  expect(ridges.x).toEqual([1, 3]);
  expect(Math.max(...ridges.cells[0]!.map(Math.abs))).toBe(0); // it lies beside the axis
  const fan = fanOf([same, wide]);
  expect(fan.rows[0]!.every((value) => value === 0.25)).toBe(true);
  expect(fan.y).toEqual([0.25, 3]);
});

test("a value's bin is the one that holds it, else the nearest", () => {
  const h = made([0, 1, 2], [1, 1]);
  expect([-5, 0, 0.5, 1, 2, 9].map((v) => binAt(h, v))).toEqual([0, 0, 0, 1, 1, 1]);
  expect(binAt(made([], []), 0)).toBe(-1);
});

test("steps have whole ticks", () => {
  expect(wholeTicks(0, 3, 20)).toEqual([0, 1, 2, 3]);
  expect(wholeTicks(0, 1400, 4)).toEqual([0, 500, 1000]);
  expect(wholeTicks(7, 7, 4)).toEqual([7]);
});

test("a range that no number can hold stops nothing", () => {
  const all = [made([-1.7e308, 0, 1.7e308], [1, 2])];
  expect(ridgeAt(ridgesOf(all), size, 100, 100)?.index).toBe(0);
  expect(fanOf(all).rows[0]![4]).toBeGreaterThan(0);
});

const size = { width: 340, height: 230 };

test("the front ridge that covers a place is found, else the nearest foot", () => {
  const all = [0, 50, 100].map((step) => made([0, 1, 2, 3], [1, 10, 1], step));
  const ridges = ridgesOf(all);
  expect(ridgeAt(ridges, size, 150, 195)).toEqual({ index: 2, bin: 1 });
  expect(ridgeAt(ridges, size, 12, 12)?.index).toBe(0);
  expect(ridgeAt(ridgesOf([]), size, 10, 10)).toBeNull();
});

test("arrow keys begin with the newest, and stay among what there is", () => {
  const ridges = ridgesOf([0, 1].map((step) => made([0, 1, 2], [1, 3], step)));
  const first = movedSpot(ridges, null, "ArrowUp");
  expect(first).toEqual({ index: 1, bin: 1 });
  expect(movedSpot(ridges, first, "ArrowRight")).toEqual(first);
  expect(movedSpot(ridges, first, "ArrowLeft")).toEqual({ index: 1, bin: 0 });
  expect(movedSpot(ridges, first, "ArrowUp")).toEqual({ index: 0, bin: 1 });
  expect(movedSpot(ridges, first, "ArrowDown")).toEqual(first);
});

test("bands leave out what is empty, and find the nearest step", () => {
  const fan = fanOf([made([0, 1], [4], 0), made([0, 1], [0], 5), made([0, 2], [4], 10)]);
  expect(fan.all.map((h) => h.step)).toEqual([0, 10]);
  expect(fan.y).toEqual([0, 2]);
  expect(stepAt(fan, size, 330)).toBe(1);
  expect(stepAt(fan, size, 60)).toBe(0);
  expect(movedStep(fan, null, "ArrowLeft")).toBe(1);
  expect(movedStep(fan, 1, "ArrowLeft")).toBe(0);
});

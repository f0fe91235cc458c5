import { expect, test } from "vitest";
import { colourOf, rastered } from "../src/chart/dense";
import type { Frame } from "../src/chart/paint";

const frame: Frame = {
  left: 0, top: 0, width: 10, height: 10, x: [0, 10], y: [0, 10],
  logX: false, logY: false, ratio: 1,
}; // prettier-ignore

function curve(x: number[], y: number[], colour = "#ff0000") {
  const values = Float32Array.from(y);
  const places = Float64Array.from(x);
  return {
    run: 0,
    name: "",
    colour,
    x: places,
    y: values,
    smooth: values,
    step: places,
    wall: places,
    origin: 0,
  };
}

const lit = (pixels: Uint32Array) =>
  Array.from({ length: 10 }, (_, column) =>
    [...Array(10).keys()].filter((row) => pixels[row * 10 + column]),
  );

test("a level line lights one row of every column between its ends", () => {
  const found = lit(rastered(frame, [curve([0, 9.5], [4.5, 4.5])], "smooth"));
  expect(found).toEqual(Array(10).fill([5]));
});

test("a spike among many points of a column is seen", () => {
  const x = Array.from({ length: 1000 }, (_, i) => i / 100);
  const y = x.map((_, i) => (i === 555 ? 9.5 : 0.5));
  const found = lit(rastered(frame, [curve(x, y)], "smooth"));
  expect(found[5]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(found[6]).toEqual([9]);
});

test("a steep line has no holes", () => {
  const found = lit(rastered(frame, [curve([0, 10], [0, 10])], "smooth"));
  for (const rows of found) expect(rows.length).toBeGreaterThan(0);
});

test("what is not finite is a gap, and what lies beside the window lights nothing", () => {
  const found = lit(rastered(frame, [curve([0, 1, 2, 3, 4], [5, 5, NaN, 5, 5])], "smooth"));
  expect(found.map((rows) => rows.length > 0)).toEqual(
    [true, true, false, true, true, false, false, false, false, false], // prettier-ignore
  );
  expect(lit(rastered(frame, [curve([0, 9], [1000, 1000])], "smooth")).flat()).toEqual([]);
});

test("colours are bytes in the order of a canvas", () => {
  expect(colourOf("#0a0b0c")).toBe(0xff0c0b0a);
  expect(colourOf("rgb(10,11,12)")).toBe(0xff0c0b0a);
});

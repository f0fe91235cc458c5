import { expect, test } from "vitest";
import type { Curve } from "../src/chart/curves";
import { colourOf, rastered } from "../src/chart/dense";
import { scale, type Frame } from "../src/chart/paint";

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
    smoothForNow: () => values,
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
  const found = lit(rastered(frame, [curve([0, 9.5], [4.5, 4.5])], (c) => c.smooth));
  expect(found).toEqual(Array(10).fill([5]));
});

test("a spike among many points of a column is seen", () => {
  const x = Array.from({ length: 1000 }, (_, i) => i / 100);
  const y = x.map((_, i) => (i === 555 ? 9.5 : 0.5));
  const found = lit(rastered(frame, [curve(x, y)], (c) => c.smooth));
  expect(found[5]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(found[6]).toEqual([9]);
});

test("a steep line has no holes", () => {
  const found = lit(rastered(frame, [curve([0, 10], [0, 10])], (c) => c.smooth));
  for (const rows of found) expect(rows.length).toBeGreaterThan(0);
});

test("what is not finite is a gap, and what lies beside the window lights nothing", () => {
  const found = lit(rastered(frame, [curve([0, 1, 2, 3, 4], [5, 5, NaN, 5, 5])], (c) => c.smooth));
  expect(found.map((rows) => rows.length > 0)).toEqual(
    [true, true, false, true, true, false, false, false, false, false], // prettier-ignore
  );
  expect(lit(rastered(frame, [curve([0, 9], [1000, 1000])], (c) => c.smooth)).flat()).toEqual([]);
});

test("colours are bytes in the order of a canvas", () => {
  expect(colourOf("#0a0b0c")).toBe(0xff0c0b0a);
  expect(colourOf("rgb(10,11,12)")).toBe(0xff0c0b0a);
});

/** The same from the back to the front, point by point. */
function naive(frame: Frame, curves: Curve[], grain: number): Uint32Array {
  const { width, height, logY } = frame;
  const columns = Math.ceil(width / grain);
  const pixels = new Uint32Array(width * height);
  const atX = scale(frame.x, frame.logX, 0, columns);
  const atY = scale(frame.y, logY, height, -height);
  const row = (v: number) => Math.max(-1, Math.min(height, Math.floor(atY(v))));
  for (const { x, y, colour } of curves) {
    const paint = (column: number, a: number, b: number) => {
      const end = Math.min(height - 1, Math.max(a, b));
      for (let down = Math.max(0, Math.min(a, b)); down <= end; down++)
        for (let at = column * grain; at < Math.min(width, (column + 1) * grain); at++)
          if (at >= 0) pixels[down * width + at] = colourOf(colour);
    };
    const about = (column: number, middle: number, reach: number) =>
      paint(column, Math.floor(middle - reach), Math.floor(middle + reach));
    const has = (i: number) => Number.isFinite(y[i]) && !(logY && y[i]! < 0);
    for (let i = 0; i < y.length; i++) {
      if (!has(i)) continue;
      const [here, from] = [Math.floor(atX(x[i]!)), row(y[i]!)];
      paint(here, from, from);
      if (!has(i - 1) && !has(i + 1)) for (const by of [-1, 0, 1]) about(here + by, from, 1);
      if (!has(i + 1)) continue;
      const [there, to] = [Math.floor(atX(x[i + 1]!)), row(y[i + 1]!)];
      if (there === here) paint(here, from, to);
      else {
        const part = (to - from) / (there - here);
        paint(here, from, Math.trunc(from + part / 2));
        paint(there, Math.trunc(to - part / 2), to);
        for (let n = 1; n < there - here; n++) about(here + n, from + part * n, Math.abs(part) / 2);
      }
    }
  }
  return pixels;
}

/** Even numbers below 1, the same every time. */
function drawing(seed: number): () => number {
  return () => (seed = (seed * 16807) % 2147483647) / 2147483647;
}

/** Noisy curves at several heights, with gaps and with values far away. */
function noisy(draw: () => number, count: number, points: number, odd: number[]): Curve[] {
  const shared = Array.from({ length: points }, (_, i) => (100 * i) / points);
  return Array.from({ length: count }, (_, n) => {
    const height = 10 ** (2 * draw() - 1);
    const y = shared.map((at) => height * Math.exp(-at / 60) * (0.8 + 0.4 * draw()));
    for (let left = Math.min(3, points - 1); left; left--)
      y[Math.floor(points * draw())] = odd[Math.floor(odd.length * draw())]!;
    const x = n % 3 ? shared : shared.map((at) => at + (100 * draw()) / points);
    return curve(x, y, `rgb(${n % 256},${n >> 8},9)`);
  });
}

const FAR = [-1, 1e30];
const ODD = [...FAR, 0, NaN, Infinity, -Infinity];
const WIDE: Frame = { ...frame, width: 61, height: 40, x: [0, 100], y: [-0.5, 9] };

test.each([
  ["many points of a pixel", WIDE, 80, 500, 1],
  ["two pixels a column", WIDE, 401, 200, 2],
  ["columns without points", WIDE, 70, 15, 1],
  ["a part of the values", { ...WIDE, y: [0.2, 0.6] }, 80, 300, 1],
  ["a part of the places", { ...WIDE, x: [20, 70] }, 80, 300, 1],
  ["a logarithmic axis", { ...WIDE, y: [0.02, 9], logY: true }, 80, 500, 1],
  ["single points", WIDE, 70, 1, 1],
] as [string, Frame, number, number, number][])(
  "from the front to the back, the picture is the same: %s",
  (_, within, count, points, grain) => {
    const draw = drawing(7);
    for (let round = 0; round < 5; round++) {
      const curves = noisy(draw, count, points, within.x[0] ? FAR : ODD);
      expect(rastered(within, curves, (c) => c.y)).toEqual(naive(within, curves, grain));
    }
  },
);

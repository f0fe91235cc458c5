import { expect, test } from "vitest";
import * as display from "../src/display";

const f8 = (...values: number[]) => Float64Array.from(values);
const f4 = (...values: number[]) => Float32Array.from(values);

test("no spike hides behind a pixel", () => {
  const x = Float64Array.from({ length: 10_000 }, (_, i) => i);
  const y = new Float32Array(10_000);
  y[4321] = 50;
  y[7777] = NaN;
  const kept = display.decimated(x, y, 0, 9999, (v) => Math.floor(v / 100));
  expect(kept.length).toBeLessThan(500);
  expect([...kept]).toContain(4321);
  expect([...kept]).toContain(7777);
  expect([...kept]).toEqual([...kept].sort((a, b) => a - b));
});

test("a window keeps one point on either side", () => {
  const x = f8(0, 1, 2, 3, 4, 5);
  const kept = display.decimated(x, f4(0, 0, 0, 0, 0, 0), 2, 3, (v) => v);
  expect([...kept]).toEqual([1, 2, 3, 4]);
});

test("the full range leaves out what is not finite", () => {
  const calm = Float32Array.from({ length: 1000 }, (_, i) => i / 1000);
  expect(display.fullRange([calm, f4(1e9, NaN, Infinity)])).toEqual([0, 1e9]);
});

test("nearest", () => {
  const x = f8(0, 10, 20);
  expect([-5, 4, 6, 15, 99].map((v) => display.nearest(x, v))).toEqual([0, 0, 1, 1, 2]);
  expect(display.nearest(f8(), 1)).toBe(-1);
});

test("a band over curves with other places", () => {
  const curves = [
    { x: f8(0, 2), y: f8(0, 2) },
    { x: f8(0, 1, 2), y: f8(10, 10, 10) },
    { x: f8(1, 3), y: f8(4, 8) },
  ];
  const { x, middle, count } = display.band(curves);
  expect([...x]).toEqual([0, 1, 2]); // at 3, one of three is left
  expect([...count]).toEqual([2, 3, 3]);
  expect([...middle]).toEqual([5, 4, 6]);
});

test("a curve that left the numbers is the worst of a band", () => {
  const curves = [1, 2, NaN].map((v) => ({ x: f8(0), y: f8(v) }));
  expect(display.band(curves).middle[0]).toBe(2);
  expect(display.band(curves).high[0]).toBe(Infinity);
  const lost = [NaN, NaN, 1].map((v) => ({ x: f8(0), y: f8(v) }));
  expect(display.band(lost).high[0]).toBe(Infinity);
});

test("where more is better, a curve that left the numbers is the lowest of a band", () => {
  const curves = [0.5, 0.7, NaN].map((v) => ({ x: f8(0), y: f8(v) }));
  const { low, middle, high } = display.band(curves, { more: true });
  expect([low[0], middle[0], high[0]]).toEqual([-Infinity, 0.5, 0.6]);
  const lost = [NaN, Infinity, -Infinity].map((v) => ({ x: f8(0), y: f8(v) }));
  expect(display.band(lost, { more: true }).high[0]).toBe(-Infinity);
});

test.each([
  ["accuracy", true],
  ["test/r2", true],
  ["test/loss", false],
  ["inaccuracy", false],
])("more of %s is better: %s", (tag, better) => {
  expect(display.moreIsBetter(tag)).toBe(better);
});

test("places of a band are evenly chosen, with the first and the last", () => {
  const x = Float64Array.from({ length: 1000 }, (_, i) => i);
  const found = display.band([{ x, y: x }], { most: 10 });
  expect([...found.x]).toEqual([0, 111, 222, 333, 444, 555, 666, 777, 888, 999]);
  expect(found.middle).toEqual(found.x);
  expect([...display.band([{ x: f8(3, 3), y: f8(1, 2) }]).x]).toEqual([3]);
  expect(display.band([{ x: f8(), y: f8() }]).x.length).toBe(0);
  expect(display.band([]).x.length).toBe(0);
});

test("of more points than are looked at, a band's places are evenly chosen too", () => {
  const curves = Array.from({ length: 3000 }, (_, run) => {
    const x = Float64Array.from({ length: 20 }, (_, i) => i + run / 3000);
    return { x, y: x };
  });
  const { x, middle, count } = display.band(curves, { most: 101 });
  expect(x[0]).toBeGreaterThan(0.4); // where half of them have begun
  expect(x.at(-1)).toBeLessThan(19.6);
  expect(x.every((v, i) => !i || v - x[i - 1]! < 0.5)).toBe(true);
  middle.forEach((v, i) => expect(v).toBeCloseTo(x[i]!, 9));
  expect(Math.min(...count)).toBeGreaterThanOrEqual(1500);
});

test("above a base", () => {
  const found = display.above(
    { x: f8(0, 1, 2, 3), y: f8(1, 1, 1, 1) },
    { x: f8(0, 2), y: f8(0, 1) },
  );
  expect([...found]).toEqual([1, 0.5, 0, NaN]);
});

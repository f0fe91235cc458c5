import { expect, test } from "vitest";
import { compared, curveOf } from "../src/chart/curves";
import { zoomOf } from "../src/chart/model";
import { isWide, rangeX } from "../src/chart/range";
import type { Loaded } from "../src/series";
import { textNamed, withNamed } from "../src/settings";

const value = Float32Array.from([1, 2]);
const look = { name: "", colour: "#000000" };

function loaded(run: number, step: number[]): Loaded {
  const places = Float64Array.from(step);
  return {
    run, generation: 1, total: 2, whole: true, origin: step[0]!, step: places, wall: places, value,
    axis: null, smoothed: null, stamp: 1, asked: "",
  }; // prettier-ignore
}

test("runs with the same values keep their own places", () => {
  const x = (run: number, step: number[]) => [...curveOf(loaded(run, step), look, "wall", 0).x];
  expect(x(1, [100, 101])).toEqual([100, 101]);
  expect(x(2, [900, 901])).toEqual([900, 901]);
});

test("points stand in the order of their places", () => {
  const curve = curveOf(loaded(1, [5, 3]), look, "step", 0);
  expect([...curve.x]).toEqual([3, 5]);
  expect([...curve.y]).toEqual([2, 1]);
});

test("smoothed values for now are those that are kept", () => {
  const of = (...values: number[]) => {
    const one = {
      ...loaded(1, [5, 3, 4].slice(0, values.length)),
      value: Float32Array.from(values),
    };
    return curveOf(one, look, "step", 0.6);
  };
  const curves = [of(1, 2), of(3, NaN, 7), of(4, 4), of(9, 0, 1)];
  const forNow = curves.map((curve) => [...curve.smoothForNow()]);
  expect(forNow).toEqual(curves.map((curve) => [...curve.smooth]));
  expect(curves[0]!.smooth).toBe(curves[0]!.smooth);
  expect(curves[2]!.smooth).toBe(curves[2]!.y); // a constant
});

test("a window of a link is one, or nothing", () => {
  expect(zoomOf("0:1:-2:2")).toEqual({ x: [0, 1], y: [-2, 2] });
  for (const text of [
    "",
    "1:1:0:1",
    "0:1:2",
    "NaN:1:0:1",
    "0:1:0:Infinity",
    ":::",
    "5:5:0:1",
    "1:1.0000000000000002:0:1",
    "0:1e-320:0:1",
  ]) {
    expect(zoomOf(text)).toBeNull();
  }
});

test("a tag's window is not that of a tag whose name goes on", () => {
  const list = withNamed(withNamed([], "a:b", "1"), "a", "2");
  expect(textNamed(list, "a")).toBe("2");
  expect(textNamed(withNamed(list, "a", ""), "a:b")).toBe("1");
});

test("one place, or places that numbers cannot tell apart, get a range all the same", () => {
  for (const at of [0, 5, 2 ** 63, -(2 ** 63), 1.7e9]) {
    const curve = curveOf(loaded(1, [at, at]), look, "step", 0);
    expect(isWide(rangeX([curve], false))).toBe(true);
  }
});

test("a difference is there where both curves are", () => {
  const of = (run: number, step: number[]) => curveOf(loaded(run, step), look, "step", 0);
  const [one] = compared([of(1, [1, 5])], of(2, [0, 2]));
  expect([...one!.x]).toEqual([1]);
  expect([...one!.y]).toEqual([1 - 1.5]);
  expect(compared([of(1, [7, 8])], of(2, [0, 2]))).toEqual([]);
});

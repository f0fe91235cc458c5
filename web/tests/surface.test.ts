import { describe, expect, it } from "vitest";
import { heightsOf, levelsOf } from "../src/play/relief";
import { row } from "../src/play/server";
import { clipped, Sheet } from "../src/play/sheet";
import { happened, isShown } from "../src/play/walks";

const values = Float32Array.from({ length: 1001 }, (_, i) => i ** 3 - 5);

describe("heights", () => {
  const heights = heightsOf(values, -5);

  it("put the least at 0, the median half way and the most at 1", () => {
    expect(heights.of(-5)).toBe(0);
    expect(heights.of(500 ** 3 - 5)).toBeCloseTo(0.5, 6);
    expect(heights.of(1000 ** 3 - 5)).toBeCloseTo(1, 6);
    expect(heights.of(1e30)).toBe(1);
    expect(heights.of(-6)).toBe(0);
  });

  it("are undone", () => {
    for (const h of [0, 0.2, 0.9]) expect(heights.of(heights.valueAt(h))).toBeCloseTo(h, 9);
  });

  it("are numbers on flat, even and broken ground", () => {
    for (const ground of [[3, 3, 3], [0, 1, 2, 3, 4], [NaN, 1, Infinity], [0, 0, 0, 1e30], []]) {
      const found = heightsOf(Float64Array.from(ground), 0);
      expect(levelsOf(found).every(Number.isFinite)).toBe(true);
      for (const v of [0, 1, 3]) expect(found.of(v)).toBeGreaterThanOrEqual(0);
    }
  });

  it("have levels that rise", () => {
    const levels = levelsOf(heights);
    expect([...levels].sort((a, b) => a - b)).toEqual(levels);
  });
});

const linear = { of: (v: number) => v, valueAt: (h: number) => h };
const tensor = (shape: number[], data: number[]) => ({ shape, data: Float64Array.from(data) });

describe("a sheet", () => {
  // 3 × 2 points over [0, 2] × [0, 1], y upward.
  const grid = tensor([2, 3], [0, 0.5, 1, 1, 0, NaN]);
  const sheet = new Sheet({ values: grid, x: [0, 2], y: [0, 1], heights: linear });

  it("is as high at its points as they are, and flat on its triangles", () => {
    expect(sheet.heightAt(1, 0)).toBe(0.5);
    expect(sheet.heightAt(2, 1)).toBe(1); // a hole is as high as can be
    expect(sheet.heightAt(0.5, 0.5)).toBe(0.75); // on the diagonal, between 1 and .5
    expect(sheet.heightAt(0.25, 0.25)).toBeCloseTo(0.375, 12);
    expect(sheet.heightAt(0.75, 0.75)).toBeCloseTo(0.375, 12);
  });

  it("is cut along the same diagonal by its triangles", () => {
    expect(sheet.triangles().slice(0, 6)).toEqual([0, 1, 3, 1, 4, 3]);
  });

  it("carries paths, and leaves out what lies beyond", () => {
    const inside = sheet.draped(tensor([2, 2], [0, 0, 2, 1]), 1, 0);
    expect(inside.length % 6).toBe(0);
    expect(inside.slice(0, 3)).toEqual([...sheet.point(0, 0)]);
    expect(inside.slice(-3)).toEqual([...sheet.point(2, 1)]);
    expect(sheet.draped(tensor([2, 2], [5, 5, 6, 6]), 1, 0)).toEqual([]);
    expect(sheet.draped(tensor([2, 2], [0, 0, Infinity, 1]), 1, 0)).toEqual([]);
    expect(sheet.draped(tensor([2, 2], [0, 0, 1e300, 0]), 1, 0).length).toBeLessThan(60);
    expect(sheet.draped(tensor([1, 2], [0, 0]), 0, 0)).toEqual([]);
  });
});

describe("a line", () => {
  it("is clipped to a box", () => {
    expect(clipped([-1, 1], [3, 1], 2, 2)).toEqual([[0, 1], [2, 1]]); // prettier-ignore
    expect(clipped([1, 1], [1, 1], 2, 2)).toEqual([[1, 1], [1, 1]]); // prettier-ignore
    expect(clipped([-1, 0], [0, 3], 2, 2)).toBeNull();
    expect(clipped([3, 0], [3, 2], 2, 2)).toBeNull();
    expect(clipped([NaN, 0], [1, 1], 2, 2)).toBeNull();
  });
});

describe("walks", () => {
  it("are rows of tensors", () => {
    expect(row(tensor([2, 2, 1], [1, 2, 3, 4]), 1)).toEqual(tensor([2, 1], [3, 4]));
  });

  it("show settings of single rules while these are chosen", () => {
    const shown = (name: string) => isShown(name, { rules: ["gd"] });
    expect(["alpha_gd", "decay_gd", "plane", "alpha_adam", "decay_adam"].map(shown)).toEqual([
      true, true, true, false, false,
    ]); // prettier-ignore
    expect(isShown("alpha_gd", { rules: "gd" })).toBe(false);
  });

  it("say what has happened by a step", () => {
    expect([happened(null, 9), happened(3, 2), happened(3, 3), happened(0, 0)]).toEqual([
      false, false, true, true,
    ]); // prettier-ignore
  });
});

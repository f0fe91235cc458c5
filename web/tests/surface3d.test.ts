import { describe, expect, it } from "vitest";
import { isolines } from "../src/play/isolines";
import { hit } from "../src/play/ray";
import { HIGH, Sheet, type Triple } from "../src/play/sheet";
import { coloursOf, positionsOf } from "../src/play/skin";
import { tubes } from "../src/play/tubes";

const heights = { of: (v: number) => v, valueAt: (h: number) => h };
const sheetOf = (n: number, value: (x: number, y: number) => number) => {
  const data = Float64Array.from({ length: n * n }, (_, k) =>
    value((k % n) / (n - 1), Math.floor(k / n) / (n - 1)),
  );
  return new Sheet({ values: { shape: [n, n], data }, x: [0, 1], y: [0, 1], heights, holes: true });
};

describe("lines of equal height", () => {
  it("lie on the surface at their height, once on each triangle", () => {
    const sheet = sheetOf(9, (x, y) => (x + y * y) / 2);
    const pieces = isolines(sheet, [0.2, 0.5]);
    expect(pieces.length % 6).toBe(0);
    expect(pieces.length).toBeGreaterThan(60);
    for (let k = 0; k < pieces.length; k += 3)
      expect(sheet.heightAt(pieces[k]!, pieces[k + 1]!)).toBeCloseTo(pieces[k + 2]!, 6);
  });

  it("are closed around a hill", () => {
    const pieces = isolines(sheetOf(21, (x, y) => 1 - 2 * Math.hypot(x - 0.5, y - 0.5)), [0.413]); // prettier-ignore
    const ends = new Map<string, number>();
    for (let k = 0; k < pieces.length; k += 3) {
      const key = `${pieces[k]!.toFixed(6)} ${pieces[k + 1]!.toFixed(6)}`;
      ends.set(key, (ends.get(key) ?? 0) + 1);
    }
    expect(new Set(ends.values())).toEqual(new Set([2]));
  });

  it("are none on flat ground", () => {
    expect(isolines(sheetOf(5, () => 0.5), [0.5])).toEqual([]); // prettier-ignore
  });
});

describe("a ray", () => {
  const sheet = sheetOf(41, (x) => x);

  it("meets the surface where it is seen", () => {
    for (const [u, v] of [[8, 8], [30, 12], [20, 33]] as const) {
      const at = sheet.point(u, v);
      const from: Triple = [0.3, 3, 2];
      const found = hit(sheet, from, [at[0] - from[0], at[1] - from[1], at[2] - from[2]])!;
      expect(Math.hypot(found[0] - u, found[1] - v)).toBeLessThan(2);
    }
  }); // prettier-ignore

  it("meets nothing beside it or through a hole", () => {
    expect(hit(sheet, [0, 3, 0], [0, 1, 0])).toBeNull();
    expect(hit(sheet, [5, 3, 0], [0, -1, 0])).toBeNull();
    const hollow = sheetOf(9, () => NaN);
    expect(hit(hollow, [0, 3, 0], [0, -1, 0])).toBeNull();
  });
});

describe("a skin", () => {
  const skin = { colours: Uint8Array.of(0, 0, 0, 200, 200, 200), ends: [0, 1] as [number, number] };

  it("is brighter where the sun shines on it", () => {
    const sheet = sheetOf(5, (x) => x); // falls to the left
    const of = (sun: number) => coloursOf(sheet, { ...skin, sun })[3 * 14]!;
    expect(of(180)).toBeGreaterThan(of(0));
  });

  it("has a place for every point, holes too", () => {
    const places = positionsOf(sheetOf(3, (x) => (x === 0.5 ? NaN : 1)));
    expect(places.every(Number.isFinite)).toBe(true);
    expect(places[1]).toBeCloseTo(HIGH, 6);
  });
});

describe("larger triangles", () => {
  it("cover the same ground with fewer", () => {
    const sheet = sheetOf(8, (x) => x);
    const area = (by: number) => {
      const corners = sheet.triangles(by);
      let sum = 0;
      for (let k = 0; k < corners.length; k += 3) {
        const [a, b, c] = corners.slice(k, k + 3).map((i) => [i % 8, Math.floor(i / 8)] as const);
        sum += Math.abs((b![0] - a![0]) * (c![1] - a![1]) - (c![0] - a![0]) * (b![1] - a![1])) / 2;
      }
      return sum;
    };
    expect([area(1), area(2), area(3)]).toEqual([49, 49, 49]);
    expect(sheet.triangles(3).length).toBe(6 * 9);
  });
});

describe("tubes", () => {
  it("lie around their pieces", () => {
    const corners = tubes([0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 2, 0], 0.1);
    expect(corners.length).toBe(2 * 18 * 3);
    for (let k = 0; k < 18 * 3; k += 3)
      expect(Math.hypot(corners[k + 1]!, corners[k + 2]!)).toBeCloseTo(0.1, 6);
    expect(tubes([1, 1, 1, 1, 1, 1], 0.1).every(Number.isFinite)).toBe(true);
  });
});

describe("true losses", () => {
  it("stand on posts and lift paths", () => {
    const sheet = sheetOf(5, () => 0.5);
    const w = { shape: [2, 2], data: Float64Array.of(0, 0, 1, 1) };
    const losses = Float64Array.of(1, 0);
    const posts = sheet.posts(w, losses, 1);
    expect([posts[1], posts[4], posts[7], posts[10]]).toEqual([0.5, 1, 0.5, 0].map((h) => HIGH * h)); // prettier-ignore
    const lifted = sheet.lifted(w, losses, 1);
    expect([lifted[1], lifted[4]]).toEqual([HIGH, 0]);
  });
});

import { expect, test } from "vitest";
import { rowsOf } from "../src/chart/tooltip";
import type { Hovered } from "../src/chart/plot";

/** A row of a curve that has this value, so far from the cursor. */
function row(value: number, distance: number): Hovered {
  const smooth = Float32Array.of(value);
  return { curve: { smooth }, index: 0, distance } as unknown as Hovered;
}

const values = (rows: Hovered[]) => rows.map(({ curve }) => curve.smooth[0]);

test("of too many rows the nearest are shown, in the order asked for", () => {
  const all = Array.from({ length: 30 }, (_, i) => row(i, Math.abs(20 - i)));
  const near = [14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26];
  const shown = values(rowsOf(all, "default"));
  expect(shown).toHaveLength(14);
  expect(shown).toEqual(expect.arrayContaining(near));
  expect(shown).toEqual(values(rowsOf(all, "ascending")));
  expect(shown.toReversed()).toEqual(values(rowsOf(all, "descending")));
  expect(values(rowsOf(all, "nearest"))[0]).toBe(20);
});

test("what is not finite comes last, whichever way values go", () => {
  const all = [row(NaN, 1e6), row(2, 5), row(Infinity, 1e6), row(1, 6), row(3, 7)];
  expect(values(rowsOf(all, "ascending"))).toEqual([1, 2, 3, NaN, Infinity]);
  expect(values(rowsOf(all, "descending"))).toEqual([3, 2, 1, NaN, Infinity]);
  expect(values(rowsOf(all, "default"))).toEqual([NaN, 2, Infinity, 1, 3]);
});

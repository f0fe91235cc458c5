/** Lines of equal height on a sheet, along its triangles: level on the surface, and ended by its holes. */

import { firstFrom } from "../display";
import type { Sheet } from "./sheet";

/** Pieces of the lines at heights that rise: both ends of each as (u, v, height). */
export function isolines(sheet: Sheet, heights: readonly number[]): number[] {
  const { columns, rows, heights: all } = sheet;
  const levels = Float64Array.from(heights);
  const found: number[] = [];
  for (let j = 0; j < rows - 1; j++) {
    for (let i = 0; i < columns - 1; i++) {
      const at = j * columns + i;
      const [a, b, c, d] = [all[at]!, all[at + 1]!, all[at + columns]!, all[at + columns + 1]!];
      cut(found, levels, [i, j, a], [i + 1, j, b], [i, j + 1, c]);
      cut(found, levels, [i + 1, j, b], [i + 1, j + 1, d], [i, j + 1, c]);
    }
  }
  return found;
}

type Corner = readonly [u: number, v: number, height: number];

/** Where levels cut a triangle: each from the longest edge to one of the others. */
function cut(found: number[], levels: Float64Array, a: Corner, b: Corner, c: Corner): void {
  if (Number.isNaN(a[2] + b[2] + c[2])) return;
  const least = Math.min(a[2], b[2], c[2]);
  const most = Math.max(a[2], b[2], c[2]);
  if (!(least < most)) return;
  for (let k = firstFrom(levels, least); k < levels.length && levels[k]! <= most; k++) {
    const level = levels[k]!;
    const ends: number[] = [];
    for (const [from, to] of [
      [a, b],
      [b, c],
      [c, a],
    ] as const) {
      if (from[2] < level === to[2] < level) continue;
      const share = (level - from[2]) / (to[2] - from[2]);
      ends.push(from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1]), level);
    }
    if (ends.length === 6) found.push(...ends);
  }
}

/** Where the lines of parallel coordinates go. */

import type { Cell } from "../parts/sorting";
import type { Axis } from "./axes";

/** Pixels of the picture: axes stand from top to bottom, at each x. */
export interface Grid {
  x: number[];
  top: number;
  bottom: number;
  /** Where a line goes that has no value on an axis. */
  missing: number;
}

/** The heights of all lines on all axes, line by line. */
export function heights(axes: Axis[], cells: Cell[][], rows: number, grid: Grid): Float32Array {
  const found = new Float32Array(rows * axes.length);
  axes.forEach((axis, n) => {
    for (let row = 0; row < rows; row++) {
      const share = axis.share(cells[n]![row]);
      found[row * axes.length + n] = Number.isNaN(share)
        ? grid.missing
        : grid.bottom - share * (grid.bottom - grid.top);
    }
  });
  return found;
}

/** The line that passes nearest to a point, of some rows; null if none is within reach. */
export function nearestLine(
  ys: Float32Array,
  grid: Grid,
  rows: number[],
  [x, y]: [number, number],
  reach: number,
): number | null {
  const many = grid.x.length;
  const after = Math.max(
    1,
    Math.min(
      many - 1,
      grid.x.findIndex((at) => at >= x),
    ),
  );
  const [left, right] = [grid.x[after - 1]!, grid.x[after]!];
  const share = Math.min(1, Math.max(0, (x - left) / (right - left)));
  let found: number | null = null;
  let least = reach;
  for (const row of rows) {
    const [y0, y1] = [ys[row * many + after - 1]!, ys[row * many + after]!];
    const distance = Math.abs(y0 + share * (y1 - y0) - y);
    if (distance < least) [found, least] = [row, distance];
  }
  return found;
}

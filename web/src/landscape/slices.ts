/** What lies under a point of the ground: its value, and the curves along x and y through it. */

import type { Pair } from "../play/sheet";
import type { Ground } from "./ground";

export interface Slice {
  /** Coordinates, and the map's values there. */
  at: Float64Array;
  values: Float64Array;
}

/** The value at a point, from the nearest points of the grid; NaN over a hole and beside the ground. */
export function valueAt(ground: Ground, [x, y]: Pair): number {
  const [rows, columns] = ground.values.shape as Pair;
  const u = share(x, ground.x) * (columns - 1);
  const v = share(y, ground.y) * (rows - 1);
  if (!(u >= 0 && v >= 0 && u <= columns - 1 && v <= rows - 1)) return NaN;
  const [i, j] = [Math.min(columns - 2, Math.floor(u)), Math.min(rows - 2, Math.floor(v))];
  const [s, t] = [u - i, v - j];
  let sum = 0;
  for (const [di, dj, weight] of [
    [0, 0, (1 - s) * (1 - t)],
    [1, 0, s * (1 - t)],
    [0, 1, (1 - s) * t],
    [1, 1, s * t],
  ] as const) {
    if (weight > 1e-9) sum += weight * ground.values.data[(j + dj) * columns + i + di]!;
  }
  return Number.isFinite(sum) ? sum : NaN;
}

const share = (v: number, [low, high]: readonly [number, number]) => (v - low) / (high - low);

/** The curves through a point: along x, and along y. */
export function slicesAt(ground: Ground, [x, y]: Pair): [Slice, Slice] {
  const [rows, columns] = ground.values.shape as Pair;
  const along = (count: number, ends: readonly [number, number], point: (c: number) => Pair) => {
    const at = Float64Array.from(
      { length: count },
      (_, i) => ends[0] + (i / (count - 1)) * (ends[1] - ends[0]),
    );
    return { at, values: at.map((c) => valueAt(ground, point(c))) };
  };
  return [
    along(columns, ground.x, (c) => [Math.min(c, ground.x[1]), y]),
    along(rows, ground.y, (c) => [x, Math.min(c, ground.y[1])]),
  ];
}

/** The middle of the ground, or the centre where that is on it. */
export function middleOf({ x, y }: Ground): Pair {
  const of = ([low, high]: readonly [number, number]) =>
    low <= 0 && high >= 0 ? 0 : (low + high) / 2;
  return [of(x), of(y)];
}

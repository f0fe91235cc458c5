/** A plane's values as heights of a surface. */

import type { Numbers } from "./server";

/** Heights from 0 to 1, and the values they stand for. */
export interface Heights {
  of: (value: number) => number;
  valueAt: (height: number) => number;
}

/**
 * Heights that grow with the logarithm of 1 + (value − least)/bend. The bend is chosen so that the median
 * of all values lies half way up: walls do not hide what is below, and what is even stays even.
 */
export function heightsOf(values: Numbers, least: number): Heights {
  const above = Float64Array.from(values, (v) => v - least)
    .filter(Number.isFinite)
    .sort();
  const top = Math.max(above[above.length - 1] ?? 1, 1e-9);
  const median = Math.min(Math.max(above[above.length >> 1] ?? 0, 1e-4 * top), 0.49 * top);
  // log(1 + m/b) = log(1 + t/b)/2 has the solution b = m²/(t − 2m).
  const bend = median ** 2 / (top - 2 * median);
  const reach = Math.log1p(top / bend);
  return {
    of: (v) => (v > least ? Math.min(1, Math.log1p((v - least) / bend) / reach) : 0),
    valueAt: (height) => least + bend * Math.expm1(height * reach),
  };
}

/** Values at even steps of height, for contours. */
export const levelsOf = (heights: Heights, count = 18): number[] =>
  Array.from({ length: count }, (_, i) => heights.valueAt((i + 0.3) / count));

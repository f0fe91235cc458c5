/** What is computed of histograms before they are drawn. Pure functions of what the board sent. */

import type { Distribution } from "./messages";

/** How numbers were spread at a step: so many of them from left to right, bin by bin. */
export interface Histogram {
  step: number;
  wall: number;
  left: Float64Array;
  right: Float64Array;
  count: Float64Array;
  total: number;
}

/** A histogram of those bins whose edges and count are finite. */
export function histogramOf({ step, wall, edges, counts }: Distribution): Histogram {
  const bins: [number, number, number][] = [];
  counts.forEach((count, i) => {
    const [left, right] = [edges[i] ?? NaN, edges[i + 1] ?? NaN];
    if (count !== null && count >= 0 && left <= right) bins.push([left, right, count]);
  });
  const column = (n: 0 | 1 | 2) => Float64Array.from(bins, (bin) => bin[n]);
  const count = column(2);
  const total = count.reduce((sum, n) => sum + n, 0);
  return { step, wall, left: column(0), right: column(1), count, total };
}

/** The share of a normal distribution below −1.5, −1, … 1.5 deviations, and all of it. */
export const SHARES = [0, 0.0668, 0.1587, 0.3085, 0.5, 0.6915, 0.8413, 0.9332, 1] as const;

/**
 * Quantiles of a histogram at rising shares, the numbers of a bin taken as evenly spread in it.
 * At 0 and 1 they are the outer edges of the outermost bins that hold something; NaN of nothing.
 */
export function quantiles(h: Histogram, shares: readonly number[]): number[] {
  let bin = 0;
  let below = 0;
  return shares.map((share) => {
    const wanted = share * h.total;
    while (bin < h.count.length && (!h.count[bin] || below + h.count[bin]! < wanted)) {
      if (isLast(h, bin)) break; // the sum of shares may miss the total by a rounding
      below += h.count[bin++]!;
    }
    const [left, right, count] = [h.left[bin], h.right[bin], h.count[bin]];
    if (!count) return NaN;
    return left! + Math.min(1, (wanted - below) / count) * (right! - left!);
  });
}

function isLast(h: Histogram, bin: number): boolean {
  return h.count[bin]! > 0 && !h.count.subarray(bin + 1).some((n) => n > 0);
}

/**
 * Those with numbers in more than one bin, if there are any: numbers that are all the same are given
 * bins of a width that says nothing of them.
 */
export function spread(all: Histogram[]): Histogram[] {
  const found = all.filter(({ count }) => count.filter((n) => n > 0).length > 1);
  return found.length ? found : all;
}

/** From the lowest to the highest bin that holds something in any histogram, never of width 0. */
export function reach(all: Histogram[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { left, right, count } of all) {
    count.forEach((n, i) => {
      if (!n) return;
      low = Math.min(low, left[i]!);
      high = Math.max(high, right[i]!);
    });
  }
  if (low > high) return [0, 1];
  const air = high > low ? 0 : 0.5 * Math.abs(low) || 0.5;
  return [low - air, high + air];
}

/**
 * Counts in so many even cells of a range, the numbers of a bin taken as evenly spread in it; so
 * histograms of different bins can be compared by their height. What lies beside the range is left out.
 */
export function rebinned(h: Histogram, [low, high]: [number, number], cells: number): Float64Array {
  const found = new Float64Array(cells);
  const per = cells / (high - low);
  const cell = (at: number) => Math.max(0, Math.min(cells - 1, Math.floor(at)));
  h.count.forEach((count, i) => {
    const [from, to] = [(h.left[i]! - low) * per, (h.right[i]! - low) * per];
    if (to < 0 || from > cells) return;
    const last = to > from ? cell(Math.ceil(to) - 1) : cell(from);
    for (let c = cell(from); c <= last; c++) {
      const part = Math.min(to, c + 1) - Math.max(from, c);
      found[c]! += to > from ? (count * part) / (to - from) : count;
    }
  });
  return found;
}

/** The bin that a value falls into, else the nearest; −1 where there is none. */
export function binAt(h: Histogram, value: number): number {
  let found = -1;
  let nearest = Infinity;
  for (let i = 0; i < h.count.length; i++) {
    const away = Math.max(0, h.left[i]! - value, value - h.right[i]!);
    if (away > nearest) continue; // at an edge it is the upper one
    nearest = away;
    found = i;
  }
  return found;
}

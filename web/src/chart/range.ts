/** Which numbers a chart's axes reach over. */

import { firstFrom, fullRange } from "../display";
import { quantiles } from "../quantiles";
import type { BandOf, Curve } from "./curves";

type Range = [number, number];

/** From the first to the last place of all curves; above 0 for a logarithmic axis. */
export function rangeX(curves: Curve[], log: boolean): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const { x } of curves) {
    const first = log ? firstFrom(x, Number.MIN_VALUE) : 0;
    if (first >= x.length) continue;
    low = Math.min(low, x[first]!);
    high = Math.max(high, x[x.length - 1]!);
  }
  if (low > high) return log ? [1, 10] : [0, 1];
  if (isWide([low, high])) return [low, high];
  const air = Math.max(0.5, 1e-9 * Math.abs(low), 1e-9 * Math.abs(high));
  return log ? [low / 2, high * 2] : [low - air, high + air];
}

/** Whether a range is so wide that numbers can be told apart in it; ticks of others have no end. */
export function isWide([low, high]: Range): boolean {
  return high - low > 1e-12 * Math.max(Math.abs(low), Math.abs(high), 1e-280);
}

/** Between these quantiles lies what is no outlier. */
const INLIERS = [0.05, 0.95];

/** The values inside of a window, with some air; of inliers alone if outliers are ignored. */
function rangeY(
  curves: Curve[],
  bands: BandOf[],
  [from, to]: Range,
  inliers: boolean,
  log: boolean,
): Range {
  if (bands.length) {
    const edges = bands.flatMap(({ band }) =>
      [band.low, band.high].map((y) => cut(band.x, y, from, to)),
    );
    return padded(fullRange(log ? edges.map(positive) : edges), log);
  }
  const all = curves.map((c) => cut(c.x, c.y, from, to));
  const ys = log ? all.map(positive) : all;
  return padded(inliers ? quantiles(ys, INLIERS) : fullRange(ys), log);
}

const positive = <T extends Float32Array | Float64Array>(y: T) => y.filter((v) => v > 0) as T;

const numbers = new WeakMap<object, number>();
let last = 0;

/** A number by which a column is known. */
export function numberOf(column: object): number {
  let found = numbers.get(column);
  if (found === undefined) numbers.set(column, (found = ++last));
  return found;
}

const MOST_KEPT = 64;
const ranges = new Map<string, Range>();

/** The same, remembered for the same curves: smoothing changes nothing of it. */
export function rememberedRangeY(
  curves: Curve[],
  bands: BandOf[],
  window: Range,
  inliers: boolean,
  log: boolean,
): Range {
  if (bands.length) return rangeY(curves, bands, window, inliers, log);
  const key = [...window, inliers, log, ...curves.map((c) => numberOf(c.y))].join();
  const known = ranges.get(key) ?? rangeY(curves, bands, window, inliers, log);
  ranges.delete(key);
  ranges.set(key, known); // the last one used is the last one dropped
  if (ranges.size > MOST_KEPT) ranges.delete(ranges.keys().next().value!);
  return known;
}

function cut<T extends Float32Array | Float64Array>(
  x: Float64Array,
  y: T,
  from: number,
  to: number,
): T {
  const first = firstFrom(x, from);
  let last = firstFrom(x, to);
  while (last < x.length && x[last]! <= to) last++;
  return y.subarray(first, last) as T;
}

function padded([low = NaN, high = NaN]: number[], log: boolean): Range {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return log ? [0.1, 1] : [0, 1];
  if (log) {
    const air = Math.max(1.05, (high / low) ** 0.05);
    return [low / air, high * air];
  }
  const air = isWide([low, high]) ? 0.05 * (high - low) : 0.05 * Math.abs(high) || 0.5;
  return [low - air, high + air];
}

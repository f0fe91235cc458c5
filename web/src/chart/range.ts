/** Which numbers a chart's axes reach over. */

import { firstFrom, fullRange, inlierRange } from "../display";
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
  if (low < high) return [low, high];
  return log ? [low / 2, high * 2] : [low - 0.5, high + 0.5];
}

const ranges = new WeakMap<Float32Array, Map<string, Range>>();

/** The values inside of a window, with some air; of inliers alone if outliers are ignored. */
export function rangeY(
  curves: Curve[],
  bands: BandOf[],
  [from, to]: Range,
  inliers: boolean,
  log: boolean,
): Range {
  const ys: (Float32Array | Float64Array)[] = bands.length
    ? bands.flatMap(({ band }) => [
        cut(band.x, band.low, from, to),
        cut(band.x, band.high, from, to),
      ])
    : curves.map((c) => cut(c.x, c.y, from, to));
  const positive = log ? ys.map((y) => y.filter((v) => v > 0)) : ys;
  const [low, high] = inliers && !bands.length ? inlierRange(positive) : fullRange(positive);
  return padded(low, high, log);
}

/** The same, remembered for the same curves: smoothing changes nothing of it. */
export function rememberedRangeY(
  curves: Curve[],
  bands: BandOf[],
  window: Range,
  inliers: boolean,
  log: boolean,
): Range {
  const first = curves[0]?.y;
  if (!first || bands.length) return rangeY(curves, bands, window, inliers, log);
  const key = [...window, inliers, log, ...curves.map((c) => `${c.run}:${c.y.length}`)].join();
  const known = ranges.get(first) ?? new Map<string, Range>();
  ranges.set(first, known);
  if (!known.has(key)) {
    if (known.size > 8) known.clear();
    known.set(key, rangeY(curves, bands, window, inliers, log));
  }
  return known.get(key)!;
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

function padded(low: number, high: number, log: boolean): Range {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return log ? [0.1, 1] : [0, 1];
  if (log) {
    const air = Math.max(1.05, (high / low) ** 0.05);
    return [low / air, high * air];
  }
  const air = high > low ? 0.05 * (high - low) : 0.05 * Math.abs(high) || 0.5;
  return [low - air, high + air];
}

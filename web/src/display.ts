/**
 * The formulas by which numbers become what is shown: smoothing, decimation, bands, ranges.
 * Pure functions of columns; the server's twin is `uzviz/board/display.py`, and both are tested
 * against the same file of naive results.
 */

import { ranked } from "./quantiles";

/** Points of a curve, as columns of one length. */
export interface Points {
  x: Float64Array;
  y: Float32Array | Float64Array;
}

/**
 * A debiased exponential average: last = s·last + (1−s)·y, shown as last/(1−sᵏ). A value that is
 * not finite passes through and does not count; a constant series is shown as it is. What is shown is
 * put in a column that is given, or a new one.
 */
export function smoothed(
  y: Float32Array,
  s: number,
  shown = new Float32Array(y.length),
): Float32Array {
  if (s <= 0 || isConstant(y)) return y;
  const factors = corrections(s);
  let last = 0;
  let count = 0;
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!;
    if (value - value !== 0) {
      shown[i] = value; // not finite
      continue;
    }
    last = s * last + (1 - s) * value;
    shown[i] = count < factors.length ? last * factors[count++]! : last;
  }
  return shown;
}

let known = { s: NaN, factors: new Float64Array() };

/** 1/(1−sᵏ) for k = 1, 2 …, as far as it is not 1. */
function corrections(s: number): Float64Array {
  if (known.s === s) return known.factors;
  const factors: number[] = [];
  for (let bias = s; bias > 1e-17; bias *= s) factors.push(1 / (1 - bias));
  known = { s, factors: Float64Array.from(factors) };
  return known.factors;
}

function isConstant(y: Float32Array): boolean {
  for (let i = 1; i < y.length; i++) if (y[i] !== y[0]) return false;
  return true;
}

/** The first index in [low, high) whose x is not below a limit, of rising x. */
export function firstFrom(x: Float64Array, limit: number, low = 0, high = x.length): number {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index whose x is nearest, of rising x; −1 of none. */
export function nearest(x: Float64Array, wanted: number): number {
  const after = firstFrom(x, wanted);
  if (after === 0) return x.length ? 0 : -1;
  if (after === x.length) return after - 1;
  return wanted - x[after - 1]! <= x[after]! - wanted ? after - 1 : after;
}

/**
 * The points that a drawing needs: of each stretch of the window the first, lowest, highest and
 * last, and the first that is not finite, in their order; beside the window, one on either side.
 * So no spike hides, however many points share a pixel.
 *
 * `place` says on which stretch an x falls.
 */
export function decimated(
  x: Float64Array,
  y: Float32Array,
  from: number,
  to: number,
  place: (x: number) => number,
): Int32Array {
  const low = Math.max(0, firstFrom(x, from) - 1);
  let high = low;
  while (high < x.length && x[high]! <= to) high++;
  high = Math.min(x.length, high + 1);
  const kept = new Int32Array(5 * (high - low));
  let n = 0;
  let i = low;
  while (i < high) {
    const stretch = place(x[i]!);
    const first = i;
    let lowest = -1;
    let highest = -1;
    let odd = -1;
    for (; i < high && place(x[i]!) === stretch; i++) {
      const value = y[i]!;
      if (!Number.isFinite(value)) {
        if (odd < 0) odd = i;
      } else {
        if (lowest < 0 || value < y[lowest]!) lowest = i;
        if (highest < 0 || value > y[highest]!) highest = i;
      }
    }
    n = keep(kept, n, first, lowest, highest, odd, i - 1);
  }
  return kept.subarray(0, n);
}

/** Append those of five indices that are some, in order and once. */
function keep(kept: Int32Array, n: number, ...found: number[]): number {
  found.sort((a, b) => a - b);
  for (const index of found) {
    if (index >= 0 && (n === 0 || kept[n - 1] !== index)) kept[n++] = index;
  }
  return n;
}

/** From the lowest to the highest finite value. */
export function fullRange(ys: (Float32Array | Float64Array)[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const y of ys) {
    for (let i = 0; i < y.length; i++) {
      const value = y[i]!;
      if (value < low && value > -Infinity) low = value;
      if (value > high && value < Infinity) high = value;
    }
  }
  return [low, high];
}

/** Median and quartiles of several curves at each of some places. */
export interface Band {
  x: Float64Array;
  low: Float64Array;
  middle: Float64Array;
  high: Float64Array;
  /** How many curves reach each place. */
  count: Int32Array;
}

/** A curve's value at x, linear between its points; NaN before its first and after its last. */
function interpolated(curve: Points, x: number): number {
  return valueAt(curve, firstFrom(curve.x, x), x);
}

/** The same where it is known which point is the first that is not before x. */
function valueAt(curve: Points, after: number, x: number): number {
  if (after < curve.x.length && curve.x[after] === x) return curve.y[after]!;
  if (after === 0 || after === curve.x.length) return NaN;
  const [x0, x1] = [curve.x[after - 1]!, curve.x[after]!];
  const [y0, y1] = [curve.y[after - 1]!, curve.y[after]!];
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}

/** Whether more of a measure is better. */
export const moreIsBetter = (tag: string) => /(^|\/)(accuracy|r2)$/.test(tag);

/**
 * Median and quartiles at x's that curves have, at most `most` of them, evenly chosen, where at least
 * half of the curves reach: else it would jump where the longest goes on alone. A value that is not
 * finite counts as the worst, +∞, or −∞ where more is better: a band that leaves the numbers says so.
 */
export function band(curves: Points[], { most = 400, more = false } = {}): Band {
  const places = placesOf(curves, most);
  const { values, reached } = valuesAt(curves, places, more ? -Infinity : Infinity);
  const [x, low, middle, high] = [0, 0, 0, 0].map(() => new Float64Array(places.length));
  const count = new Int32Array(places.length);
  let n = 0;
  places.forEach((place, i) => {
    const many = reached[i]!;
    if (!many || 2 * many < curves.length) return;
    const here = values.subarray(i * curves.length, i * curves.length + many);
    let from = 0; // none behind it is smaller
    [low, middle, high].forEach((column, quarter) => {
      const rank = ((quarter + 1) / 4) * (many - 1);
      column![n] = ranked(here.subarray(from), rank - from);
      from = Math.floor(rank);
    });
    x![n] = place;
    count[n++] = many;
  });
  const cut = (column: Float64Array | undefined) => column!.subarray(0, n);
  return {
    x: cut(x),
    low: cut(low),
    middle: cut(middle),
    high: cut(high),
    count: count.subarray(0, n),
  };
}

/** At each of some rising places, a row, the values of the curves that reach it, and how many do. */
function valuesAt(curves: Points[], places: Float64Array, worst: number) {
  const values = new Float64Array(places.length * curves.length);
  const reached = new Int32Array(places.length);
  for (const curve of curves) {
    const { x } = curve;
    let after = 0;
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!;
      while (after < x.length && x[after]! < place) after++;
      if (after === x.length) break;
      if (place < x[0]!) continue;
      const value = valueAt(curve, after, place);
      values[i * curves.length + reached[i]!++] = Number.isFinite(value) ? value : worst;
    }
  }
  return { values, reached };
}

/** X's among which those of a band are chosen; of more points, so many are looked at, evenly. */
const LOOKED_AT = 16_381;

/** At most so many of the x's of some curves, evenly chosen, with the first and the last. */
function placesOf(curves: Points[], most: number): Float64Array {
  const own = [...new Set(curves.map((c) => c.x))].filter((x) => x.length); // most runs share theirs
  const total = own.reduce((sum, x) => sum + x.length, 0);
  const some = new Float64Array(Math.min(total, LOOKED_AT));
  let [from, which] = [0, 0];
  for (let i = 0; i < some.length; i++) {
    const at = Math.floor((i * total) / some.length);
    while (at - from >= own[which]!.length) from += own[which++]!.length;
    some[i] = own[which]![at - from]!;
  }
  const known = Float64Array.from([...some, ...fullRange(own)]).sort();
  const all = known.filter((x, i) => x !== known[i - 1] && Number.isFinite(x));
  const n = Math.min(most, all.length);
  const stride = (all.length - 1) / Math.max(1, n - 1);
  return Float64Array.from({ length: n }, (_, i) => all[Math.round(i * stride)]!);
}

/** What a curve is above a base, where the base has values too. */
export function above(curve: Points, base: Points): Float32Array {
  const difference = new Float32Array(curve.x.length);
  for (let i = 0; i < difference.length; i++) {
    difference[i] = curve.y[i]! - interpolated(base, curve.x[i]!);
  }
  return difference;
}

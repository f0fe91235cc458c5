/**
 * The formulas by which numbers become what is shown: smoothing, decimation, quantiles, ranges.
 * Pure functions of columns; the server's twin is `uzviz/board/display.py`, and both are tested
 * against the same file of naive results.
 */

/** Points of a curve, as columns of one length. */
export interface Points {
  x: Float64Array;
  y: Float32Array | Float64Array;
}

/**
 * A debiased exponential average: last = s·last + (1−s)·y, shown as last/(1−sᵏ). A value that is
 * not finite passes through and does not count; a constant series is shown as it is.
 */
export function smoothed(y: Float32Array, s: number): Float32Array {
  if (s <= 0 || isConstant(y)) return y;
  const shown = new Float32Array(y.length);
  let last = 0;
  let bias = 1;
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!;
    if (value - value !== 0) {
      shown[i] = value; // not finite
      continue;
    }
    last = s * last + (1 - s) * value;
    bias *= s;
    shown[i] = bias > 1e-17 ? last / (1 - bias) : last;
  }
  return shown;
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

/** The k-th smallest of some numbers, which are put in another order. */
function select(values: Float64Array | Float32Array, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const held = values[i]!;
        values[i++] = values[j]!;
        values[j--] = held;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k]!;
}

/** A quantile of finite numbers, linear between neighbours (NumPy's default); NaN of none. */
export function quantile(values: Float64Array | Float32Array, q: number): number {
  if (!values.length) return NaN;
  const at = q * (values.length - 1);
  const low = Math.floor(at);
  const below = select(values, low);
  if (at === low || below === Infinity) return below;
  return below + (at - low) * (select(values, low + 1) - below);
}

/** From the 5th to the 95th percentile of all finite values of all curves. */
export function inlierRange(ys: (Float32Array | Float64Array)[]): [number, number] {
  const all = finite(ys);
  return [quantile(all, 0.05), quantile(all, 0.95)];
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

function finite(ys: (Float32Array | Float64Array)[]): Float64Array {
  const all = new Float64Array(ys.reduce((n, y) => n + y.length, 0));
  let n = 0;
  for (const y of ys) for (const value of y) if (Number.isFinite(value)) all[n++] = value;
  return all.subarray(0, n);
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
export function interpolated(curve: Points, x: number): number {
  const after = firstFrom(curve.x, x);
  if (after < curve.x.length && curve.x[after] === x) return curve.y[after]!;
  if (after === 0 || after === curve.x.length) return NaN;
  const [x0, x1] = [curve.x[after - 1]!, curve.x[after]!];
  const [y0, y1] = [curve.y[after - 1]!, curve.y[after]!];
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}

/**
 * Median and quartiles at every x that a curve has, at most `most` of them, evenly chosen, where at
 * least half of the curves reach: else it would jump where the longest goes on alone. A value that is
 * not finite counts as the worst, +∞: a band that leaves the numbers says so.
 */
export function band(curves: Points[], most = 400): Band {
  const own = [...new Set(curves.map((c) => c.x))]; // most runs share theirs
  const places = Float64Array.from(new Set(own.flatMap((x) => Array.from(x)))).sort();
  const stride = Math.max(1, Math.ceil(places.length / most));
  const rows: [number, number, number, number, number][] = [];
  const values = new Float64Array(curves.length);
  places.forEach((x, i) => {
    if (i % stride && i !== places.length - 1) return;
    let n = 0;
    for (const curve of curves) {
      const last = curve.x.length - 1;
      if (last < 0 || x < curve.x[0]! || x > curve.x[last]!) continue;
      const value = interpolated(curve, x);
      values[n++] = Number.isFinite(value) ? value : Infinity;
    }
    if (2 * n < curves.length) return;
    const here = values.subarray(0, n);
    rows.push([x, quantile(here, 0.25), quantile(here, 0.5), quantile(here, 0.75), n]);
  });
  const column = (at: number) => Float64Array.from(rows, (row) => row[at]!);
  return {
    x: column(0),
    low: column(1),
    middle: column(2),
    high: column(3),
    count: Int32Array.from(column(4)),
  };
}

/** What a curve is above a base, where the base has values too. */
export function above(curve: Points, base: Points): Float32Array {
  const difference = new Float32Array(curve.x.length);
  for (let i = 0; i < difference.length; i++) {
    difference[i] = curve.y[i]! - interpolated(base, curve.x[i]!);
  }
  return difference;
}

/** A number as tables and tooltips show it: four digits, exponents where they are shorter. */
export function shortNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text =
    size >= 1e6 || size < 1e-4
      ? value
          .toExponential(3)
          .replace(/\.?0+e/, "e")
          .replace("e+", "e")
      : size >= 1000
        ? String(Math.round(value * 10) / 10)
        : String(Number(value.toPrecision(4)));
  return text.replace(/-/g, "−");
}

const UNITS = { en: ["d", "h", "min", "s"], uk: ["д", "год", "хв", "с"] } as const;

/** Seconds as people say them: 12 s, 3 min 4 s, 2 h 5 min, 3 d 4 h. */
export function duration(seconds: number, language: "en" | "uk" = "en"): string {
  if (!Number.isFinite(seconds)) return "";
  const s = Math.abs(seconds);
  const [day, hour, minute, second] = UNITS[language];
  if (s < 60) return `${shortNumber(Math.round(seconds * 100) / 100)} ${second}`;
  const units: [number, string, number, string][] = [
    [86400, day, 3600, hour],
    [3600, hour, 60, minute],
    [60, minute, 1, second],
  ];
  const [size, name, part, below] = units.find(([u]) => s >= u)!;
  const whole = Math.floor(s / size);
  const rest = Math.floor((s - whole * size) / part);
  return `${seconds < 0 ? "−" : ""}${whole} ${name}${rest ? ` ${rest} ${below}` : ""}`;
}

/** What a chart of one tag shows: curves of the runs shown, or bands over groups of them. */

import { above, band, type Band } from "../display";
import { smooth, type Loaded } from "../series";
import type { Axis } from "../settings";

export interface Curve {
  run: number;
  name: string;
  colour: string;
  /** Rising. */
  x: Float64Array;
  y: Float32Array;
  /** What is drawn in full; the same as y without smoothing. */
  smooth: Float32Array;
  step: Float64Array;
  wall: Float64Array;
  /** The wall time of the run's first point of this series. */
  origin: number;
}

export interface BandOf {
  name: string;
  colour: string;
  band: Band;
  runs: number;
}

/** Places of a series' points on an axis. */
function along(one: Loaded, axis: Axis): Float64Array {
  if (axis === "step") return one.step;
  if (axis === "wall") return one.wall;
  if (axis === "relative") return one.wall.map((t) => t - one.origin);
  return one.axis ?? new Float64Array(one.step.length).fill(NaN);
}

interface Placed {
  axis: Axis;
  x: Float64Array;
  /** The order that makes x rise; null where it does. */
  order: Int32Array | null;
}

const placed = new WeakMap<Float32Array, Placed>();

function place(one: Loaded, axis: Axis): Placed {
  const before = placed.get(one.value);
  if (before?.axis === axis) return before;
  const x = along(one, axis);
  const order = rising(x) ? null : orderOf(x);
  const made = { axis, x: order ? pick(x, order) : x, order };
  placed.set(one.value, made);
  return made;
}

function rising(x: Float64Array): boolean {
  for (let i = 0; i < x.length; i++) if (!(x[i]! >= (x[i - 1] ?? -Infinity))) return false;
  return true;
}

/** The order of rising x; points without a place are left out. */
function orderOf(x: Float64Array): Int32Array {
  const known = Int32Array.from(x.keys()).filter((i) => !Number.isNaN(x[i]!));
  return known.sort((a, b) => x[a]! - x[b]! || a - b);
}

function pick<T extends Float32Array | Float64Array>(a: T, order: Int32Array): T {
  const made = new (a.constructor as new (n: number) => T)(order.length);
  order.forEach((from, to) => (made[to] = a[from]!));
  return made;
}

export interface Look {
  name: string;
  colour: string;
}

/** The curve of a series on an axis. */
export function curveOf(one: Loaded, look: Look, axis: Axis, s: number): Curve {
  const { x, order } = place(one, axis);
  const y = smooth(one, s);
  const sorted = <T extends Float32Array | Float64Array>(a: T) => (order ? pick(a, order) : a);
  const raw = sorted(one.value);
  return {
    run: one.run,
    origin: one.origin,
    ...look,
    x,
    y: raw,
    smooth: y === one.value ? raw : sorted(y),
    step: sorted(one.step),
    wall: sorted(one.wall),
  };
}

/** Curves as what they are above another one. */
export function compared(curves: Curve[], base: Curve): Curve[] {
  const flat = { x: base.x, y: base.smooth };
  return curves.map((curve) => {
    const y = above(curve, { x: base.x, y: base.y });
    const same = curve.smooth === curve.y;
    return { ...curve, y, smooth: same ? y : above({ x: curve.x, y: curve.smooth }, flat) };
  });
}

/** A band for each group of curves. */
export function bandsOf(groups: Map<string, Curve[]>, colours: Map<string, string>): BandOf[] {
  return [...groups]
    .filter(([, curves]) => curves.some((c) => c.x.length))
    .map(([name, curves]) => ({
      name,
      colour: colours.get(name) ?? "#888",
      band: band(curves.map((c) => ({ x: c.x, y: c.smooth }))),
      runs: curves.length,
    }));
}

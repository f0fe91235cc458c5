/** What a chart of one tag shows: curves of the runs shown, or bands over groups of them. */

import { above, band, firstFrom, type Band } from "../display";
import { smooth, smoothForNow, type Loaded } from "../series";
import type { Axis } from "../settings";

export interface Curve {
  run: number;
  name: string;
  colour: string;
  /** Rising. */
  x: Float64Array;
  y: Float32Array;
  /** What is drawn in full; the same as y without smoothing. */
  readonly smooth: Float32Array;
  /** The same, good until another curve is asked. */
  smoothForNow(): Float32Array;
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

/** By series: equal columns of different ones are one column. */
const placed = new WeakMap<Loaded, Placed>();

function place(one: Loaded, axis: Axis): Placed {
  const before = placed.get(one);
  if (before?.axis === axis) return before;
  const x = along(one, axis);
  const order = rising(x) ? null : orderOf(x);
  const made = { axis, x: order ? pick(x, order) : x, order };
  placed.set(one, made);
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

/** The curve of a series on an axis; its smoothed values are computed when they are asked for. */
export function curveOf(one: Loaded, look: Look, axis: Axis, s: number): Curve {
  return new CurveOf(one, look, axis, s);
}

class CurveOf implements Curve {
  readonly run: number;
  readonly origin: number;
  readonly name: string;
  readonly colour: string;
  readonly x: Float64Array;
  readonly y: Float32Array;
  readonly step: Float64Array;
  readonly wall: Float64Array;
  private readonly order: Int32Array | null;
  private kept: Float32Array | null = null;

  constructor(
    private readonly one: Loaded,
    { name, colour }: Look,
    axis: Axis,
    private readonly s: number,
  ) {
    const { x, order } = place(one, axis);
    this.run = one.run;
    this.origin = one.origin;
    this.name = name;
    this.colour = colour;
    this.x = x;
    this.order = order;
    this.y = this.sorted(one.value);
    this.step = this.sorted(one.step);
    this.wall = this.sorted(one.wall);
  }

  get smooth(): Float32Array {
    return (this.kept ??= this.own(smooth(this.one, this.s)));
  }

  smoothForNow(): Float32Array {
    return this.kept ?? this.own(smoothForNow(this.one, this.s));
  }

  private own(y: Float32Array): Float32Array {
    return y === this.one.value ? this.y : this.sorted(y);
  }

  private sorted<T extends Float32Array | Float64Array>(a: T): T {
    return this.order ? pick(a, this.order) : a;
  }
}

/** Curves as what they are above another one, from its first place to its last. */
export function compared(curves: Curve[], base: Curve): Curve[] {
  const raw = { x: base.x, y: base.y };
  const flat = { x: base.x, y: base.smooth };
  const [low, high] = [base.x[0] ?? NaN, base.x[base.x.length - 1] ?? NaN];
  return curves.flatMap((whole) => {
    const first = firstFrom(whole.x, low);
    let last = firstFrom(whole.x, high);
    while (last < whole.x.length && whole.x[last]! <= high) last++;
    if (!(first < last)) return [];
    const cut = <T extends Float32Array | Float64Array>(a: T) => a.subarray(first, last) as T;
    const x = cut(whole.x);
    const y = above({ x, y: cut(whole.y) }, raw);
    const smooth = whole.smooth === whole.y ? y : above({ x, y: cut(whole.smooth) }, flat);
    const smoothForNow = () => smooth;
    const [step, wall] = [cut(whole.step), cut(whole.wall)];
    return [{ ...whole, x, y, smooth, smoothForNow, step, wall }];
  });
}

/** A band for each group of curves; `more` says whether more is better. */
export function bandsOf(
  groups: Map<string, Curve[]>,
  colours: Map<string, string>,
  more: boolean,
): BandOf[] {
  return [...groups]
    .filter(([, curves]) => curves.some((c) => c.x.length))
    .map(([name, curves]) => ({
      name,
      colour: colours.get(name) ?? "#888",
      band: band(
        curves.map((c) => ({ x: c.x, y: c.smooth })),
        { more },
      ),
      runs: curves.length,
    }));
}

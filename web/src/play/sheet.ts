/** A surface in space, made of two triangles a cell, and paths that lie on it. */

import type { Ends } from "./plot";
import type { Heights } from "./relief";
import type { Numbers, Tensor } from "./server";

export type Pair = [number, number];
export type Triple = [number, number, number];

/** Values over a part of a plane, a grid [y, x] from the low ends, and how high each is. */
export interface Relief {
  values: Tensor;
  x: Ends;
  y: Ends;
  heights: Heights;
  /** Whether what is not finite is a hole, rather than as high as can be. */
  holes?: boolean;
}

/** Height of the surface, whose longer side is 2; its shorter one is at least half of that. */
export const HIGH = 0.7;
/** Pieces of a path at most. */
const MOST = 20_000;
/** Posts along a path at most. */
const POSTS = 60;

/** Places are in cells, u along x and v along y, from the low ends. */
export class Sheet {
  readonly columns: number;
  readonly rows: number;
  /** Heights of the grid's points, from 0 to 1; NaN of holes. */
  readonly heights: Float32Array;
  /** Sizes along x and y. */
  readonly sides: Pair;

  constructor(readonly relief: Relief) {
    const { values, x, y, heights, holes } = relief;
    [this.rows, this.columns] = values.shape as Pair;
    const high = (v: number) => (Number.isNaN(v) ? 1 : heights.of(v));
    const hollow = (v: number) => (Number.isFinite(v) ? heights.of(v) : NaN);
    this.heights = Float32Array.from(values.data, holes ? hollow : high);
    const ratio = Math.min(2, Math.max(0.5, (y[1] - y[0]) / (x[1] - x[0])));
    this.sides = ratio < 1 ? [2, 2 * ratio] : [2 / ratio, 2];
  }

  /** Where a point of the plane is. */
  place(px: number, py: number): Pair {
    const { x, y } = this.relief;
    return [
      ((px - x[0]) / (x[1] - x[0])) * (this.columns - 1),
      ((py - y[0]) / (y[1] - y[0])) * (this.rows - 1),
    ];
  }

  /** The point of the plane at a place. */
  at(u: number, v: number): Pair {
    const { x, y } = this.relief;
    return [
      x[0] + (u / (this.columns - 1)) * (x[1] - x[0]),
      y[0] + (v / (this.rows - 1)) * (y[1] - y[0]),
    ];
  }

  holds([u, v]: Pair): boolean {
    return u >= 0 && v >= 0 && u <= this.columns - 1 && v <= this.rows - 1;
  }

  /** The surface's height: on the triangle there, whose cell is cut from its low x and high y. */
  heightAt(u: number, v: number): number {
    const i = Math.min(this.columns - 2, Math.max(0, Math.floor(u)));
    const j = Math.min(this.rows - 2, Math.max(0, Math.floor(v)));
    const [s, t, at] = [u - i, v - j, j * this.columns + i];
    const [a, b] = [this.heights[at]!, this.heights[at + 1]!];
    const [c, d] = [this.heights[at + this.columns]!, this.heights[at + this.columns + 1]!];
    if (s + t <= 1) return a + s * (b - a) + t * (c - a);
    return d + (1 - s) * (c - d) + (1 - t) * (b - d);
  }

  /** A place of the surface in space: x to the right, then upward, and y away from who looks. */
  point(u: number, v: number, above = 0): Triple {
    return this.raised(u, v, this.heightAt(u, v), above);
  }

  /** The same at another height, from 0 to 1. */
  raised(u: number, v: number, height: number, above = 0): Triple {
    const [x, y] = this.sides;
    return [
      (u / (this.columns - 1) - 0.5) * x,
      HIGH * height + above,
      (0.5 - v / (this.rows - 1)) * y,
    ];
  }

  /** Corners of all triangles, by the grid's points; none where one is a hole. Their sides are `by` cells, or
   * what is left of them. */
  triangles(by = 1): number[] {
    const corners: number[] = [];
    const add = (a: number, b: number, c: number) => {
      if (!Number.isNaN(this.heights[a]! + this.heights[b]! + this.heights[c]!))
        corners.push(a, b, c);
    };
    for (let j = 0; j < this.rows - 1; j += by) {
      const up = Math.min(by, this.rows - 1 - j) * this.columns;
      for (let i = 0; i < this.columns - 1; i += by) {
        const at = j * this.columns + i;
        const next = at + Math.min(by, this.columns - 1 - i);
        add(at, next, at + up);
        add(next, next + up, at + up);
      }
    }
    return corners;
  }

  /**
   * A path [n, 2] up to a step as pieces of lines on the surface: both ends of each, in space. What lies
   * beyond the surface or over a hole is left out.
   */
  draped(w: Tensor, upTo: number, above: number): number[] {
    const found: number[] = [];
    for (let k = 1; k <= upTo && found.length < 6 * MOST; k++) {
      const [before, after] = [k - 1, k].map((i) => this.place(w.data[2 * i]!, w.data[2 * i + 1]!));
      const cut = clipped(before!, after!, this.columns - 1, this.rows - 1);
      if (!cut) continue;
      const [[u, v], [u1, v1]] = cut;
      const parts = Math.max(1, Math.ceil(2 * Math.hypot(u1 - u, v1 - v)));
      const at = (p: number) =>
        this.point(u + (p / parts) * (u1 - u), v + (p / parts) * (v1 - v), above);
      for (let p = 0; p < parts; p++) add(found, at(p), at(p + 1));
    }
    return found;
  }

  /** A path as such pieces at heights of its own, of a value for each of its points. */
  lifted(w: Tensor, values: Numbers, upTo: number): number[] {
    const found: number[] = [];
    const ends = [this.columns - 1, this.rows - 1] as const;
    for (let k = 1; k <= upTo && found.length < 6 * MOST; k++) {
      const [before, after] = [k - 1, k].map((i) => this.place(w.data[2 * i]!, w.data[2 * i + 1]!));
      const cut = clipped(before!, after!, ...ends);
      if (!cut) continue;
      const [low, high] = [k - 1, k].map((i) => this.relief.heights.of(values[i]!));
      const whole = Math.hypot(after![0] - before![0], after![1] - before![1]);
      const at = ([u, v]: Pair): Triple => {
        const share = whole > 0 ? Math.hypot(u - before![0], v - before![1]) / whole : 0;
        return this.raised(u, v, low! + share * (high! - low!));
      };
      add(found, at(cut[0]), at(cut[1]));
    }
    return found;
  }

  /** Upright pieces from the surface to the height of a value, at points of a path above it: so many at most
   * that they are no wall. */
  posts(w: Tensor, values: Numbers, upTo: number): number[] {
    const found: number[] = [];
    const every = Math.ceil((upTo + 1) / POSTS);
    for (let k = 0; k <= upTo; k += every) {
      const at = this.place(w.data[2 * k]!, w.data[2 * k + 1]!);
      if (!this.holds(at)) continue;
      add(found, this.point(...at), this.raised(...at, this.relief.heights.of(values[k]!)));
    }
    return found;
  }
}

/** A piece of a line, unless an end of it is nowhere. */
export function add(pieces: number[], from: Triple, to: Triple): void {
  if (Number.isFinite(from[1]) && Number.isFinite(to[1])) pieces.push(...from, ...to);
}

/** The part of a line inside [0, right] × [0, top]; null without one. Source: Liang and Barsky (1984). */
export function clipped(from: Pair, to: Pair, right: number, top: number): [Pair, Pair] | null {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  if (!Number.isFinite(dx) || !Number.isFinite(dy)) return null;
  let [enter, leave] = [0, 1];
  // By how much the whole line goes out over a side, and how far inside of that it begins.
  const sides = [[-dx, from[0]], [dx, right - from[0]], [-dy, from[1]], [dy, top - from[1]]]; // prettier-ignore
  for (const [out, inside] of sides as Pair[]) {
    if (out === 0 && inside < 0) return null;
    if (out < 0) enter = Math.max(enter, inside / out);
    if (out > 0) leave = Math.min(leave, inside / out);
  }
  const at = (share: number): Pair => [from[0] + share * dx, from[1] + share * dy];
  return enter <= leave ? [at(enter), at(leave)] : null;
}

/** A map of a land as the ground that is drawn: a grid [y, x] from the low ends, thinned where there are too many
 * points, and how high each is. */

import { moreIsBetter } from "../display";
import { known } from "./coarse";
import type { Land } from "./land";
import type { Ends } from "../play/plot";
import type { Heights } from "../play/relief";
import type { Numbers, Tensor } from "../play/server";
import type { Relief } from "../play/sheet";

export interface Ground extends Relief {
  /** The map's name. */
  name: string;
  /** Of finite values; NaN without one. */
  least: number;
  most: number;
  /** Whether heights are logarithmic. */
  log: boolean;
  /** Only every so many points along x and y are drawn. */
  every: [number, number];
}

/** Points along a side that are drawn at most. */
const SIDE = 401;

export const RATIO = "ratio";
const [TOP, BOTTOM] = ["eigenvalue/top", "eigenvalue/bottom"];

/** Whether a map is of losses, which paths have too. */
export const isLoss = (name: string): boolean => name.split("/").at(-1) === "loss";

/** Names of the maps that can be shown, losses first. */
export function mapsOf(land: Land): string[] {
  const names = [...land.maps.keys()].sort((a, b) => Number(isLoss(b)) - Number(isLoss(a)));
  return land.maps.has(TOP) && land.maps.has(BOTTOM) ? [...names, RATIO] : names;
}

/** A map's values, x slowest. The ratio |λmin/λmax| is near 0 where the ground is convex (Li et al. 2018). */
export function valuesOf(land: Land, name: string): Numbers {
  const found = land.maps.get(name);
  if (found) return found;
  const [top, bottom] = [land.maps.get(TOP)!, land.maps.get(BOTTOM)!];
  return Float32Array.from(top, (v, i) => Math.abs(bottom[i]! / v));
}

/** The ground of a map over two axes; `also` are values that are to have a height although they lie beyond its
 * own. */
export function groundOf(land: Land, name: string, log: boolean, also: Iterable<number>): Ground {
  const [x, y] = land.axes as [Numbers, Numbers];
  const values = thinned(known(valuesOf(land, name), land.done, x.length, y.length), x, y);
  const [least, most] = range(values.data);
  const [lowest, highest] = range([least, most, ...also]);
  const usesLog = log && lowest > 0 && !moreIsBetter(name);
  return {
    name,
    values,
    x: endsOf(x),
    y: endsOf(y),
    heights: heightsBetween(lowest, highest, usesLog),
    holes: true,
    least,
    most,
    log: usesLog,
    every: [every(x.length), every(y.length)],
  };
}

const endsOf = (axis: Numbers): Ends => {
  const [first, last] = [axis[0]!, axis[axis.length - 1]!];
  return first < last ? [first, last] : [last, first];
};

const every = (points: number): number => Math.ceil((points - 1) / (SIDE - 1)) || 1;

/** Numbers from 0 to n − 1 with steps between them, both ends among them; backwards where the axis falls. */
export function picked(axis: Numbers): number[] {
  const n = axis.length;
  const count = Math.max(2, Math.ceil((n - 1) / every(n)) + 1);
  const all = Array.from({ length: count }, (_, k) => Math.round((k * (n - 1)) / (count - 1)));
  return axis[0]! > axis[n - 1]! ? all.reverse() : all;
}

function thinned(values: Numbers, x: Numbers, y: Numbers): Tensor {
  const [across, up] = [picked(x), picked(y)];
  const data = new Float32Array(across.length * up.length);
  let at = 0;
  for (const j of up) for (const i of across) data[at++] = values[i * y.length + j]!;
  return { shape: [up.length, across.length], data };
}

/** The least and the most of numbers that are finite. */
export function range(values: Iterable<number>): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const v of values) {
    if (!Number.isFinite(v)) continue;
    if (v < least) least = v;
    if (v > most) most = v;
  }
  return least <= most ? [least, most] : [NaN, NaN];
}

/** Heights that are as values, or as their logarithms: 0 at the least, 1 at the most. */
export function heightsBetween(least: number, most: number, log: boolean): Heights {
  const [to, from] = log
    ? [Math.log, Math.exp]
    : [(v: number): number => v, (v: number): number => v];
  const [low, high] = [to(least), to(most)];
  const reach = high - low;
  if (!(reach > 0)) return { of: () => 0.3, valueAt: () => least };
  return {
    of: (v) => (Number.isNaN(v) ? NaN : Math.min(1, Math.max(0, (to(v) - low) / reach))),
    valueAt: (height) => from(low + height * reach),
  };
}

/** Values of contours: even steps of height between the least and the most of the ground. */
export function levelsOf({ heights, least, most }: Ground, count: number): number[] {
  if (!(least < most)) return [];
  const [low, high] = [heights.of(least), heights.of(most)];
  return Array.from({ length: count }, (_, i) =>
    heights.valueAt(low + ((high - low) * (i + 0.5)) / count),
  );
}
